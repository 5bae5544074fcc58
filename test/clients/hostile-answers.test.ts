import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fetchTransport, gotTransport, HttpAfeClient, HttpTkoClient } from '../../src/index.js';
import { FakeClock } from '../support/fake-clock.js';
import { rejectionOf, startServer, type LoopbackServer } from '../support/loopback-server.js';

interface Clients {
  readonly afe: HttpAfeClient;
  readonly tko: HttpTkoClient;
}

const request = { name: 'a', controlFile: 'pass', controlType: 'Server', priority: 10, hostless: true } as const;
const builds = { 'cros-version': 'x86-mario-release/R19-1998.0.0' };

const job = {
  ...{ id: 1, name: 'a', owner: 'lab', parent_job: null, priority: 10, created_on: '2026-11-21 09:14:54' },
  ...{ keyvals: {}, dependencies: '', control_file: '' },
};
const hostRecord = {
  ...{ id: 1, hostname: 'h1', status: 'Ready', locked: false, lock_reason: '', labels: [], attributes: {} },
};
const entry = {
  ...{ id: 1, job: { id: 1 }, status: 'Queued', complete: false, active: false, aborted: false, execution_subdir: '' },
  ...{ started_on: null, finished_on: null, host: null, meta_host: null },
};
const task = {
  ...{ id: 1, task: 'Verify', host: { hostname: 'h1' }, queue_entry: null, requested_by: 'lab', success: false },
  ...{ time_requested: null, time_started: null, time_finished: null },
  ...{ is_active: false, is_complete: false, is_aborted: false },
};
const plainView = {
  ...{ test_idx: 1, test_name: 'a', status: 'GOOD', reason: '', subdir: null, hostname: 'h1', job_tag: '1-lab/h1' },
  ...{ afe_job_id: 1, job_name: 'a', test_started_time: null, test_finished_time: null, invalid: false },
};
const count = { id: "['GOOD']", status: 'GOOD', group_count: 1, pass_count: 1, complete_count: 1, incomplete_count: 0 };

/** A typed call, a record as it should come, and those of its fields that are times. */
interface Call {
  readonly method: string;
  readonly act: (clients: Clients) => Promise<unknown>;
  readonly record: Readonly<Record<string, unknown>>;
  readonly times?: readonly string[];
  /** Where the records stand in the result. @defaultValue a list of one */
  readonly wrap?: (record: unknown) => unknown;
}

const lists: readonly Call[] = [
  { method: 'get_jobs', act: ({ afe }) => afe.getJobs({}), record: job, times: ['created_on'] },
  {
    ...{ method: 'get_jobs_summary', act: ({ afe }) => afe.getJobsSummary({}), times: ['created_on'] },
    record: { ...job, status_counts: {} },
  },
  {
    ...{ method: 'get_host_queue_entries', act: ({ afe }) => afe.getHostQueueEntries({ jobIds: [1] }) },
    ...{ record: entry, times: ['started_on', 'finished_on'] },
  },
  {
    ...{ method: 'abort_host_queue_entries', act: ({ afe }) => afe.abortHostQueueEntries({ jobIds: [1] }) },
    record: { HostQueueEntry: 1, Job: 1, 'Job name': 'a' },
  },
  { method: 'get_hosts', act: ({ afe }) => afe.getHosts({}), record: hostRecord },
  { method: 'get_labels', act: ({ afe }) => afe.getLabels({}), record: { id: 1, name: 'a' } },
  {
    method: 'get_host_attribute',
    act: ({ afe }) => afe.getHostAttribute({ attribute: 'a', hostnames: ['h1'] }),
    record: { host: 'h1', attribute: 'a', value: 'b' },
  },
  { method: 'get_users', act: ({ afe }) => afe.getUsers(), record: { id: 1, login: 'lab', access_level: 0 } },
  {
    ...{ method: 'get_acl_groups', act: ({ afe }) => afe.getAclGroups() },
    record: { id: 1, name: 'a', description: '', users: [], hosts: [] },
  },
  {
    ...{ method: 'get_special_tasks', act: ({ afe }) => afe.getSpecialTasks({}), record: task },
    times: ['time_requested', 'time_started', 'time_finished'],
  },
  {
    ...{ method: 'get_detailed_test_views', act: ({ tko }) => tko.getDetailedTestViews({ jobIds: [1] }) },
    ...{
      record: { ...plainView, job_keyvals: {}, attributes: {} },
      times: ['test_started_time', 'test_finished_time'],
    },
  },
  {
    ...{ method: 'get_test_views', act: ({ tko }) => tko.getTestViews({ jobIds: [1] }), record: plainView },
    times: ['test_started_time', 'test_finished_time'],
  },
  {
    ...{ method: 'get_status_counts', act: ({ tko }) => tko.getStatusCounts({ groupBy: ['status'] }), record: count },
    wrap: (record) => ({ groups: [record] }),
  },
];

/** Typed calls whose answer is one value. */
const values: readonly Pick<Call, 'method' | 'act'>[] = [
  { method: 'get_num_jobs', act: ({ afe }) => afe.getNumJobs({}) },
  { method: 'get_server_time', act: ({ afe }) => afe.getServerTime() },
  { method: 'add_label', act: ({ afe }) => afe.addLabel({ name: 'a' }) },
  { method: 'add_host', act: ({ afe }) => afe.addHost({ hostname: 'h1' }) },
  { method: 'get_num_test_views', act: ({ tko }) => tko.getNumTestViews({}) },
];

/** Those whose answer says nothing, or text. */
const others: readonly Pick<Call, 'method' | 'act'>[] = [
  { method: 'get_motd', act: ({ afe }) => afe.getMotd() },
  {
    method: 'set_host_attribute',
    act: ({ afe }) => afe.setHostAttribute({ attribute: 'a', value: 'b', hostnames: ['h1'] }),
  },
  { method: 'modify_hosts', act: ({ afe }) => afe.modifyHosts({ hostnames: ['h1'], changes: { locked: true } }) },
];

/** After an answer that makes no sense nobody knows whether there is a job: the client's error says so. */
const creations: readonly Pick<Call, 'method' | 'act'>[] = [
  { method: 'create_job', act: ({ afe }) => afe.createJob(request) },
  { method: 'create_suite_job', act: ({ afe }) => afe.createSuiteJob({ name: 'bvt', board: 'x86-mario', builds }) },
];

type Answer = (id: unknown, response: ServerResponse) => void;
const answering =
  (result: unknown): Answer =>
  (id, response) =>
    void response.end(JSON.stringify({ error: null, result, id }));
const sending =
  (body: string | Buffer, status = 200): Answer =>
  (_, response) =>
    void response.writeHead(status, { 'content-type': 'text/html' }).end(body);
const mebibyte = 1024 * 1024;
const pouring =
  (part: Buffer, times: number, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    const parts = Readable.from(Array.from({ length: times }, () => part));
    response.on('close', () => parts.destroy());
    parts.pipe(response.writeHead(200, headers));
  };

const bodies: readonly [string, string, Answer][] = [
  ['100 MB', 'ERR_RESPONSE_TOO_LARGE', pouring(Buffer.alloc(mebibyte, ' '), 100)],
  [
    'gzip bomb',
    'ERR_RESPONSE_TOO_LARGE',
    pouring(gzipSync(Buffer.alloc(mebibyte)), 1024, { 'content-encoding': 'gzip' }),
  ],
  ['deep list', 'ERR_BAD_RESPONSE', sending('['.repeat(1_000_000))],
  ['deep result', 'ERR_BAD_RESPONSE', answering(JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`))],
  ['HTML with status 200', 'ERR_BAD_RESPONSE', sending('<html><body>Log in</body></html>')],
  ['truncated JSON', 'ERR_BAD_RESPONSE', sending('{"error": null, "result": [{"id": 1, "na')],
  ['another id', 'ERR_BAD_RESPONSE', sending('{"error": null, "result": [], "id": "jsonrpc"}')],
  [
    'an error that is text',
    'ERR_BAD_RESPONSE',
    (id, response) => void response.end(JSON.stringify({ error: 'no', id })),
  ],
  ['an error without words', 'ERR_RPC', (id, response) => void response.end(JSON.stringify({ error: {}, id }))],
  ['status 404', 'ERR_HTTP_STATUS', sending('<h1>Not Found</h1>', 404)],
];

describe.each([
  ['got', () => gotTransport()],
  ['fetch', () => fetchTransport()],
])('over %s', (_, connect) => {
  const transport = connect();
  let server: LoopbackServer;
  let answer: Answer;
  let clients: Clients;
  const clock = new FakeClock();

  beforeAll(async () => {
    server = await startServer(({ body }, response) => answer(JSON.parse(body).id, response));
    // A bound that is reached soon: what is poured in does not matter then.
    const maxResponseBytes = 4 * mebibyte;
    const options = { url: server.url, transport, clock, deadlineMs: 5_000, timeoutMs: 15_000, maxResponseBytes };
    clients = { afe: new HttpAfeClient(options), tko: new HttpTkoClient(options) };
  });

  afterAll(async () => {
    transport.close();
    await server.close();
  });

  async function refusalOf(act: Call['act'], hostile: Answer): Promise<unknown> {
    answer = hostile;
    const peakBefore = process.resourceUsage().maxRSS;
    const error = await rejectionOf(act(clients));
    expect(String(error).length).toBeLessThan(1_000);
    expect(process.resourceUsage().maxRSS - peakBefore).toBeLessThan(300 * 1024);
    return error;
  }

  describe.each(bodies)('%s is an error of code %s', (_name, code, hostile) => {
    test.each([...lists, ...values, ...others])('to $method', async ({ act }) => {
      expect(await refusalOf(act, hostile)).toMatchObject({ code });
    });

    test.each(creations)('to $method, or the state of the job is unknown', async ({ act }) => {
      const error = await refusalOf(act, hostile);
      const stated = code === 'ERR_RPC' || code === 'ERR_HTTP_STATUS';
      expect(error).toMatchObject(stated ? { code } : { code: 'ERR_JOB_STATE_UNKNOWN' });
      if (!stated) expect(causes(error)).toContain(code);
    });
  });

  describe('a record', () => {
    test.each(lists)('of $method is read when it is whole', async ({ act, record, wrap = listOfOne }) => {
      answer = answering(wrap(record));
      expect(await act(clients)).toHaveLength(1);
    });

    const fields = lists.flatMap((call) => Object.keys(call.record).map((field) => ({ ...call, field })));
    test.each(fields)(
      'of $method without $field is refused by it',
      async ({ act, record, wrap = listOfOne, field }) => {
        const { [field]: _gone, ...rest } = record;
        expect(await refusalOf(act, answering(wrap(rest)))).toMatchObject(badField(field));
      },
    );

    test.each(fields)('of $method with a wrong $field is refused by it', async (call) => {
      const { act, record, wrap = listOfOne, field } = call;
      expect(await refusalOf(act, answering(wrap({ ...record, [field]: [{ a: [1] }] })))).toMatchObject(
        badField(field),
      );
    });

    const times = lists.flatMap((call) => (call.times ?? []).map((field) => ({ ...call, field })));
    test.each(times)('of $method whose $field is no time is refused by it', async ({ act, record, field }) => {
      for (const text of ['yesterday', '2026-02-30 00:00:00', '2026-11-21T09:14:54Z', 5]) {
        expect(await refusalOf(act, answering([{ ...record, [field]: text }]))).toMatchObject(badField(field));
      }
    });
  });

  test.each(lists)('a result of $method that is no list is refused', async ({ act }) => {
    for (const result of [null, 'x', 5, { 0: 1 }, [null], [[]]]) {
      expect(await refusalOf(act, answering(result))).toMatchObject({ code: 'ERR_BAD_RESPONSE' });
    }
  });

  test.each(values)('a result of $method of a wrong type is refused', async ({ act }) => {
    for (const result of [null, 'x', 1.5, [], {}]) {
      expect(await refusalOf(act, answering(result))).toMatchObject({ code: 'ERR_BAD_RESPONSE', field: 'result' });
    }
  });

  test('a message of the day that is no text is refused', async () => {
    expect(await refusalOf(({ afe }) => afe.getMotd(), answering([]))).toMatchObject({ code: 'ERR_BAD_RESPONSE' });
  });
});

function listOfOne(record: unknown): unknown {
  return [record];
}

function badField(field: string) {
  return { code: 'ERR_BAD_RESPONSE', field: expect.stringContaining(`.${field}`) };
}

/** The codes of an error and of what it was caused by. */
function causes(error: unknown): readonly unknown[] {
  const { code, cause } = Object(error);
  return cause === undefined ? [code] : [code, ...causes(cause)];
}
