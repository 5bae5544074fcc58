import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import type { HttpAfeClientOptions } from '../../../src/clients/afe/afe-client-options.js';
import { HttpAfeClient } from '../../../src/clients/afe/http-afe-client.js';
import type { CallEvent, RetryEvent } from '../../../src/transport/call-events.js';
import recordings from '../../fixtures/recordings/afe.json' with { type: 'json' };
import { FakeClock } from '../../support/fake-clock.js';
import { rejectionOf } from '../../support/loopback-server.js';
import {
  misbehaviours,
  startRpcServer,
  type RpcAnswer,
  type RpcCall,
  type RpcServer,
} from '../../support/rpc-server.js';

let server: RpcServer;
let client: HttpAfeClient;
let clock: FakeClock;

async function open(answer: (call: RpcCall) => RpcAnswer, options: Partial<HttpAfeClientOptions> = {}): Promise<void> {
  clock = new FakeClock();
  server = await startRpcServer(answer);
  client = new HttpAfeClient({ url: server.url, clock, timeoutMs: 5_000, retry: { jitter: 0 }, ...options });
}

/** Answers in turn; the last one from then on. */
function inTurn(...answers: readonly [RpcAnswer, ...RpcAnswer[]]): () => RpcAnswer {
  let calls = 0;
  return () => answers[Math.min(calls++, answers.length - 1)] ?? answers[0];
}

function recorded(name: string): { readonly result: unknown } {
  const answer = recordings.find((recording) => recording.name === name)?.answer;
  if (typeof answer !== 'object') throw new Error(`no recorded answer ${name}`);
  return { result: answer.result };
}

afterEach(async () => {
  client.close();
  await server.close();
});

const sent = () => server.calls.map(({ method, args }) => [method, args]);

describe('a call', () => {
  test('goes to the path of the AFE as the given user', async () => {
    await open(() => recorded('get_labels name__startswith'), { user: 'chromeos-test', headers: { 'X-Lab': '1' } });
    expect(await client.getLabels({ namePrefix: 'board:' })).toEqual([
      { id: 1, name: 'board:x86-mario' },
      { id: 2, name: 'board:lumpy' },
      { id: 3, name: 'board:stumpy' },
      { id: 4, name: 'board:link' },
    ]);
    expect(server.requests[0]).toMatchObject({ method: 'POST', url: '/afe/server/noauth/rpc/' });
    expect(server.requests[0]?.headers).toMatchObject({ authorization: 'chromeos-test', 'x-lab': '1' });
    expect(sent()).toEqual([['get_labels', { name__startswith: 'board:' }]]);
  });

  test('without a user has no authorization', async () => {
    await open(() => ({ result: [] }));
    await client.getLabels({});
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(sent()).toEqual([['get_labels', {}]]);
  });

  test('uses the connection of the one before', async () => {
    await open(() => ({ result: [] }));
    for (let count = 0; count < 5; count += 1) await client.getLabels({});
    expect(server.connections()).toBe(1);
  });
});

describe('the methods', () => {
  test('getJobs asks for ids in batches of 100 and orders the jobs by id', async () => {
    const [job] = Object(recorded('get_jobs id').result);
    await open(({ args }) => ({ result: [...Object(args['id__in'])].reverse().map((id) => ({ ...job, id })) }));
    const ids = Array.from({ length: 250 }, (_, index) => 250 - index);
    const jobs = await client.getJobs({ ids: [...ids, 7, 7], state: 'finished' });
    expect(jobs.map(({ id }) => id)).toEqual(ids.toReversed());
    expect(server.calls).toHaveLength(3);
    expect(server.calls.every(({ args }) => args['finished'] === true && Object(args['id__in']).length <= 100)).toBe(
      true,
    );
  });

  test('getJobs without ids is one request', async () => {
    await open(() => recorded('get_jobs id'));
    expect(await client.getJobs({ parentJobId: 1 })).toMatchObject([{ id: 3, parentJobId: 1 }]);
    expect(sent()).toEqual([['get_jobs', { parent_job_id: 1 }]]);
  });

  test('getNumJobs is one small call, however many ids there are, and none for no ids', async () => {
    await open(() => ({ result: 42 }));
    const ids = Array.from({ length: 150 }, (_, index) => index);
    expect(await client.getNumJobs({ parentJobId: 1, state: 'finished' })).toBe(42);
    expect(await client.getNumJobs({ ids })).toBe(42);
    expect(await client.getNumJobs({ ids: [] })).toBe(0);
    expect(sent()).toEqual([
      ['get_num_jobs', { parent_job_id: 1, finished: true }],
      ['get_num_jobs', { id__in: ids }],
    ]);
  });

  test('getJobs with a limit is one call, and asks for the lowest ids', async () => {
    await open(() => ({ result: [] }));
    const ids = Array.from({ length: 150 }, (_, index) => index);
    expect(await client.getJobs({ ids, state: 'finished', limit: 100 })).toEqual([]);
    expect(await client.getJobs({ ids: [], limit: 100 })).toEqual([]);
    expect(sent()).toEqual([['get_jobs', { id__in: ids, finished: true, query_limit: 100, sort_by: ['id'] }]]);
  });

  test('getHostQueueEntries asks in batches', async () => {
    await open(() => recorded('get_host_queue_entries job'));
    expect(await client.getHostQueueEntries({ jobIds: [1] })).toMatchObject([{ jobId: 1, status: 'Completed' }]);
    expect(sent()).toEqual([['get_host_queue_entries', { job__id__in: [1] }]]);
  });

  test('abortHostQueueEntries says what it reached', async () => {
    await open(() => recorded('abort_host_queue_entries job__id__in'));
    expect(await client.abortHostQueueEntries({ jobIds: [4] })).toMatchObject([{ jobId: 4, entryId: 4 }]);
    expect(sent()).toEqual([['abort_host_queue_entries', { job__id__in: [4] }]]);
  });

  test('getHosts asks by label and by name', async () => {
    await open(() => recorded('get_hosts multiple_labels'));
    expect(await client.getHosts({ labels: ['board:x86-mario'], hostnames: ['a'] })).toHaveLength(4);
    expect(sent()).toEqual([['get_hosts', { hostname__in: ['a'], multiple_labels: ['board:x86-mario'] }]]);
  });

  test('host attributes are read and set', async () => {
    await open(({ method }) => (method === 'get_host_attribute' ? recorded('get_host_attribute') : { result: null }));
    const hostnames = ['chromeos1-rack1-host1'];
    expect(await client.getHostAttribute({ attribute: 'servo_host', hostnames })).toMatchObject([
      { hostname: 'chromeos1-rack1-host1', value: 'chromeos1-rack1-servo1' },
    ]);
    await client.setHostAttribute({ attribute: 'job_repo_url', value: null, hostnames });
    expect(sent()).toEqual([
      ['get_host_attribute', { attribute: 'servo_host', hostname__in: hostnames }],
      ['set_host_attribute', { attribute: 'job_repo_url', value: null, hostname__in: hostnames }],
    ]);
  });

  test('a question about nothing is answered without a request', async () => {
    await open(() => ({ result: [] }));
    expect(await client.getJobs({ ids: [] })).toEqual([]);
    expect(await client.getNumJobs({ ids: [] })).toBe(0);
    expect(await client.getHostQueueEntries({ jobIds: [] })).toEqual([]);
    expect(await client.getHosts({ hostnames: [] })).toEqual([]);
    expect(await client.getHostAttribute({ attribute: 'x', hostnames: [] })).toEqual([]);
    expect(server.calls).toHaveLength(0);
  });

  test('a call that would act on the whole lab is refused', async () => {
    await open(() => ({ result: [] }));
    await expect(client.abortHostQueueEntries({ jobIds: [] })).rejects.toThrow(TypeError);
    await expect(client.setHostAttribute({ attribute: 'x', value: 'y', hostnames: [] })).rejects.toThrow(TypeError);
    await expect(client.call('abort_host_queue_entries')).rejects.toThrow(TypeError);
    await expect(client.call('abort_host_queue_entries', { job: undefined })).rejects.toThrow(TypeError);
    await expect(client.call('repair_hosts', { query_limit: 5 })).rejects.toThrow(TypeError);
    await expect(client.call('set_host_attribute', { attribute: 'a', value: null })).rejects.toThrow(TypeError);
    await expect(client.call('modify_hosts', { host_filter_data: {}, update_data: {} })).rejects.toThrow(TypeError);
    expect(server.calls).toHaveLength(0);
  });

  test('any other method can be called in the words of the AFE', async () => {
    await open(() => ({ result: '2026-11-21 09:14' }));
    expect(await client.call('get_server_time')).toBe('2026-11-21 09:14');
    expect(sent()).toEqual([['get_server_time', {}]]);
  });
});

describe('a failure that may pass', () => {
  test.each(['hangUp', 'unavailable', 'serverError'] as const)('%s: a read is sent again', async (name) => {
    await open(inTurn(misbehaviours[name], misbehaviours[name], { result: 3 }));
    expect(await client.getNumJobs({ parentJobId: 1 })).toBe(3);
    expect(clock.sleeps).toEqual([10_000, 20_000]);
  });

  test('a stall ends with the time for a try, and the read is sent again', async () => {
    await open(inTurn(misbehaviours.stall, { result: 3 }), { timeoutMs: 100 });
    expect(await client.getNumJobs({ parentJobId: 1 })).toBe(3);
  });

  test('is told to the hooks', async () => {
    const retries: RetryEvent[] = [];
    const calls: CallEvent[] = [];
    await open(inTurn(misbehaviours.unavailable, { result: 3 }), {
      onRetry: (event) => retries.push(event),
      onCall: (event) => calls.push(event),
    });
    await client.getNumJobs({ parentJobId: 1 });
    expect(retries).toMatchObject([
      { service: 'AFE', method: 'get_num_jobs', delayMs: 10_000, error: { status: 503 } },
    ]);
    expect(calls).toMatchObject([{ service: 'AFE', method: 'get_num_jobs', tries: 2, ms: 10_000, outcome: 'ok' }]);
  });

  test('is given up at the deadline of the call', async () => {
    await open(() => misbehaviours.unavailable);
    const error = await rejectionOf(client.getNumJobs({}, { deadlineMs: 35_000 }));
    expect(error).toMatchObject({ code: 'ERR_DEADLINE', tries: 3, cause: { code: 'ERR_HTTP_STATUS', status: 503 } });
  });

  test('a change that can be repeated is sent again, but not after a 500', async () => {
    await open(inTurn(misbehaviours.hangUp, { result: null }, misbehaviours.serverError));
    const request = { attribute: 'x', value: 'y', hostnames: ['a'] };
    await client.setHostAttribute(request);
    expect(await rejectionOf(client.setHostAttribute(request))).toMatchObject({ code: 'ERR_HTTP_STATUS', status: 500 });
    expect(server.calls).toHaveLength(3);
  });

  test('a call that nobody knows to be repeatable is not sent again', async () => {
    await open(() => misbehaviours.hangUp);
    expect(await rejectionOf(client.call('add_label', { name: 'x' }))).toMatchObject({
      code: 'ERR_CONNECTION',
      sent: true,
    });
    expect(server.calls).toHaveLength(1);
    await rejectionOf(client.call('add_label', { name: 'x' }, { kind: 'repeatable', deadlineMs: 15_000 }));
    expect(server.calls).toHaveLength(3);
  });
});

describe('a failure that is final', () => {
  test('what the AFE states', async () => {
    const error = { name: 'FieldError', message: "Cannot resolve keyword 'wibble'", traceback: 'Traceback' };
    await open(() => ({ error }));
    expect(await rejectionOf(client.getJobs({ ids: [1] }))).toMatchObject({
      code: 'ERR_RPC',
      remoteName: 'FieldError',
      method: 'get_jobs',
      remoteTraceback: 'Traceback',
    });
    expect(server.calls).toHaveLength(1);
  });

  test.each(['html', 'garbage'] as const)('an answer that is none: %s', async (name) => {
    await open(() => misbehaviours[name]);
    expect(await rejectionOf(client.getLabels({}))).toMatchObject({ code: 'ERR_BAD_RESPONSE', call: 'get_labels' });
    expect(server.calls).toHaveLength(1);
  });

  test('a redirect, which would turn the call into another', async () => {
    await open(() => (response) => void response.writeHead(301, { location: '/login?next=/' }).end());
    const error = await rejectionOf(client.getLabels({}));
    expect(error).toMatchObject({ code: 'ERR_HTTP_STATUS', status: 301, location: `${server.url}/login` });
    expect(server.calls).toHaveLength(1);
  });

  test.each<[string, unknown, string]>([
    ['a list that is none', { id: 1 }, 'result'],
    ['an item that is none', [3], 'result[0]'],
    ['a missing field', [{ id: 1 }], 'result[0].name'],
    [
      'a field of another type',
      [
        { id: 1, name: 'a' },
        { id: '2', name: 'b' },
      ],
      'result[1].id',
    ],
  ])('%s', async (_, result, field) => {
    await open(() => ({ result }));
    expect(await rejectionOf(client.getLabels({}))).toMatchObject({
      code: 'ERR_BAD_RESPONSE',
      call: 'get_labels',
      field,
    });
  });

  test.each([
    ['a huge answer', 'x'.repeat(200_000), {}],
    ['a small answer that grows huge', gzipSync(Buffer.alloc(5_000_000)), { 'content-encoding': 'gzip' }],
  ])('%s', async (_, body, headers) => {
    await open(() => (response) => void response.writeHead(200, headers).end(body), { maxResponseBytes: 100_000 });
    expect(await rejectionOf(client.getLabels({}))).toMatchObject({ code: 'ERR_RESPONSE_TOO_LARGE' });
    expect(server.calls).toHaveLength(1);
  });
});

describe('an abort', () => {
  test('in mid-flight rejects with the reason and closes the connections', async () => {
    const controller = new AbortController();
    const closed: Promise<unknown>[] = [];
    await open(({ request }) => {
      closed.push(new Promise((resolve) => request.socket.once('close', resolve)));
      if (closed.length === 3) controller.abort('enough');
      return misbehaviours.stall;
    });
    const ids = Array.from({ length: 250 }, (_, index) => index);
    expect(await rejectionOf(client.getJobs({ ids }, { signal: controller.signal }))).toBe('enough');
    await Promise.all(closed);
  });

  test('that came before sends nothing', async () => {
    await open(() => ({ result: [] }));
    expect(await rejectionOf(client.getLabels({}, { signal: AbortSignal.abort('enough') }))).toBe('enough');
    expect(server.calls).toHaveLength(0);
  });
});

test('when one batch fails, the others end with it', async () => {
  await open(({ args }) =>
    Object(args['id__in']).includes(1)
      ? { error: { name: 'FieldError', message: 'no', traceback: '' } }
      : misbehaviours.stall,
  );
  const ids = Array.from({ length: 250 }, (_, index) => index);
  expect(await rejectionOf(client.getNumJobs({ ids }))).toMatchObject({ code: 'ERR_RPC' });
});

test('no more requests are under way than the limit allows', async () => {
  let underWay: ServerResponse[] = [];
  let most = 0;
  const answerAll = async () => {
    // Time for a request too many to arrive.
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    most = Math.max(most, underWay.length);
    const responses = underWay;
    underWay = [];
    for (const response of responses) response.writeHead(404).end();
  };
  await open(
    () => (response) => {
      underWay.push(response);
      if (underWay.length === 3) void answerAll();
    },
    { concurrency: 3 },
  );
  const calls = Array.from({ length: 12 }, () => rejectionOf(client.getLabels({})));
  expect(await Promise.all(calls)).toHaveLength(12);
  expect(most).toBe(3);
});
