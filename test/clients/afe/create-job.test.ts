import { afterEach, describe, expect, test } from 'vitest';
import type { HttpAfeClientOptions } from '../../../src/clients/afe/afe-client-options.js';
import { HttpAfeClient } from '../../../src/clients/afe/http-afe-client.js';
import type { JobRequest } from '../../../src/clients/afe/types.js';
import type { Logger } from '../../../src/runtime/logger.js';
import { FakeClock } from '../../support/fake-clock.js';
import { deadUrl, rejectionOf } from '../../support/loopback-server.js';
import {
  misbehaviours,
  startRpcServer,
  type RpcAnswer,
  type RpcCall,
  type RpcServer,
} from '../../support/rpc-server.js';

const request: JobRequest = {
  name: 'x86-mario-release/R19-1998.0.0/bvt/power_Idle',
  controlFile: 'pass',
  controlType: 'Server',
  priority: 40,
  metaHosts: ['board:x86-mario'],
  parentJobId: 7,
};

interface LabJob {
  readonly id: number;
  readonly args: Readonly<Record<string, unknown>>;
  hasEntries: boolean;
  isAborted: boolean;
}

type Step = (call: RpcCall, lab: Lab) => RpcAnswer | undefined;

/** Enough of an AFE to create jobs and to look for them; each call first goes through the next step, if there is one. */
class Lab {
  readonly jobs: LabJob[] = [];
  readonly creates: Step[] = [];
  readonly lookUps: Step[] = [];

  create(args: LabJob['args'], hasEntries = true): LabJob {
    const job = { id: this.jobs.length + 1, args, hasEntries, isAborted: false };
    this.jobs.push(job);
    return job;
  }

  answer(call: RpcCall): RpcAnswer {
    switch (call.method) {
      case 'create_job':
        return this.creates.shift()?.(call, this) ?? { result: this.create(call.args).id };
      case 'get_jobs':
        return (
          this.lookUps.shift()?.(call, this) ?? { result: this.jobs.filter((job) => isFound(job, call)).map(wireJob) }
        );
      case 'get_num_jobs':
        return { result: this.jobs.filter((job) => isFound(job, call) && isOfRequest(job, call)).length };
      case 'get_host_queue_entries':
        return { result: this.jobs.filter((job) => job.hasEntries && isNamed(job, call)).map(wireEntry) };
      case 'abort_host_queue_entries':
        for (const job of this.jobs) job.isAborted ||= isNamed(job, call);
        return { result: [] };
      default:
        return { error: { name: 'ServiceMethodNotFound', message: call.method, traceback: '' } };
    }
  }
}

function isFound(job: LabJob, { args }: RpcCall): boolean {
  return job.args['name'] === args['name'] && job.args['parent_job_id'] === args['parent_job_id'];
}

function isOfRequest(job: LabJob, { args }: RpcCall): boolean {
  const keyvals = new Map(Object.entries(job.args['keyvals'] ?? {}));
  return keyvals.get(String(args['jobkeyval__key'])) === args['jobkeyval__value'];
}

function isNamed(job: LabJob, { args }: RpcCall): boolean {
  const ids = args['job__id__in'];
  return Array.isArray(ids) && ids.includes(job.id);
}

function wireJob({ id, args }: LabJob) {
  const { name, parent_job_id: parent_job, keyvals, control_file, priority } = args;
  const created_on = '2026-11-21 09:14:54';
  return { id, name, parent_job, keyvals, control_file, priority, created_on, owner: 'lab', dependencies: '' };
}

function wireEntry({ id, isAborted: aborted }: LabJob) {
  const times = { started_on: null, finished_on: null };
  const flags = { complete: false, active: false, aborted };
  return { id, job: { id }, status: 'Queued', execution_subdir: '', host: null, meta_host: null, ...times, ...flags };
}

/** The job is created, then the answer goes wrong. */
const actsThen =
  (answer: RpcAnswer): Step =>
  (call, lab) => {
    lab.create(call.args);
    return answer;
  };
const only =
  (answer: RpcAnswer): Step =>
  () =>
    answer;

let lab: Lab;
let server: RpcServer;
let client: HttpAfeClient;
let clock: FakeClock;

async function open(options: Partial<HttpAfeClientOptions> = {}): Promise<void> {
  lab = new Lab();
  server = await startRpcServer((call) => lab.answer(call));
  clock = new FakeClock();
  let ids = 0;
  const newId = () => `key-${(ids += 1)}`;
  client = new HttpAfeClient({ url: server.url, clock, newId, timeoutMs: 500, retry: { jitter: 0 }, ...options });
}

afterEach(async () => {
  client.close();
  await server.close();
});

const methods = () => server.calls.map((call) => call.method);

test('a job is created with one request, on a connection of its own, under a key of its own', async () => {
  await open();
  await client.getNumJobs({ ids: [] });
  expect(await client.createJob(request, { lookForDoubles: false })).toBe(1);
  expect(await client.createJob(request, { lookForDoubles: false })).toBe(2);
  expect(methods()).toEqual(['create_job', 'create_job']);
  expect(server.connections()).toBe(2);
  expect(server.calls.map((call) => call.args['keyvals'])).toEqual([
    { dynamic_suite_request: 'key-1' },
    { dynamic_suite_request: 'key-2' },
  ]);
});

describe('a request that the network sent twice', () => {
  const doubled: Step = (call, atLab) => {
    atLab.create(call.args);
    return { result: atLab.create(call.args).id };
  };

  test('leaves the older job; the other one is aborted and told of', async () => {
    const told: unknown[] = [];
    await open({ onDoubledJob: (event) => void told.push(event) });
    lab.creates.push(doubled);
    expect(await client.createJob(request)).toBe(1);
    expect(lab.jobs.map(({ isAborted }) => isAborted)).toEqual([false, true]);
    expect(told).toEqual([{ jobName: request.name, jobId: 1, extraJobIds: [2], aborted: true }]);
  });

  test('is looked for with one small call', async () => {
    await open();
    expect(await client.createJob(request)).toBe(1);
    expect(methods()).toEqual(['create_job', 'get_num_jobs']);
  });

  test('is not taken for a job that somebody created before under the same name', async () => {
    await open();
    expect(await client.createJob(request)).toBe(1);
    expect(await client.createJob(request)).toBe(2);
    expect(lab.jobs.map(({ isAborted }) => isAborted)).toEqual([false, false]);
  });

  test('does no harm when nobody can look for it', async () => {
    await open({ deadlineMs: 60_000 });
    const answer = lab.answer.bind(lab);
    lab.answer = (call) => (call.method === 'get_num_jobs' ? misbehaviours.hangUp : answer(call));
    lab.creates.push(doubled);
    expect(await client.createJob(request)).toBe(2);
    expect(methods()).toEqual(['create_job', 'get_num_jobs', 'get_num_jobs', 'get_num_jobs']);
  });
});

describe('a lost answer never doubles a job', () => {
  test.each(Object.entries(misbehaviours))('%s after the job was created', async (_, misbehaviour) => {
    await open();
    lab.creates.push(actsThen(misbehaviour));
    expect(await client.createJob(request)).toBe(1);
    expect(lab.jobs).toHaveLength(1);
    expect(methods()).toEqual(['create_job', 'get_jobs', 'get_host_queue_entries']);
    expect(clock.sleeps).toEqual([]);
  });

  test.each(Object.entries(misbehaviours))('%s before the job was created', async (_, misbehaviour) => {
    await open();
    lab.creates.push(only(misbehaviour));
    expect(await client.createJob(request)).toBe(1);
    expect(lab.jobs).toHaveLength(1);
    expect(clock.sleeps).toEqual([10_000]);
  });

  test('many times in a row', async () => {
    await open();
    lab.creates.push(only(misbehaviours.unavailable), only(misbehaviours.hangUp), actsThen(misbehaviours.serverError));
    expect(await client.createJob(request)).toBe(1);
    expect(lab.jobs).toHaveLength(1);
  });

  test('while other jobs of the same name and parent are made', async () => {
    await open();
    lab.creates.push(actsThen(misbehaviours.hangUp), only(misbehaviours.hangUp));
    const ids = await Promise.all([client.createJob(request), client.createJob(request), client.createJob(request)]);
    expect(ids.toSorted()).toEqual([1, 2, 3]);
    expect(lab.jobs).toHaveLength(3);
  });

  test('is looked for by name and parent, since a margin before the call', async () => {
    await open();
    lab.creates.push(actsThen(misbehaviours.hangUp));
    await client.createJob(request);
    // The clock says 09:15 in the lab.
    expect(server.calls[1]?.args).toEqual({
      name: request.name,
      parent_job_id: 7,
      created_on__gte: '2026-11-21 08:00:00',
    });
  });

  test('on the night when clocks are put back', async () => {
    // 01:58 in the lab, for the first time; two minutes later it is 01:00 again.
    await open({ clock: new FakeClock({ now: Date.UTC(2026, 10, 1, 8, 58) }) });
    lab.creates.push(actsThen(misbehaviours.hangUp));
    await client.createJob(request);
    expect(String(server.calls[1]?.args['created_on__gte']) <= '2026-11-01 01:00:00').toBe(true);
  });

  test('even if the job comes true only while we wait', async () => {
    await open();
    const late: Step = (call) => {
      lab.lookUps.push(only({ result: [] }), () => void lab.create(call.args));
      return misbehaviours.stall;
    };
    lab.creates.push(late);
    expect(await client.createJob(request)).toBe(1);
    expect(methods()).toEqual(['create_job', 'get_jobs', 'get_jobs', 'get_host_queue_entries']);
  });

  test('even if the look-up fails for a while', async () => {
    await open();
    lab.creates.push(actsThen(misbehaviours.hangUp));
    lab.lookUps.push(only(misbehaviours.unavailable), only(misbehaviours.serverError), only(misbehaviours.garbage));
    expect(await client.createJob(request)).toBe(1);
    expect(lab.jobs).toHaveLength(1);
    expect(methods().filter((method) => method === 'create_job')).toHaveLength(1);
  });
});

describe('a job that is there more than once', () => {
  const twice: Step = (call, { create }) => {
    create.call(lab, call.args);
    create.call(lab, call.args);
    return misbehaviours.hangUp;
  };

  test('is kept once: the oldest; the others are aborted and told of', async () => {
    const warnings: [string, object | undefined][] = [];
    const logger = {
      debug() {},
      info() {},
      error() {},
      warn: (...told: [string, object?]) => warnings.push([told[0], told[1]]),
    };
    await open({ logger: logger satisfies Logger });
    lab.creates.push(twice);
    expect(await client.createJob(request)).toBe(1);
    expect(lab.jobs.map((job) => job.isAborted)).toEqual([false, true]);
    expect(warnings).toEqual([['a job was created more than once; the extra ones were aborted', { jobIds: [2] }]]);
  });

  test('because the first request was slow and came true after the second is kept once', async () => {
    await open();
    let slow: RpcCall | undefined;
    lab.creates.push(
      (call) => {
        slow = call;
        return misbehaviours.stall;
      },
      (call) => {
        if (slow !== undefined) lab.create(slow.args);
        return { result: lab.create(call.args).id };
      },
    );
    expect(await client.createJob(request)).toBe(1);
    expect(lab.jobs.map((job) => job.isAborted)).toEqual([false, true]);
  });

  test('is taken even if the extra one cannot be aborted', async () => {
    await open();
    lab.creates.push(twice);
    const answer = lab.answer.bind(lab);
    lab.answer = (call) => (call.method === 'abort_host_queue_entries' ? misbehaviours.hangUp : answer(call));
    expect(await client.createJob(request)).toBe(1);
  });
});

test('a half-made job is not taken for the job', async () => {
  await open();
  lab.creates.push((call) => {
    lab.create(call.args, false);
    return misbehaviours.serverError;
  });
  expect(await client.createJob(request)).toBe(2);
  expect(lab.jobs.map((job) => job.hasEntries)).toEqual([false, true]);
});

describe('what the AFE states is final', () => {
  const refusal = { error: { name: 'NoEligibleHostException', message: 'No hosts', traceback: '' } };

  test('at once', async () => {
    await open();
    lab.creates.push(only(refusal));
    const error = await rejectionOf(client.createJob(request));
    expect(error).toMatchObject({ name: 'NoEligibleHostError', method: 'create_job' });
    expect(methods()).toEqual(['create_job']);
  });

  test('after a lost answer', async () => {
    await open();
    lab.creates.push(only(misbehaviours.hangUp), only(refusal));
    expect(await rejectionOf(client.createJob(request))).toMatchObject({ name: 'NoEligibleHostError' });
    expect(lab.jobs).toHaveLength(0);
  });
});

describe('a job whose state cannot be found out', () => {
  test('is an error that says how to look for it', async () => {
    await open({ deadlineMs: 60_000 });
    lab.creates.push(actsThen(misbehaviours.hangUp));
    lab.lookUps.push(...Array.from({ length: 10 }, () => only(misbehaviours.unavailable)));
    const error = await rejectionOf(client.createJob(request));
    expect(error).toMatchObject({
      code: 'ERR_JOB_STATE_UNKNOWN',
      jobName: request.name,
      requestKey: 'key-1',
      cause: { code: 'ERR_DEADLINE' },
    });
    expect(methods().filter((method) => method === 'create_job')).toHaveLength(1);
  });

  test('is that error too when the AFE refuses to be asked', async () => {
    await open();
    lab.creates.push(actsThen(misbehaviours.hangUp));
    const denied = only({ error: { name: 'AclAccessViolation', message: 'no', traceback: '' } });
    lab.lookUps.push(denied, denied, denied);
    expect(await rejectionOf(client.createJob(request))).toMatchObject({
      code: 'ERR_JOB_STATE_UNKNOWN',
      cause: { name: 'AclAccessError' },
    });
  });
});

test('an AFE that cannot be reached is tried again, and was never asked to create anything', async () => {
  await open();
  const dead = new HttpAfeClient({ url: await deadUrl(), clock, deadlineMs: 60_000, retry: { jitter: 0 } });
  const error = await rejectionOf(dead.createJob(request));
  expect(error).toMatchObject({ code: 'ERR_DEADLINE', tries: 3, cause: { code: 'ERR_CONNECTION', sent: false } });
  expect(clock.sleeps).toEqual([10_000, 20_000]);
});

test.each([400, 404, 301])('HTTP status %i is final: nothing was created', async (status) => {
  await open();
  lab.creates.push(only((response) => void response.writeHead(status).end('<html>no</html>')));
  expect(await rejectionOf(client.createJob(request))).toMatchObject({ code: 'ERR_HTTP_STATUS', status });
  expect(server.calls).toHaveLength(1);
});

describe('what the AFE cannot take is not sent', () => {
  test.each<[string, Partial<JobRequest>]>([
    ['ERR_NON_ASCII', { controlFile: '# café' }],
    ['ERR_NON_ASCII', { name: 'café' }],
    ['ERR_CONTROL_FILE_SIZE', { controlFile: '#'.repeat(65_536) }],
  ])('%s', async (code, part) => {
    await open();
    expect(await rejectionOf(client.createJob({ ...request, ...part }))).toMatchObject({ code });
    expect(server.calls).toHaveLength(0);
  });
});

describe('an abort', () => {
  test.each(['create_job', 'get_jobs'])('during %s rejects with the reason', async (method) => {
    await open();
    const controller = new AbortController();
    const answer = lab.answer.bind(lab);
    lab.creates.push(actsThen(misbehaviours.hangUp));
    lab.answer = (call) => {
      if (call.method !== method) return answer(call);
      controller.abort('enough');
      return misbehaviours.stall;
    };
    expect(await rejectionOf(client.createJob(request, { signal: controller.signal }))).toBe('enough');
    expect(methods().at(-1)).toBe(method);
  });
});
