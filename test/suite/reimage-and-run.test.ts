import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  ControlFileCache,
  exitCodeOf,
  isDynamicSuiteError,
  openSuiteJob,
  planSuite,
  reimageAndRun,
  type ReimageAndRunOptions,
  type SuiteEvent,
} from '../../src/index.js';
import { controlFile, marioBuild, marioLab } from '../support/labs.js';

const minute = 60_000;
const twoTests = { ...controlFile('login'), ...controlFile('power', { time: 'LONG', jobRetries: 2 }) };
const flakyPower = {
  power: [
    { status: 'FAIL', reason: 'empty', durationMs: 2 * minute },
    { status: 'GOOD', durationMs: 2 * minute },
  ],
  login: { status: 'GOOD', durationMs: 20 * minute },
} as const;

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reimage-and-run-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

test('stages, schedules, provisions, runs, retries and reports', async () => {
  const lab = await marioLab(twoTests, flakyPower);
  const events: SuiteEvent[] = [];
  const given = lab.suiteArguments('bvt', 'x86-mario');
  const outcome = await reimageAndRun({
    ...given,
    pool: 'bvt',
    jobRetry: true,
    onEvent: (event) => events.push(event),
  });

  expect(outcome).toMatchObject({ verdict: 'WARNING', exitCode: 2, summary: '2 tests: 1 passed, 1 flaky' });
  expect(outcome.test('power').attempts).toMatchObject([
    {
      number: 1,
      status: 'FAIL',
      reason: 'empty',
      hostname: expect.stringMatching(/^chromeos1-rack1-host\d$/u) as string,
    },
    { number: 2, status: 'GOOD' },
  ]);
  expect(given.job.story).toEqual([
    'INFO Start bvt',
    ...['START power', 'FAIL power', 'END FAIL power'],
    ...['START power', 'GOOD power', 'END GOOD power'],
    ...['START login', 'GOOD login', 'END GOOD login'],
    'WARN bvt',
  ]);
  expect(events.map(({ type }) => type).filter((type) => type !== 'progress')).toEqual([
    ...['staging', 'staged', 'tests-selected', 'test-scheduled', 'test-scheduled', 'scheduled'],
    ...['test-result', 'test-scheduled', 'test-result', 'test-result', 'finished'],
  ]);
  expect(
    lab
      .jobs()
      .map(({ name }) => name)
      .slice(1),
  ).toEqual([`${marioBuild}/bvt/power`, `${marioBuild}/bvt/login`, `${marioBuild}/bvt/power`]);
  lab.expectNothingDoubled();
  lab.expectEverythingFinished();
  lab.expectNoUnexpectedCalls();
});

test('hosts that were used have the build, and no job_repo_url any more', async () => {
  const lab = await marioLab(twoTests, flakyPower);
  await reimageAndRun(lab.suiteArguments('bvt', 'x86-mario'));
  const used = lab.hosts().filter(({ labels }) => labels.includes(`cros-version:${marioBuild}`));
  expect(used).toHaveLength(2);
  for (const { attributes } of used) expect(attributes).not.toHaveProperty('job_repo_url');
});

test('a job_repo_url that names a build of another suite stays', async () => {
  const lab = await marioLab(controlFile('login'));
  const other = 'http://devserver.lab:8082/static/x86-mario-release/R20-2000.0.0/autotest/packages';
  const given = lab.suiteArguments('bvt', 'x86-mario');
  const hostnames = lab.hosts().map(({ hostname }) => hostname);
  await reimageAndRun({
    ...given,
    job: {
      tag: given.job.tag,
      writeKeyvals() {},
      // Between the last result and the cleaning up, another suite takes the hosts over.
      record: ({ code }) =>
        code === 'END GOOD'
          ? lab.afe.setHostAttribute({ attribute: 'job_repo_url', value: other, hostnames })
          : Promise.resolve(),
    },
  });
  expect(lab.hosts().map(({ attributes }) => attributes['job_repo_url'])).toEqual([other, other, other]);
});

test('over real HTTP the outcome is the same as in process', async () => {
  const inProcess = await marioLab(twoTests, flakyPower);
  const expected = await reimageAndRun({ ...inProcess.suiteArguments('bvt', 'x86-mario'), jobRetry: true });

  const lab = await marioLab(twoTests, flakyPower);
  try {
    const { afe, tko, devServer } = await lab.listen();
    const suiteJob = lab.suiteJob();
    const resultDir = join(folder, 'suite');
    const outcome = await reimageAndRun({
      name: 'bvt',
      board: 'x86-mario',
      builds: { 'cros-version': marioBuild },
      devserverUrl: devServer,
      job: await openSuiteJob({ tag: suiteJob.tag, resultDir }),
      lab: { afe, tko },
      jobRetry: true,
      clock: lab.clock,
    });
    expect(JSON.parse(JSON.stringify(outcome))).toEqual(JSON.parse(JSON.stringify(expected)));
    const statusLog = await readFile(join(resultDir, 'status.log'), 'utf8');
    expect(statusLog).toMatch(/^INFO\t----\tStart bvt\t/u);
    expect(statusLog).toMatch(/\nSTART\t2-chromeos-test\/chromeos1-rack1-host1\/power\tpower\tjob_id=2\t.*\n\tFAIL\t/u);
    expect(statusLog).toMatch(/\nWARN\t----\tbvt\t.*\t2 tests: 1 passed, 1 flaky\n$/u);
    const keyvals = await readFile(join(resultDir, 'keyval'), 'utf8');
    expect(keyvals).toMatch(/^artifact_finished_time=2026-01-05 \d\d:\d\d:\d\d\n[0-9a-f]{32}=2-chromeos-test\n/u);
  } finally {
    await lab.close();
  }
});

test('a suite of 54 tests costs 54 creations and at most 4 more calls to schedule, and one small call per poll', async () => {
  const files = Array.from({ length: 54 }, (_each, index) => controlFile(`test_${String(index)}`));
  const lab = await marioLab(Object.assign({}, ...files) as Record<string, string>);
  let toSchedule = 0;
  let polls = 0;
  await reimageAndRun({
    ...lab.suiteArguments('bvt', 'x86-mario'),
    onEvent: (event) => {
      if (event.type === 'tests-selected') toSchedule = -lab.calls.total;
      if (event.type === 'scheduled') toSchedule += lab.calls.total;
      if (event.type === 'progress') polls += 1;
    },
  });
  const collections = lab.calls.count('get_detailed_test_views');
  expect(lab.calls.count('create_job')).toBe(54);
  expect(toSchedule).toBeLessThanOrEqual(54 + 4);
  // Both ends of the scheduling and the last poll also ask once whether there are jobs that the suite does not know.
  expect(lab.calls.count('get_num_jobs')).toBe(polls + 3);
  expect(lab.calls.count('get_host_queue_entries')).toBe(collections);
  expect(lab.calls.count('get_jobs')).toBe(collections + 1);
});

test('the time between two looks at the jobs is not that between two looks at the staging', async () => {
  const lab = await marioLab(twoTests);
  const { afe, tko, devServer } = lab.urls;
  const stagings: number[] = [];
  await reimageAndRun({
    ...lab.suiteArguments('bvt', 'x86-mario'),
    lab: { afe, tko, transport: lab.transport },
    devserverUrl: devServer,
    pollIntervalMs: 60 * 60_000,
    onEvent: (event) => {
      if (event.type === 'staged') stagings.push(event.ms);
    },
  });
  expect(stagings).toHaveLength(1);
  expect(stagings[0]).toBeLessThan(60_000);
});

describe('what a suite leaves out and what it adds', () => {
  test('a test that no host can run is TEST_NA, and the others run', async () => {
    const lab = await marioLab({ ...controlFile('audio', { dependencies: ['dongle'] }), ...controlFile('login') });
    const given = lab.suiteArguments('bvt', 'x86-mario');
    const outcome = await reimageAndRun(given);
    expect(outcome.test('audio')).toMatchObject({ conclusion: 'not-applicable', reason: 'Unsatisfiable DEPENDENCIES' });
    expect(outcome).toMatchObject({ verdict: 'OK', exitCode: 0 });
    expect(given.job.story).toContain('TEST_NA audio');
  });

  test('a board that the lab does not have makes every test TEST_NA, in the server’s words', async () => {
    const lab = await marioLab(twoTests);
    const outcome = await reimageAndRun({ ...lab.suiteArguments('bvt', 'x86-mario'), board: 'nope' });
    expect(outcome.tests.map(({ conclusion }) => conclusion)).toEqual(['not-applicable', 'not-applicable']);
    expect(outcome.test('login').reason).toBe('Label "board:nope" not found');
  });

  test('experimental tests come last under their prefix, or not at all', async () => {
    const files = { ...controlFile('video', { experimental: true, time: 'LENGTHY' }), ...controlFile('login') };
    const names = async (addExperimental: boolean) => {
      const lab = await marioLab(files, { video: 'fail' });
      const outcome = await reimageAndRun({ ...lab.suiteArguments('bvt', 'x86-mario'), addExperimental });
      expect(outcome.verdict).toBe('OK');
      return outcome.tests.map(({ name }) => name);
    };
    expect(await names(true)).toEqual(['login', 'experimental_video']);
    expect(await names(false)).toEqual(['login']);
  });

  test('a malformed control file is reported and skipped', async () => {
    const broken = { 'client/site_tests/broken/control': 'NAME = "broken"\nSUITE = "bvt"\nTIME = "QUICK"\n' };
    const lab = await marioLab({ ...broken, ...controlFile('login') });
    const outcome = await reimageAndRun(lab.suiteArguments('bvt', 'x86-mario'));
    expect(outcome.skipped).toMatchObject([{ path: 'client/site_tests/broken/control' }]);
    expect(outcome.skipped[0]?.reason).toContain('client/site_tests/broken/control');
    expect(outcome.tests).toHaveLength(1);
  });

  test('a control file that the AFE cannot take is an ERROR with the place, and is not sent (S12)', async () => {
    const odd = controlFile('odd', { code: '# café\n' });
    const lab = await marioLab({ ...odd, ...controlFile('login') });
    const outcome = await reimageAndRun(lab.suiteArguments('bvt', 'x86-mario'));
    expect(outcome.test('odd')).toMatchObject({ conclusion: 'not-scheduled' });
    expect(outcome.test('odd').reason).toMatch(/odd\/control:\d+:6: the AFE takes ASCII only, found "é"/u);
    expect(outcome.test('login').conclusion).toBe('passed');
    expect(lab.calls.count('create_job')).toBe(1);
  });

  test('a suite that nobody is in ends with a warning that says what may have been meant', async () => {
    const lab = await marioLab(twoTests);
    const warnings: string[] = [];
    const onEvent = (event: SuiteEvent) => event.type === 'warning' && warnings.push(event.message);
    const outcome = await reimageAndRun({ ...lab.suiteArguments('bvtt', 'x86-mario'), onEvent });
    expect(warnings.at(-1)).toBe('None of 2 control files belongs to suite bvtt; suites with a similar name: bvt');
    expect(outcome).toMatchObject({
      verdict: 'WARNING',
      summary: 'No test belongs to suite bvtt; did you mean bvt?',
      tests: [],
      knownSuites: ['bvt'],
      nearSuites: ['bvt'],
    });
    expect(lab.calls.count('create_job')).toBe(0);
  });
});

describe('retries', () => {
  test('none unless asked for', async () => {
    const lab = await marioLab(twoTests, flakyPower);
    const outcome = await reimageAndRun(lab.suiteArguments('bvt', 'x86-mario'));
    expect(outcome.test('power')).toMatchObject({ conclusion: 'failed', reason: 'empty' });
  });

  test('as many as the control file says', async () => {
    const lab = await marioLab(twoTests, { power: 'fail' });
    const outcome = await reimageAndRun({ ...lab.suiteArguments('bvt', 'x86-mario'), jobRetry: true });
    expect(outcome.test('power').attempts).toHaveLength(3);
  });

  test('no more than the suite may have', async () => {
    const lab = await marioLab(
      { ...twoTests, ...controlFile('net', { jobRetries: 2 }) },
      { power: 'fail', net: 'fail' },
    );
    const outcome = await reimageAndRun({ ...lab.suiteArguments('bvt', 'x86-mario'), jobRetry: true, maxRetries: 1 });
    expect(outcome.tests.reduce((sum, { attempts }) => sum + attempts.length, 0)).toBe(4);
  });
});

test('without waiting, everything is scheduled, and asked is only whether jobs were there before or are there twice', async () => {
  const lab = await marioLab(twoTests);
  const given = lab.suiteArguments('bvt', 'x86-mario');
  const outcome = await reimageAndRun({ ...given, waitForResults: false });
  expect(outcome).toMatchObject({ verdict: 'OK', waited: false });
  expect(outcome.tests.map(({ conclusion }) => conclusion)).toEqual(['unfinished', 'unfinished']);
  expect(given.job.story).toEqual(['INFO Start bvt', 'INFO bvt']);
  expect(lab.calls.count('get_num_jobs')).toBe(2);
  expect(lab.calls.count('get_jobs')).toBe(1);
});

test('with a tag that holds no job id the suite runs without a parent, with a warning', async () => {
  const lab = await marioLab(twoTests, flakyPower);
  const { job } = lab.suiteArguments('bvt', 'x86-mario');
  const warnings: string[] = [];
  const outcome = await reimageAndRun({
    ...lab.suiteArguments('bvt', 'x86-mario'),
    job: {
      tag: 'my laptop',
      record: (entry) => job.record(entry),
      writeKeyvals: (keyvals) => job.writeKeyvals(keyvals),
    },
    jobRetry: true,
    onEvent: (event) => event.type === 'warning' && warnings.push(event.code),
  });
  expect(outcome).toMatchObject({ suiteJobId: null, summary: '2 tests: 1 passed, 1 flaky' });
  expect(warnings).toEqual(['no-parent-job']);
  expect(lab.jobs().filter(({ parentId }) => parentId !== null)).toEqual([]);
});

describe('what keeps a suite from running is an error, and nothing is scheduled', () => {
  async function failureOf(options: Promise<ReimageAndRunOptions>): Promise<unknown> {
    return reimageAndRun(await options).then(
      () => 'ran',
      (error: unknown) => error,
    );
  }

  test('a wrong argument', async () => {
    const lab = await marioLab(twoTests);
    const error = await failureOf(Promise.resolve({ ...lab.suiteArguments('bvt', 'x86-mario'), board: '' }));
    expect(isDynamicSuiteError(error, 'ERR_SUITE_ARGUMENT')).toBe(true);
    expect(exitCodeOf(error)).toBe(6);
    expect(lab.calls.total).toBe(0);
  });

  test.each<[string, Record<string, unknown>]>([
    ['lab', { lab: 'http://afe.lab' }],
    ['lab.afe', { lab: { afe: 'afe.lab' } }],
    ['lab.tko', { lab: { afe: {} } }],
    ['onEvent', { onEvent: true }],
    ['signal', { signal: {} }],
    ['pollIntervalMs', { pollIntervalMs: 0 }],
    ['concurrency', { concurrency: 0.5 }],
    ['autotestDir', { runProdCode: true }],
    ['controlFileCache', { controlFileCache: true }],
    ['resultFiles', { resultFiles: 'results' }],
    ['clock', { clock: 7 }],
    ['logger', { logger: 'console' }],
  ])('a wrong option: %s', async (argument, changes) => {
    const lab = await marioLab(twoTests);
    const options = { ...lab.suiteArguments('bvt', 'x86-mario'), ...changes } as ReimageAndRunOptions;
    expect(await failureOf(Promise.resolve(options))).toMatchObject({ code: 'ERR_SUITE_ARGUMENT', argument });
  });

  test('a build that cannot be staged', async () => {
    const lab = await marioLab({});
    const given = {
      ...lab.suiteArguments('bvt', 'x86-mario'),
      builds: { 'cros-version': 'x86-mario-release/R1-1.0.0' },
    };
    const error = await failureOf(Promise.resolve(given));
    expect(error).toMatchObject({ code: 'ERR_STAGING', build: 'x86-mario-release/R1-1.0.0' });
    expect(exitCodeOf(error)).toBe(3);
    expect(lab.calls.count('create_job')).toBe(0);
    expect(given.job.entries).toEqual([]);
  });

  test('no usable host, where one is required (S11)', async () => {
    const lab = await marioLab(twoTests);
    const given = lab.suiteArguments('bvt', 'x86-mario');
    const error = await failureOf(Promise.resolve({ ...given, pool: 'cq', checkHosts: 'require' as const }));
    expect(error).toMatchObject({ code: 'ERR_BOARD_NOT_AVAILABLE', labels: ['board:x86-mario', 'pool:cq'] });
    expect(exitCodeOf(error)).toBe(5);
    expect(lab.calls.count('stage')).toBe(0);
  });
});

test('no usable host is a warning otherwise, or not asked for at all (S11)', async () => {
  const codes = async (checkHosts: boolean) => {
    const lab = await marioLab(controlFile('login'));
    const found: string[] = [];
    await reimageAndRun({
      ...lab.suiteArguments('bvt', 'x86-mario'),
      pool: 'cq',
      checkHosts,
      onEvent: (event) => event.type === 'warning' && found.push(event.code),
    });
    return found;
  };
  expect(await codes(true)).toEqual(['no-usable-host']);
  expect(await codes(false)).toEqual([]);
});

test('aborting ends the wait with the caller’s reason; the jobs go on in the lab', async () => {
  const lab = await marioLab(twoTests, flakyPower);
  const stop = new AbortController();
  const reason = new Error('enough');
  const run = reimageAndRun({
    ...lab.suiteArguments('bvt', 'x86-mario'),
    signal: stop.signal,
    onEvent: ({ type }) => type === 'test-result' && stop.abort(reason),
  });
  await expect(run).rejects.toBe(reason);
  const open = lab.jobs().filter(({ entries }) => entries.some(({ finishedMs }) => finishedMs === null));
  expect(open.map(({ test }) => test)).toContain('login');
  expect(lab.calls.count('abort_host_queue_entries')).toBe(0);
});

test('a dry run tells exactly what would be scheduled, and schedules and records nothing (S13)', async () => {
  const lab = await marioLab(twoTests);
  const given = lab.suiteArguments('bvt', 'x86-mario');
  const plan = await planSuite(given);
  expect(plan).toMatchObject({ suite: 'bvt', builds: { 'cros-version': marioBuild }, skipped: [] });
  expect(lab.calls.count('create_job')).toBe(0);
  expect(given.job.entries).toEqual([]);
  expect(given.job.keyvals).toEqual([]);

  await reimageAndRun({ ...given, waitForResults: false });
  const created = lab.jobs().filter(({ parentId }) => parentId !== null);
  expect(plan.jobs.map(({ test: name, path }) => [name, path])).toEqual([
    ['power', 'client/site_tests/power/control'],
    ['login', 'client/site_tests/login/control'],
  ]);
  expect(created.map(({ name }) => name)).toEqual(plan.jobs.map(({ request }) => request.name));
});

test('suites of one build that share a cache read its control files once', async () => {
  const lab = await marioLab(twoTests);
  const controlFileCache = new ControlFileCache();
  for (let run = 0; run < 3; run += 1) {
    const outcome = await reimageAndRun({ ...lab.suiteArguments('bvt', 'x86-mario'), controlFileCache });
    expect(outcome.tests).toHaveLength(2);
  }
  expect(lab.calls.count('list_suite_controls')).toBe(1);
});

test('production code comes from the lab server’s tree, and nothing is staged', async () => {
  const lab = await marioLab(controlFile('login'));
  const outcome = await reimageAndRun({
    ...lab.suiteArguments('bvt', 'x86-mario'),
    runProdCode: true,
    autotestDir: new URL('../../examples/build', import.meta.url).pathname,
  });
  expect(outcome.tests.map(({ name }) => name)).toContain('login_LoginSuccess');
  expect(lab.calls.count('stage')).toBe(0);
});

test('a failing listener is logged and breaks nothing', async () => {
  const lab = await marioLab(controlFile('login'));
  const errors: string[] = [];
  const outcome = await reimageAndRun({
    ...lab.suiteArguments('bvt', 'x86-mario'),
    onEvent: () => {
      throw new Error('listener');
    },
    logger: { debug() {}, info() {}, warn() {}, error: (message) => errors.push(message) },
  });
  expect(outcome.verdict).toBe('OK');
  expect(errors).toContain('A listener failed on the event finished');
});

describe('a server that answers nonsense, or nothing, ends in an error of its kind and in time', () => {
  const kinds = ['503', 'html', 'garbage', 'refuse', 'stall'] as const;

  test.each(kinds)('a dev server that gives %s: nothing is scheduled', async (kind) => {
    const lab = await marioLab(twoTests);
    lab.faults.add({ service: 'devServer', kind, count: Infinity });
    const startMs = lab.clock.now();
    const error = await reimageAndRun(lab.suiteArguments('bvt', 'x86-mario')).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ERR_STAGING' });
    expect(lab.clock.now() - startMs).toBeLessThanOrEqual(30 * minute);
    expect(lab.calls.count('create_job')).toBe(0);
  });

  test.each(kinds)('an AFE that gives %s: every test is told, none is lost', async (kind) => {
    const lab = await marioLab(twoTests);
    const given = lab.suiteArguments('bvt', 'x86-mario');
    lab.faults.add({ service: 'afe', kind, count: Infinity });
    const outcome = await reimageAndRun({ ...given, checkHosts: false });
    expect(outcome.tests.map(({ conclusion }) => conclusion)).toEqual(['not-scheduled', 'not-scheduled']);
    expect(outcome).toMatchObject({ verdict: 'INFRA_FAILURE', exitCode: 3 });
    expect(given.job.story.filter((line) => line.startsWith('ERROR'))).toHaveLength(2);
  });

  test('a server that is away for a while is told at each try, with the wait to the next', async () => {
    const lab = await marioLab(twoTests);
    lab.faults.add({ service: 'afe', method: 'get_num_jobs', kind: 'refuse', count: 2 });
    const { afe, tko } = lab.urls;
    const warnings: string[] = [];
    const outcome = await reimageAndRun({
      ...lab.suiteArguments('bvt', 'x86-mario'),
      lab: { afe, tko, transport: lab.transport },
      onEvent: (event) => event.type === 'warning' && warnings.push(`${event.code}: ${event.message}`),
    });
    expect(outcome.verdict).toBe('OK');
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toMatch(
      /^no-answer: The AFE does not answer get_num_jobs, trying again in \d+ s: .*cannot connect/u,
    );
  });

  test('an answer of create_job that is lost doubles no job (S1)', async () => {
    const lab = await marioLab(twoTests);
    lab.faults.add({ service: 'afe', method: 'create_job', at: 1, kind: 'lose-answer' });
    const outcome = await reimageAndRun(lab.suiteArguments('bvt', 'x86-mario'));
    expect(outcome).toMatchObject({ verdict: 'OK', summary: '2 tests: 2 passed' });
    expect(lab.jobs()).toHaveLength(3);
    lab.expectNothingDoubled();
  });
});
