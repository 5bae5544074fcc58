import { describe, expect, test } from 'vitest';
import {
  ConnectionError,
  CreateJobStateUnknownError,
  HttpAfeClient,
  inSuite,
  memoryControlFiles,
  RpcError,
  Suite,
  type AfeClient,
  type HttpTransport,
  type SuiteEvent,
  type SuiteFromPredicatesOptions,
} from '../../src/index.js';
import type { EmbeddedLab, TestScript } from '../../src/testing/index.js';
import { MemorySuiteJob } from '../../src/testing/index.js';
import { controlFile, marioBuild, marioLab } from '../support/labs.js';
import { afeWith } from '../support/afe-with.js';

const minute = 60_000;

interface Setting {
  readonly lab: EmbeddedLab;
  readonly job: MemorySuiteJob;
  readonly events: SuiteEvent[];
  readonly options: SuiteFromPredicatesOptions;
}

/** A lab, and options for a suite of tests a, b, ... on it. */
async function setting(names: readonly string[], scripts: Readonly<Record<string, TestScript>> = {}): Promise<Setting> {
  const files = Object.assign({}, ...names.map((name) => controlFile(name, { jobRetries: 2 }))) as Record<
    string,
    string
  >;
  const lab = await marioLab(files, scripts);
  const job = new MemorySuiteJob(lab.suiteJob().tag);
  const events: SuiteEvent[] = [];
  const options: SuiteFromPredicatesOptions = {
    name: 'bvt',
    board: 'x86-mario',
    builds: { 'cros-version': marioBuild },
    predicates: [inSuite('bvt')],
    controlFiles: memoryControlFiles(files),
    lab,
    job,
    clock: lab.clock,
    onEvent: (event) => events.push(event),
  };
  return { lab, job, events, options };
}

function away(): ConnectionError {
  return new ConnectionError({ url: 'http://afe.lab', method: 'POST', sent: false, reason: 'ECONNREFUSED' });
}

async function resultsOf(suite: Suite): Promise<string[]> {
  const found: string[] = [];
  for await (const { testName, status } of suite.results()) found.push(`${status} ${testName}`);
  return found;
}

function warnings(events: readonly SuiteEvent[]): string[] {
  return events.flatMap((event) => (event.type === 'warning' ? [event.code] : []));
}

describe('scheduling', () => {
  test('a second call changes nothing', async () => {
    const { lab, options } = await setting(['a', 'b']);
    const suite = await Suite.createFromPredicates(options);
    expect(await Promise.all([suite.schedule(), suite.schedule()])).toEqual([2, 2]);
    expect(await suite.schedule()).toBe(2);
    expect(lab.calls.count('create_job')).toBe(2);
  });

  test('a call that fails for one test stops none of the others, and the suite is no success (S3)', async () => {
    const { lab, job, options } = await setting(['a', 'b', 'c']);
    const afe = afeWith(lab.afe, {
      createJob: (request, callOptions) => {
        const failure = { method: 'create_job', remoteName: 'RPCException', message: 'boom' };
        return request.name.endsWith('/b')
          ? Promise.reject(new RpcError(failure))
          : lab.afe.createJob(request, callOptions);
      },
    });
    const suite = await Suite.createFromPredicates({ ...options, lab: { afe, tko: lab.tko } });
    expect((await resultsOf(suite)).sort()).toEqual(['GOOD a', 'GOOD c']);
    const outcome = await suite.finish();
    expect(outcome.test('b')).toMatchObject({ conclusion: 'not-scheduled', attempts: [] });
    expect(outcome.test('b').reason).toContain('boom');
    expect(outcome.verdict).toBe('INFRA_FAILURE');
    expect(job.story).toContain('ERROR b');
    expect(job.story.at(-1)).toBe('FAIL bvt');
  });

  test('an AFE that nobody reached for a whole round is not asked for every test', async () => {
    const { lab, options } = await setting(['a', 'b', 'c', 'd', 'e', 'f']);
    let tried = 0;
    const afe = afeWith(lab.afe, {
      createJob: () => {
        tried += 1;
        return Promise.reject(away());
      },
    });
    const suite = await Suite.createFromPredicates({ ...options, concurrency: 2, lab: { afe, tko: lab.tko } });
    expect(await suite.schedule()).toBe(0);
    expect(tried).toBeLessThanOrEqual(3);
    expect(suite.outcome().tests.map(({ conclusion }) => conclusion)).toEqual(Array(6).fill('not-scheduled'));
  });

  test('an owner that cannot be read is a warning, and the job is noted when it ends', async () => {
    const { lab, job, events, options } = await setting(['a']);
    const afe = afeWith(lab.afe, {
      getJobs: (filter, callOptions) =>
        filter.state === undefined ? Promise.reject(away()) : lab.afe.getJobs(filter, callOptions),
    });
    const suite = await Suite.createFromPredicates({ ...options, lab: { afe, tko: lab.tko } });
    await suite.schedule();
    expect(warnings(events)).toEqual(['owner-unknown']);
    expect(job.keyvals).toEqual([]);
    await resultsOf(suite);
    expect(job.keyvals).toEqual([['0cc175b9c0f1b6a831c399e269772661', '2-chromeos-test']]);
  });

  test('options that make no sense are named', async () => {
    const { options } = await setting(['a']);
    await expect(Suite.createFromPredicates({ ...options, builds: {} })).rejects.toMatchObject({ argument: 'builds' });
    await expect(Suite.createFromPredicates({ ...options, concurrency: 0 })).rejects.toMatchObject({
      argument: 'concurrency',
    });
  });
});

describe('waiting', () => {
  test('an AFE that is away for ten minutes is a warning, not the end', async () => {
    const { lab, events, options } = await setting(['a']);
    const backMs = lab.clock.now() + 10 * minute;
    const afe = afeWith(lab.afe, {
      getNumJobs: (...args) => (lab.clock.now() < backMs ? Promise.reject(away()) : lab.afe.getNumJobs(...args)),
    });
    const suite = await Suite.createFromPredicates({ ...options, lab: { afe, tko: lab.tko } });
    expect(await resultsOf(suite)).toEqual(['GOOD a']);
    expect(new Set(warnings(events))).toEqual(new Set(['poll-failed']));
  });

  test('a results database that fails once loses no result', async () => {
    const { lab, options } = await setting(['a', 'b']);
    let failures = 1;
    const tko = {
      getDetailedTestViews: (...args: Parameters<typeof lab.tko.getDetailedTestViews>) =>
        failures-- > 0 ? Promise.reject(away()) : lab.tko.getDetailedTestViews(...args),
    };
    const suite = await Suite.createFromPredicates({ ...options, lab: { afe: lab.afe, tko } });
    expect((await resultsOf(suite)).sort()).toEqual(['GOOD a', 'GOOD b']);
  });

  test('a job that somebody else adds to the suite counts too', async () => {
    const { lab, events, options } = await setting(['a']);
    const suite = await Suite.createFromPredicates(options);
    await suite.schedule();
    const [, ours] = lab.jobs();
    const stranger = {
      name: `${marioBuild}/bvt/stranger`,
      controlFile: 'NAME = "stranger"\n',
      controlType: 'Client',
      priority: 40,
      metaHosts: ['board:x86-mario'],
      parentJobId: ours?.parentId ?? null,
    } as const;
    await lab.afe.createJob(stranger);
    expect((await resultsOf(suite)).sort()).toEqual(['GOOD a', 'GOOD stranger']);
    expect(warnings(events)).toContain('job-added');
    expect(suite.outcome().test('stranger')).toMatchObject({ path: null, conclusion: 'passed' });
  });

  test('a job that is there though its creation seemed to have failed is the test’s own, and is run again', async () => {
    const { lab, events, options } = await setting(['a', 'b'], { b: ['fail', 'good'] });
    let lost = false;
    const afe = afeWith(lab.afe, {
      async createJob(...args) {
        const jobId = await lab.afe.createJob(...args);
        if (lost || !args[0].name.endsWith('/b')) return jobId;
        lost = true;
        throw new CreateJobStateUnknownError({ method: 'create_job', jobName: args[0].name, requestKey: 'k' });
      },
    });
    const suite = await Suite.createFromPredicates({ ...options, jobRetry: true, lab: { afe, tko: lab.tko } });
    await suite.schedule();
    expect(suite.outcome().test('b').conclusion).toBe('not-scheduled');
    expect((await resultsOf(suite)).sort()).toEqual(['FAIL b', 'GOOD a', 'GOOD b']);
    const outcome = await suite.finish();
    expect(outcome.tests.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(outcome.test('b')).toMatchObject({ conclusion: 'flaky', attempts: [{}, {}] });
    expect(warnings(events)).not.toContain('job-added');
    lab.expectNothingDoubled();
  });

  describe('a job that the network doubled, by sending a request twice,', () => {
    /** The lab's AFE, by a way on which the request for the test `b` goes out twice. */
    function doublingAfe(lab: EmbeddedLab, when: () => boolean = () => true): AfeClient {
      const transport: HttpTransport = {
        async request(request) {
          const isForB = String(request.body).includes('"create_job"') && String(request.body).includes('/bvt/b"');
          if (isForB && when()) await lab.transport.request(request);
          return await lab.transport.request(request);
        },
      };
      return new HttpAfeClient({ url: lab.urls.afe, transport, clock: lab.clock });
    }

    test('is aborted and told of, and is no result', async () => {
      const { lab, events, options } = await setting(['a', 'b']);
      const suite = await Suite.createFromPredicates({ ...options, lab: { afe: doublingAfe(lab), tko: lab.tko } });
      expect((await resultsOf(suite)).sort()).toEqual(['GOOD a', 'GOOD b']);
      expect(warnings(events)).toEqual(['job-doubled']);
      expect(suite.outcome().test('b').attempts).toHaveLength(1);
      const doubled = lab.jobs().filter(({ test: name }) => name === 'b');
      expect(doubled.map(({ entries }) => entries[0]?.status).sort()).toEqual(['Aborted', 'Completed']);
      lab.expectNothingDoubled();
    });

    test('is none either when it is the retry', async () => {
      const { lab, events, options } = await setting(['a', 'b'], { b: ['fail', 'good'] });
      let requests = 0;
      const afe = doublingAfe(lab, () => ++requests === 2);
      const suite = await Suite.createFromPredicates({ ...options, jobRetry: true, lab: { afe, tko: lab.tko } });
      expect((await resultsOf(suite)).sort()).toEqual(['FAIL b', 'GOOD a', 'GOOD b']);
      expect(suite.outcome().test('b')).toMatchObject({ conclusion: 'flaky', attempts: [{}, {}] });
      expect(warnings(events)).not.toContain('job-added');
    });
  });

  test('a child without host queue entries, the remains of a failed creation, is no result', async () => {
    const { lab, options } = await setting(['a']);
    const suite = await Suite.createFromPredicates(options);
    await suite.schedule();
    const halfMade = {
      ...{ name: 'half', control_file: 'x', control_type: 'Client', priority: 40, meta_hosts: ['board:x86-mario'] },
      ...{ parent_job_id: lab.jobs()[1]?.parentId, keyvals: { nothing: null } },
    };
    await expect(lab.afe.call('create_job', halfMade)).rejects.toMatchObject({ remoteName: 'IntegrityError' });
    expect(await resultsOf(suite)).toEqual(['GOOD a']);
    expect(suite.outcome().tests).toHaveLength(1);
  });

  test('leaving the loop loses nothing: the next loop goes on', async () => {
    const { options } = await setting(['a', 'b', 'c'], {
      a: 'good',
      b: 'good',
      c: { status: 'GOOD', durationMs: 40 * minute },
    });
    const suite = await Suite.createFromPredicates(options);
    const seen: string[] = [];
    for await (const { testName } of suite.results()) {
      seen.push(testName);
      break;
    }
    for await (const { testName } of suite.results()) seen.push(testName);
    expect(seen.sort()).toEqual(['a', 'b', 'c']);
  });

  test('the time of the suite bounds the wait; what is left is told as unfinished', async () => {
    const { lab, options } = await setting(['a'], { a: { status: 'GOOD', durationMs: 300 * minute } });
    const startMs = lab.clock.now();
    // The lab would abort the job at the same time; this one has been given longer.
    const afe = afeWith(lab.afe, {
      createJob: (request, callOptions) => lab.afe.createJob({ ...request, timeoutMins: 1440 }, callOptions),
    });
    const suite = await Suite.createFromPredicates({
      ...{ ...options, timeoutMins: 60, maxRuntimeMins: 1000 },
      lab: { afe, tko: lab.tko },
    });
    expect(await resultsOf(suite)).toEqual([]);
    expect(lab.clock.now() - startMs).toBe(60 * minute);
    expect(await suite.finish()).toMatchObject({ verdict: 'SUITE_TIMEOUT', exitCode: 4 });
    expect(suite.openJobIds).toEqual([2]);
  });

  test('an aborted wait leaves no sleeper behind', async () => {
    const { options } = await setting(['a']);
    const suite = await Suite.createFromPredicates(options);
    await suite.schedule();
    const stop = new AbortController();
    const reason = new Error('enough');
    stop.abort(reason);
    await expect(suite.results({ signal: stop.signal }).next()).rejects.toBe(reason);
  });
});

describe('retries', () => {
  test('one that no host can run any more is TEST_NA, and the failure stays', async () => {
    const { lab, job, options } = await setting(['a'], { a: 'fail' });
    const afe = afeWith(lab.afe, {
      createJob: (request, callOptions) => {
        const retry = request.keyvals?.['retry_original_job_id'] !== undefined;
        const changed = retry ? { ...request, dependencies: ['no_such_label'] } : request;
        return lab.afe.createJob(changed, callOptions);
      },
    });
    const suite = await Suite.createFromPredicates({ ...options, jobRetry: true, lab: { afe, tko: lab.tko } });
    expect(await resultsOf(suite)).toEqual(['FAIL a']);
    expect(job.story.slice(1)).toEqual(['START a', 'FAIL a', 'END FAIL a', 'START a', 'TEST_NA a', 'END TEST_NA a']);
    expect(suite.outcome().test('a')).toMatchObject({ conclusion: 'failed' });
  });

  test('one that cannot be scheduled for another reason counts as attempted, and is told (S4)', async () => {
    const { lab, job, events, options } = await setting(['a'], { a: 'fail' });
    let created = 0;
    const afe = afeWith(lab.afe, {
      createJob: (...args) => (created++ === 0 ? lab.afe.createJob(...args) : Promise.reject(away())),
    });
    const suite = await Suite.createFromPredicates({ ...options, jobRetry: true, lab: { afe, tko: lab.tko } });
    expect(await resultsOf(suite)).toEqual(['FAIL a']);
    expect(created).toBe(2);
    expect(job.entries.at(-1)).toMatchObject({
      code: 'INFO',
      operation: 'a',
      reason: expect.stringContaining('No retry of job 2') as string,
    });
    expect(events.filter(({ type }) => type === 'test-not-scheduled')).toMatchObject([{ attempt: 2, status: 'ERROR' }]);
  });

  test('of a test that never ran there are none', async () => {
    const { options, lab } = await setting(['a']);
    const suite = await Suite.createFromPredicates({ ...options, jobRetry: true });
    await suite.schedule();
    await suite.abort();
    expect(await resultsOf(suite)).toEqual([`ABORT ${marioBuild}/bvt/a`]);
    expect(suite.outcome().test('a')).toMatchObject({
      conclusion: 'aborted',
      reason: 'Job 2 was aborted before it ran',
    });
    expect(lab.calls.count('create_job')).toBe(1);
  });
});

test('abort reaches the open jobs only, and asks for nothing when there are none', async () => {
  const { lab, options } = await setting(['a', 'b'], { b: { status: 'GOOD', durationMs: 90 * minute } });
  const suite = await Suite.createFromPredicates(options);
  for await (const { testName } of suite.results()) if (testName === 'a') break;
  expect((await suite.abort()).map(({ jobName }) => jobName)).toEqual([`${marioBuild}/bvt/b`]);
  expect(await resultsOf(suite)).toEqual(['ABORT b']);
  expect(await suite.abort()).toEqual([]);
  expect(lab.calls.count('abort_host_queue_entries')).toBe(1);
});

test('a job that cannot record ends the suite with its error: a result would be lost', async () => {
  const { options } = await setting(['a']);
  const full = new Error('disk full');
  const job = { tag: 'x', record: () => Promise.reject(full), writeKeyvals() {} };
  const suite = await Suite.createFromPredicates({ ...options, job });
  await expect(suite.schedule()).rejects.toBe(full);
});

test('without a job nothing is recorded and the jobs have no parent', async () => {
  const { lab, options } = await setting(['a']);
  const suite = await Suite.createFromPredicates({ ...options, job: undefined });
  expect(await resultsOf(suite)).toEqual(['GOOD a']);
  expect(await suite.finish()).toMatchObject({ suiteJobId: null, verdict: 'OK' });
  expect(lab.jobs().at(-1)?.parentId).toBeNull();
});
