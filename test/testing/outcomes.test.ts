import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type {
  EmbeddedLab,
  FlakyOptions,
  ScriptedOutcome,
  ScriptedResult,
  TestScript,
  TestSituation,
} from '../../src/testing/index.js';
import { byBoard, byHost, embeddedLab, flaky, LabDescriptionError } from '../../src/testing/index.js';
import type { JobRequest } from '../../src/clients/afe/types.js';
import { outcomeOf } from '../../src/testing/lab/outcome.js';
import { build, jobRequest } from './job-request.js';

const hour = 3_600_000;

/** A job that any host of a board may run. */
function onBoard(test: string, board: string, more: Partial<JobRequest> = {}): JobRequest {
  return jobRequest(test, { metaHosts: [`board:${board}`], dependencies: [], ...more });
}

/** `<status> after <seconds>` of the job's test rows. */
async function resultsOf(lab: EmbeddedLab, ids: readonly number[]): Promise<readonly string[]> {
  const results: string[] = [];
  for (const id of ids) {
    const rows = await lab.tko.getDetailedTestViews({ jobIds: [id] });
    const row = rows.find(({ testName }) => testName !== 'SERVER_JOB') ?? rows[0];
    const entry = lab.jobs()[id - 1]?.entries[0];
    const seconds = ((entry?.finishedMs ?? 0) - (entry?.startedMs ?? 0)) / 1000;
    results.push(`${row?.testName ?? 'none'} ${row?.status ?? 'none'} after ${seconds}`);
  }
  return results;
}

test('a script may differ by board, and each board have a list of its own', async () => {
  const lab = await embeddedLab()
    .board('lumpy')
    .board('link')
    .board('stumpy')
    .test('power_Idle', byBoard({ lumpy: ['fail', 'good'], link: 'warn' }, 'error'))
    .start();
  const ids: number[] = [];
  for (const board of ['lumpy', 'link', 'stumpy']) ids.push(await lab.afe.createJob(onBoard('power_Idle', board)));
  const retry = { keyvals: { retry_original_job_id: ids[0] ?? 0 } };
  ids.push(await lab.afe.createJob(onBoard('power_Idle', 'lumpy', retry)));
  await lab.clock.sleep(hour);
  const results = await resultsOf(lab, ids);
  expect(results.map((result) => result.split(' ')[1])).toEqual(['FAIL', 'WARN', 'ERROR', 'GOOD']);
});

test('a script may differ by host, and is good elsewhere', async () => {
  const lab = await embeddedLab()
    .host('sound', { board: 'lumpy' })
    .host('broken', { board: 'lumpy' })
    .tests(byHost({ broken: 'machine-failure' }))
    .start();
  const ids: number[] = [];
  for (const host of ['sound', 'broken']) {
    ids.push(await lab.afe.createJob(jobRequest('x', { metaHosts: [], hosts: [host], dependencies: [] })));
  }
  await lab.clock.sleep(hour);
  const results = await resultsOf(lab, ids);
  expect(results.map((result) => result.split(' ').slice(0, 2).join(' '))).toEqual(['x GOOD', 'SERVER_JOB FAIL']);
});

test('a duration alone is a test that passes after it', async () => {
  const lab = await embeddedLab().board('lumpy').test('x', { durationMs: 600_000 }).start();
  const id = await lab.afe.createJob(onBoard('x', 'lumpy'));
  await lab.clock.sleep(hour);
  // Gathering and parsing come after the test.
  expect(await resultsOf(lab, [id])).toEqual(['x GOOD after 610']);
});

test('what is said of all tests is neither said of tests with a script nor of jobs without a host', async () => {
  const lab = await embeddedLab().board('lumpy').test('x', 'warn').tests('fail').start();
  const ids = [await lab.afe.createJob(onBoard('x', 'lumpy')), await lab.afe.createJob(onBoard('y', 'lumpy'))];
  const suite = await lab.afe.createJob(jobRequest('suite', hostless));
  await lab.clock.sleep(hour);
  const statuses = (await resultsOf(lab, ids)).map((result) => result.split(' ')[1]);
  expect(statuses).toEqual(['WARN', 'FAIL']);
  expect(lab.jobs()[suite - 1]?.entries).toMatchObject([{ status: 'Completed' }]);
});

test('a function sees what the job is: its test, suite, build, board, host and attempt', async () => {
  const seen: TestSituation[] = [];
  const script: TestScript = (situation) => {
    seen.push(situation);
    return 'good';
  };
  const lab = await embeddedLab().board('lumpy').test('x', script).start();
  await lab.afe.createJob(onBoard('x', 'lumpy'));
  await lab.afe.createJob(onBoard('x', 'lumpy', { keyvals: {} }));
  await lab.afe.createJob(onBoard('x', 'lumpy', { keyvals: {}, name: 'x' }));
  await lab.clock.sleep(hour);
  lab.expectEverythingFinished();
  const place = { test: 'x', board: 'lumpy', host: 'chromeos1-rack1-host1', attempt: 1 };
  expect(seen).toMatchObject([
    { ...place, suite: 'bvt', build },
    { ...place, suite: 'bvt', build },
    { ...place, suite: null, build: null },
  ]);
  const [first] = seen;
  const draws = Array.from({ length: 100 }, () => first?.random() ?? Number.NaN);
  expect(draws.every((draw) => draw >= 0 && draw < 1)).toBe(true);
  expect(new Set(draws).size).toBe(100);
});

describe('a flaky lab', () => {
  const rates = { failRate: 0.2, errorRate: 0.1, machineFailureRate: 0.1, provisionFailureRate: 0.1 };
  const model: FlakyOptions = { ...rates, warnRate: 0.1, abortRate: 0.1, durationMs: [60_000, 600_000] };
  const names = Array.from({ length: 8 }, (_, index) =>
    ['lumpy', 'link'].map((board) => ({ board, test: `t${index}` })),
  );
  const jobs = names.flat();

  /** What became of each job of a lab in which they were created in the given order. */
  async function outcomes(order: readonly number[], seed = 1): Promise<ReadonlyMap<string, string>> {
    const lab = await embeddedLab({ seed })
      .board('lumpy', { hosts: 3 })
      .board('link', { hosts: 2 })
      .tests(flaky(model))
      .start();
    const keys: string[] = [];
    for (const index of order) {
      const { test = '', board = '' } = jobs[index] ?? {};
      keys.push(`${test} on ${board}`);
      await lab.afe.createJob(onBoard(test, board));
      await lab.clock.sleep(index * 1000);
    }
    await lab.clock.sleep(24 * hour);
    lab.expectEverythingFinished();
    const results = await resultsOf(
      lab,
      order.map((_, position) => position + 1),
    );
    return new Map(keys.map((key, position) => [key, results[position] ?? '']));
  }

  test('gives each job the same outcome and duration in whatever order jobs are created', async () => {
    const inOrder = jobs.map((_, index) => index);
    const expected = await outcomes(inOrder);
    expect(new Set([...expected.values()].map((result) => result.split(' ')[1])).size).toBeGreaterThan(2);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(inOrder, { minLength: jobs.length }), async (order) => {
        expect(new Map([...(await outcomes(order))].sort())).toEqual(new Map([...expected].sort()));
      }),
      { numRuns: 15 },
    );
  });

  test('of another seed has other outcomes', async () => {
    const order = jobs.map((_, index) => index);
    expect(await outcomes(order, 2)).not.toEqual(await outcomes(order, 1));
  });

  test('fails about as often as it is told to, in each attempt anew', async () => {
    const drawn: ScriptedOutcome[] = [];
    const script = flaky({ failRate: 0.25, hangRate: 0.25, durationMs: [0, 60_000] });
    const lab = await embeddedLab()
      .test('x', (situation) => {
        const outcome = outcomeOf(script, situation);
        drawn.push(outcome);
        return outcome;
      })
      .start();
    for (let id = 1; id <= 1000; id++) {
      const keyvals = { retry_original_job_id: id - 1 };
      await lab.afe.createJob(jobRequest('x', { ...hostless, keyvals }));
    }
    await lab.clock.sleep(48 * hour);
    lab.expectEverythingFinished();
    const share = (is: (outcome: ScriptedResult) => boolean) =>
      drawn.filter((outcome) => typeof outcome === 'object' && is(outcome)).length / drawn.length;
    expect(drawn).toHaveLength(1000);
    expect(share(({ status }) => status === 'FAIL')).toBeCloseTo(0.25, 1);
    // A test that hangs has no end of its own.
    expect(share(({ durationMs }) => durationMs === Infinity)).toBeCloseTo(0.25, 1);
    const isShort = ({ durationMs = 0 }: ScriptedResult) => durationMs < 30_000;
    expect(share(isShort)).toBeCloseTo(0.375, 1);
    // Whether an attempt fails says nothing about how long it takes, nor about the next attempt.
    expect(share((outcome) => outcome.status === 'FAIL' && isShort(outcome))).toBeCloseTo(0.125, 1);
    const failedBefore = drawn.filter((_, index) => isFailure(drawn[index - 1]));
    expect(failedBefore.filter(isFailure).length / failedBefore.length).toBeCloseTo(0.25, 1);
  });

  test.each<[FlakyOptions, string]>([
    [{ failRate: -0.1 }, 'failRate: expected 0 to 1, found -0.1'],
    [{ errorRate: Number.NaN }, 'errorRate'],
    [{ failRate: 0.6, hangRate: 0.5 }, 'together: expected at most 1'],
    [{ durationMs: [2, 1] }, 'the shorter first, found 2 to 1'],
    [{ durationMs: Infinity }, 'durationMs'],
  ])('%j is a mistake', (options, message) => {
    expect(() => flaky(options)).toThrow(LabDescriptionError);
    expect(() => flaky(options)).toThrow(message);
  });

  test('may differ by host', async () => {
    const hosts = Array.from({ length: 20 }, (_, index) => `host${index}`);
    const builder = embeddedLab().tests(flaky({ failRate: 0.5, perHost: true }));
    for (const host of hosts) builder.host(host, { board: 'lumpy' });
    const lab = await builder.start();
    for (const host of hosts)
      await lab.afe.createJob(jobRequest('x', { metaHosts: [], hosts: [host], dependencies: [] }));
    await lab.clock.sleep(hour);
    const statuses = (
      await resultsOf(
        lab,
        hosts.map((_, index) => index + 1),
      )
    ).map((result) => result.split(' ')[1]);
    expect(new Set(statuses)).toEqual(new Set(['GOOD', 'FAIL']));
  });
});

const hostless = { metaHosts: [], dependencies: [], hostless: true, synchCount: 0 };

function isFailure(outcome: ScriptedOutcome | undefined): boolean {
  return typeof outcome === 'object' && outcome.status === 'FAIL';
}
