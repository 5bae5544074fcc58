import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as library from '../../src/index.js';
import { fetchTransport, gotTransport, HttpAfeClient, HttpTkoClient } from '../../src/index.js';
import { FakeClock } from '../support/fake-clock.js';
import { startServer, type LoopbackServer } from '../support/loopback-server.js';
import {
  NotOffered,
  requestKey,
  typedCalls,
  type RecordedArguments,
  type TypedCall,
} from '../support/recorded-calls.js';
import { expectedValues } from '../support/recorded-values.js';

/** A recorded call of a method that the clients have a typed one for. */
interface Exchange {
  readonly name: string;
  readonly path: string;
  readonly method: string;
  readonly args: RecordedArguments;
  readonly status: number;
  /** An object as it was decoded, or the text of a page. */
  readonly answer: unknown;
}

const exchanges = ['afe', 'protocol', 'suite-job', 'special-tasks', 'tko'].flatMap(load);

/** The forms that differ from what was recorded, and why. */
const otherForms = [
  'a call that would act on everything is refused',
  'a limited list is asked for in order, so that it has the lowest ids',
  'an empty list needs no request',
  'builds are given by their version prefixes',
  'each job has a keyval by which it is found again',
  'one is asked for as a list of one: afe_job_id__in',
  'one is asked for as a list of one: host__hostname__in',
  'one is asked for as a list of one: hostname__in',
  'one is asked for as a list of one: id__in',
  'one is asked for as a list of one: job__id__in',
  'one is asked for as a list of one: login__in',
  'rows are collected unfiltered: a job that was retried has invalid ones alone',
];

test('every method with a typed call was recorded, and every other form has its reason', () => {
  expect([...new Set(exchanges.map(({ method }) => method))].sort()).toEqual(Object.keys(typedCalls).sort());
  const reasons = exchanges.map((exchange) => typedCallOf(exchange)?.because).filter((each) => each !== undefined);
  expect([...new Set(reasons)].sort()).toEqual(otherForms);
  expect(exchanges.length).toBeGreaterThan(240);
});

describe.each([
  ['got', () => gotTransport()],
  ['fetch', () => fetchTransport()],
])('over %s', (_, connect) => {
  const transport = connect();
  let server: LoopbackServer;
  let answer: (id: unknown) => { readonly status: number; readonly body: string };
  let afe: HttpAfeClient;
  let tko: HttpTkoClient;

  beforeAll(async () => {
    server = await startServer(({ body }, response) => {
      const { status, body: text } = answer(JSON.parse(body).id);
      response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end(text);
    });
    // The first wait is longer than the deadline: what would be repeated is sent once.
    const options = { url: server.url, transport, user: 'chromeos-test', deadlineMs: 5_000, clock: new FakeClock() };
    afe = new HttpAfeClient({ ...options, newId: () => requestKey });
    tko = new HttpTkoClient(options);
  });

  afterAll(async () => {
    transport.close();
    await server.close();
  });

  /** What a call comes to when it is answered as recorded, and what it sent. */
  async function replay(exchange: Exchange, act: TypedCall['act']) {
    answer = (id) => ({ status: exchange.status, body: bodyOf(exchange, id) });
    const before = server.requests.length;
    const outcome = await act({ afe, tko }).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    return { outcome, requests: server.requests.slice(before) };
  }

  describe('the words of the service are sent as they were recorded', () => {
    test.each(exchanges)('$method: $name', async (exchange) => {
      const { method, args, path } = exchange;
      const ofTko = path.startsWith('/new_tko/');
      const { outcome, requests } = await replay(exchange, () =>
        ofTko ? tko.call(method, args) : afe.call(method, args),
      );
      const text = JSON.stringify(args);
      if (/[^ -~]/.test(text)) {
        expect(outcome).toMatchObject({ error: { code: 'ERR_NON_ASCII', field: fieldOutsideAscii(method, args) } });
        expect(requests).toHaveLength(0);
      } else if (isUnfiltered(method, args)) {
        expect(outcome).toMatchObject({ error: { name: 'TypeError' } });
        expect(requests).toHaveLength(0);
      } else {
        expect(requests).toHaveLength(1);
        const [request] = requests;
        expect(JSON.parse(request?.body ?? '')).toEqual({ method, params: [args], id: expect.any(Number) });
        expect(request?.headers).toMatchObject({ authorization: 'chromeos-test' });
        expect(request?.headers).toMatchObject({ 'content-length': String(request?.body.length) });
        expect(request?.headers).not.toHaveProperty('transfer-encoding');
        expect(request).toMatchObject({ url: `/${ofTko ? 'new_tko' : 'afe'}/server/noauth/rpc/` });
        expectOutcome(exchange, outcome, (result) => result);
      }
    });
  });

  describe('the typed call sends what was recorded, or another form with a reason, and reads the answer', () => {
    const typed = exchanges.flatMap((exchange) => {
      const call = typedCallOf(exchange);
      return call === undefined || /[^ -~]/.test(JSON.stringify(exchange.args)) ? [] : [{ ...exchange, call }];
    });

    test.each(typed)('$method: $name', async ({ call, ...exchange }) => {
      const { outcome, requests } = await replay(exchange, call.act);
      if (call.sends === null) {
        expect(requests).toHaveLength(0);
        const emptyList = 'get_hosts';
        expect(outcome).toMatchObject(
          exchange.method === emptyList
            ? { value: [] }
            : { error: { name: 'TypeError', message: /must not be empty/ } },
        );
        return;
      }
      expect(requests.map(({ body }) => JSON.parse(body).params)).toEqual([[call.sends]]);
      if (call.because === undefined) expect(call.sends).toEqual(exchange.args);
      expectOutcome(exchange, outcome, expectedValues[exchange.method] ?? (() => 'nothing is expected'));
    });
  });
});

function expectOutcome(
  { method, status, answer }: Exchange,
  outcome: { readonly value: unknown } | { readonly error: unknown },
  valueOf: (result: unknown) => unknown,
): void {
  if (status !== 200) {
    const found = 'error' in outcome ? outcome.error : undefined;
    const cause = found instanceof library.DeadlineError ? found.cause : found;
    expect(cause).toMatchObject({ code: 'ERR_HTTP_STATUS', status });
    return;
  }
  const { error, result } = Object(answer);
  if (error === null) {
    expect(outcome).toEqual({ value: valueOf(result) });
    return;
  }
  if (!('error' in outcome)) throw new Error('the recorded error was not understood');
  const { error: found } = outcome;
  if (!(found instanceof library.RpcError)) throw found;
  expect(found.constructor.name).toBe(errorNames.get(error.name) ?? 'RpcError');
  expect(found).toMatchObject({ method, remoteName: error.name, remoteMessage: error.message });
  expect(found.remoteTraceback).toBe(error.traceback);
  if (found instanceof library.ValidationError) {
    // Of a dict literal every key is offered; of a list, as for dates, there is none.
    const keys = [...error.message.matchAll(/(?:^\{|, )'(\w+)': /g)].map(([, key]) => key);
    expect(Object.keys(found.problemKeys)).toEqual(keys);
    expect(keys.length > 0).toBe(error.message.startsWith('{'));
  }
}

const errorNames = new Map([
  ['ValidationError', 'ValidationError'],
  ['NoEligibleHostException', 'NoEligibleHostError'],
  ['AclAccessViolation', 'AclAccessError'],
  ['DoesNotExist', 'DoesNotExistError'],
  ['ServiceMethodNotFound', 'MethodNotFoundError'],
  ['FieldError', 'FilterError'],
  ['SuiteArgumentException', 'SuiteJobArgumentError'],
  ['StageControlFileFailure', 'SuiteJobStagingError'],
  ['DevServerException', 'SuiteJobStagingError'],
  ['ControlFileNotFound', 'SuiteControlFileError'],
  ['ControlFileEmpty', 'SuiteControlFileError'],
  ['ControlFileMalformed', 'SuiteControlFileError'],
  ['NoControlFileList', 'SuiteControlFileError'],
]);

function typedCallOf({ method, args }: Exchange): TypedCall | undefined {
  try {
    return typedCalls[method]?.(args);
  } catch (error) {
    if (error instanceof NotOffered) return undefined;
    throw error;
  }
}

function isUnfiltered(method: string, args: RecordedArguments): boolean {
  if (method === 'abort_host_queue_entries') return Object.keys(args).length === 0;
  return method === 'set_host_attribute' && Object.keys(args).every((key) => key === 'attribute' || key === 'value');
}

function fieldOutsideAscii(method: string, args: RecordedArguments): string {
  const [field] = Object.entries(args).find(([, value]) => /[^ -~]/.test(JSON.stringify(value))) ?? [];
  return `${method}.${field}`;
}

/** The recorded body with the id of the request at hand, as the server would have sent it back. */
function bodyOf({ answer }: Exchange, id: unknown): string {
  return typeof answer === 'string' ? answer : JSON.stringify({ ...Object(answer), id });
}

function load(file: string): Exchange[] {
  const url = new URL(`../fixtures/lab-recordings/${file}.json`, import.meta.url);
  const recordings: Record<string, unknown>[] = JSON.parse(readFileSync(url, 'utf8'));
  return recordings.flatMap(({ group, name, path, body, status, answer }) => {
    const { method, params } = Object(body);
    // What is no call with keyword arguments is nothing that a client of ours would send.
    if (!Object.hasOwn(typedCalls, String(method)) || !Array.isArray(params) || params.length !== 1) return [];
    const [args] = params;
    return [
      { name: `${String(group)}: ${String(name)}`, path: String(path), method, args, status: Number(status), answer },
    ];
  });
}
