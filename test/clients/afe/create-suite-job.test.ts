import { afterEach, describe, expect, test } from 'vitest';
import { wasAskedFor } from '../../../src/clients/afe/create-suite-job.js';
import type { HttpAfeClientOptions } from '../../../src/clients/afe/afe-client-options.js';
import { HttpAfeClient } from '../../../src/clients/afe/http-afe-client.js';
import type { SuiteJobRequest } from '../../../src/clients/afe/types.js';
import { FakeClock } from '../../support/fake-clock.js';
import { rejectionOf } from '../../support/loopback-server.js';
import {
  misbehaviours,
  startRpcServer,
  type RpcAnswer,
  type RpcCall,
  type RpcServer,
} from '../../support/rpc-server.js';

const build = 'x86-mario-release/R19-1998.0.0';
const request: SuiteJobRequest = {
  name: 'bvt',
  board: 'x86-mario',
  builds: { 'cros-version': build },
  pool: 'suites',
  checkHosts: false,
  num: 0,
  jobRetry: true,
  suiteArgs: 'it\'s "so"',
};
const wireRequest = {
  ...{ name: 'bvt', board: 'x86-mario', builds: { 'cros-version': build }, pool: 'suites' },
  ...{ check_hosts: false, num: 0, job_retry: true, suite_args: 'it\'s "so"' },
};
const head = [
  `board = 'x86-mario'`,
  `builds = {'cros-version': u'${build}'}`,
  `pool = 'suites'`,
  `check_hosts = False`,
  `num = None`,
  `job_retry = True`,
  `suite_args = 'it\\'s "so"'`,
  `devserver_url = 'http://devserver.lab:8082'`,
  `args_dict = {'board': 'x86-mario'}`,
  '',
  'AUTHOR = "the lab"',
].join('\n');

interface SuiteJob {
  readonly id: number;
  readonly name?: string;
  readonly controlFile?: string;
  readonly createdOn?: string;
  readonly owner?: string;
}

let jobs: SuiteJob[];
let aborted: unknown[];
let creates: ((call: RpcCall) => RpcAnswer | undefined)[];
let server: RpcServer;
let client: HttpAfeClient;

/** An AFE whose clock is an hour and a half behind ours. */
async function open(options: Partial<HttpAfeClientOptions> = {}): Promise<void> {
  [jobs, aborted, creates] = [[], [], []];
  server = await startRpcServer((call) => {
    switch (call.method) {
      case 'create_suite_job':
        return creates.shift()?.(call) ?? { result: create() };
      case 'get_jobs':
        return { result: jobs.filter((job) => (job.name ?? ours) === call.args['name']).map(wireJob) };
      case 'get_num_jobs':
        return { result: jobs.length };
      case 'get_host_queue_entries':
        return { result: jobs.map(wireEntry) };
      case 'get_server_time':
        return { result: '2026-01-05 07:30' };
      default:
        aborted.push(call.args['job__id__in']);
        return { result: [] };
    }
  });
  const clock = new FakeClock();
  client = new HttpAfeClient({
    ...{ url: server.url, clock, timeoutMs: 500, suiteJobTimeoutMs: 500, timeZone: 'UTC', retry: { jitter: 0 } },
    ...options,
  });
}

const ours = `${build}-test_suites/control.bvt`;

function create(job: Omit<SuiteJob, 'id'> = {}): number {
  jobs.push({ id: jobs.length + 1, ...job });
  return jobs.length;
}

function wireJob({ id, name = ours, controlFile = head, createdOn = '2026-01-05 07:30:10', owner = 'lab' }: SuiteJob) {
  const times = { created_on: createdOn, parent_job: null, priority: 40, dependencies: '', keyvals: {} };
  return { id, name, owner, control_file: controlFile, ...times };
}

function wireEntry({ id }: SuiteJob) {
  const times = { started_on: null, finished_on: null };
  const flags = { complete: false, active: false, aborted: false };
  return { id, job: { id }, status: 'Queued', execution_subdir: '', host: null, meta_host: null, ...times, ...flags };
}

afterEach(async () => {
  client.close();
  await server.close();
});

const methods = () => server.calls.map((call) => call.method);

test('a suite job is asked for in the words of the AFE, and looked for once', async () => {
  await open();
  expect(await client.createSuiteJob(request)).toBe(1);
  expect(server.calls[0]).toMatchObject({ method: 'create_suite_job', args: wireRequest });
  expect(methods()).toEqual(['create_suite_job', 'get_num_jobs']);
});

describe('a lost answer never doubles a suite job', () => {
  test.each(Object.entries(misbehaviours))('%s after the job was created', async (_, misbehaviour) => {
    await open();
    creates.push(() => {
      create();
      return misbehaviour;
    });
    expect(await client.createSuiteJob(request)).toBe(1);
    expect(methods()).toEqual(['create_suite_job', 'get_jobs', 'get_server_time', 'get_host_queue_entries']);
  });

  test.each<[string, Omit<SuiteJob, 'id'>]>([
    ['of another suite', { name: `${build}-test_suites/control.bvt-cq` }],
    ['for another pool', { controlFile: head.replace(`'suites'`, `'bvt'`) }],
    ['of other builds', { controlFile: head.replace('R19-1998.0.0', 'R19-1999.0.0') }],
    ['that was created before the call', { createdOn: '2026-01-05 07:27:00' }],
    ['whose control file says nothing', { controlFile: 'AUTHOR = f()\n' }],
  ])('a job %s is not taken over', async (_, other) => {
    await open();
    create(other);
    creates.push(() => misbehaviours.hangUp);
    expect(await client.createSuiteJob(request)).toBe(2);
    expect(aborted).toEqual([]);
  });
});

test('of a request that the network sent twice one job is left', async () => {
  const told: unknown[] = [];
  await open({ onDoubledJob: (event) => void told.push(event) });
  creates.push(() => {
    create();
    return { result: create() };
  });
  expect(await client.createSuiteJob(request)).toBe(1);
  expect(aborted).toEqual([[2]]);
  expect(told).toEqual([{ jobName: ours, jobId: 1, extraJobIds: [2], aborted: true }]);
});

test('the same suite that somebody else asks for meanwhile is left alone', async () => {
  await open();
  creates.push(() => {
    create({ owner: 'somebody' });
    return misbehaviours.hangUp;
  });
  expect(await client.createSuiteJob(request)).toBe(1);
  expect(aborted).toEqual([]);
});

test('a state that cannot be found out is an error that says how to look', async () => {
  await open({ deadlineMs: 20_000 });
  creates.push(
    () => misbehaviours.stall,
    () => misbehaviours.stall,
    () => misbehaviours.stall,
  );
  const error = await rejectionOf(client.createSuiteJob(request));
  expect(error).toMatchObject({ code: 'ERR_JOB_STATE_UNKNOWN', jobName: ours, requestKey: null });
  expect(String(error)).toContain('the arguments of the call at the head of its control file');
});

test('what the AFE states is final', async () => {
  await open();
  creates.push(() => ({ error: { name: 'ControlFileNotFound', message: 'No control file', traceback: '' } }));
  const error = await rejectionOf(client.createSuiteJob(request));
  expect(error).toMatchObject({ name: 'SuiteControlFileError', problem: 'not-found', method: 'create_suite_job' });
  expect(methods()).toEqual(['create_suite_job']);
});

test('with a control file of the caller the job has the name of the caller', async () => {
  await open();
  creates.push(() => {
    create({ name: 'my name' });
    return misbehaviours.hangUp;
  });
  expect(await client.createSuiteJob({ ...request, name: 'my name', controlFile: 'pass' })).toBe(1);
});

test('arguments are compared by value, as far as the control file tells them', () => {
  expect(wasAskedFor(wireRequest, head)).toBe(true);
  expect(wasAskedFor({ ...wireRequest, job_retry: false }, head)).toBe(false);
  expect(wasAskedFor({ unheard_of: 1 }, head)).toBe(false);
  expect(wasAskedFor(wireRequest, `AUTHOR = f()\n${head}`)).toBe(false);
});
