import { afterEach, describe, expect, test } from 'vitest';
import { HttpAfeClient } from '../../src/clients/afe/http-afe-client.js';
import { HttpTkoClient } from '../../src/clients/tko/http-tko-client.js';
import { reimageAndRun } from '../../src/index.js';
import type { EmbeddedLab, EmbeddedLabOptions, LabSuiteRun } from '../../src/testing/index.js';
import { embeddedLab, VirtualClock } from '../../src/testing/index.js';

const boards = ['x86-mario', 'lumpy'] as const;
const buildOf = (board: string) => `${board}-release/R28-3993.0.0`;

const labs: EmbeddedLab[] = [];
afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.close()));
});

/** Two boards with a suite of three tests: one good, one that fails at first, one that always fails. */
async function suiteLab(options: EmbeddedLabOptions = {}): Promise<EmbeddedLab> {
  const builder = embeddedLab(options).test('flaky_Test', ['fail', 'good']).test('bad_Test', 'fail');
  for (const board of boards) {
    builder.board(board, { hosts: 2, pool: 'bvt' }).build(buildOf(board), {
      controlFiles: {
        ...Object.fromEntries(
          ['good_Test', 'flaky_Test', 'bad_Test'].map((name) => [`server/site_tests/${name}/control`, testFile(name)]),
        ),
        'test_suites/control.bvt': "NAME = 'bvt'\ndynamic_suite.reimage_and_run(**args_dict)\n",
        'test_suites/control.empty': '',
        'test_suites/control.foreign': Buffer.from("NAME = 'caf\u00e9'\n"),
      },
    });
  }
  const lab = await builder.start();
  labs.push(lab);
  return lab;
}

function testFile(name: string): string {
  const lines = `AUTHOR = 'lab'\nDOC = 'x'\nTIME = 'SHORT'\nTEST_TYPE = 'server'\nSUITE = 'bvt'\nJOB_RETRIES = 1\n`;
  return `NAME = '${name}'\n${lines}`;
}

function bvtOn(board: string, more: object = {}): Readonly<Record<string, unknown>> {
  return { name: 'bvt', board, build: buildOf(board), pool: 'bvt', job_retry: true, ...more };
}

async function createSuiteJob(lab: EmbeddedLab, args: Readonly<Record<string, unknown>>): Promise<number> {
  return Number(await lab.afe.call('create_suite_job', args));
}

/** What TKO has of a job, in short. */
async function rowsOf(lab: EmbeddedLab, jobId: number): Promise<readonly string[]> {
  const rows = await lab.tko.getDetailedTestViews({ jobIds: [jobId] });
  return rows.map(({ testName, status }) => `${testName} ${status}`);
}

/** A function that runs suites which waits for its signal, and says when it was called. */
function waitingFunction(): { readonly runs: LabSuiteRun[]; readonly run: (suite: LabSuiteRun) => Promise<undefined> } {
  const runs: LabSuiteRun[] = [];
  return {
    runs,
    run: (suite) => {
      runs.push(suite);
      return new Promise((_, reject) => suite.signal.addEventListener('abort', () => reject(suite.signal.reason)));
    },
  };
}

describe('a suite job runs its suite', () => {
  test('for two boards at once, with retries and failures, while the caller only sleeps', async () => {
    const lab = await suiteLab();
    const ids = await Promise.all(boards.map((board) => createSuiteJob(lab, bvtOn(board))));
    await lab.clock.sleep(3_600_000);

    for (const [index, id] of ids.entries()) {
      expect(lab.suiteRun(id)).toMatchObject({ state: 'finished', suite: 'bvt', tag: `${id}-chromeos-test/hostless` });
      const outcome = lab.suiteOutcomes().get(id);
      expect(outcome).toMatchObject({ verdict: 'ERROR', board: boards[index], suiteJobId: id });
      expect(outcome?.test('flaky_Test')).toMatchObject({ conclusion: 'flaky', attempts: [{}, {}] });
      expect(outcome?.test('bad_Test')).toMatchObject({ conclusion: 'failed', attempts: [{}, {}] });
      const rows = [...(await rowsOf(lab, id))];
      expect(rows[0]).toBe('SERVER_JOB GOOD');
      expect(rows.at(-1)).toBe('bvt FAIL');
      expect(rows.slice(1, -1).sort()).toEqual([
        ...['bad_Test FAIL', 'bad_Test FAIL', 'flaky_Test FAIL', 'flaky_Test GOOD', 'good_Test GOOD'],
      ]);
      const children = lab.jobs().filter(({ parentId }) => parentId === id);
      expect(children).toHaveLength(5);
      for (const child of children) expect(await rowsOf(lab, child.id)).toHaveLength(2);
      expect(lab.jobs()[id - 1]).toMatchObject({ test: 'bvt', entries: [{ status: 'Completed', host: null }] });
    }
    lab.expectEverythingFinished();
    lab.expectNothingDoubled();
    lab.expectNoUnexpectedCalls();
  });

  test('over HTTP as well', async () => {
    const lab = await suiteLab();
    const urls = await lab.listen();
    const afe = new HttpAfeClient({ url: urls.afe, clock: lab.clock });
    const tko = new HttpTkoClient({ url: urls.tko, clock: lab.clock });
    const ids = await Promise.all(
      boards.map(async (board) => Number(await afe.call('create_suite_job', bvtOn(board)))),
    );
    await lab.suitesSettled();
    const jobs = await afe.getJobs({ ids });
    expect(jobs.map(({ name }) => name).sort()).toEqual(
      boards.map((board) => `${buildOf(board)}-test_suites/control.bvt`).sort(),
    );
    expect(jobs[0]?.controlFile).toContain(`devserver_url='${urls.devServer}'\n`);
    for (const id of ids) expect(await tko.getDetailedTestViews({ jobIds: [id] })).toHaveLength(7);
    lab.expectEverythingFinished();
  });

  test('the same way each time', async () => {
    const timelines: string[] = [];
    for (let round = 0; round < 2; round++) {
      const lab = await suiteLab({ seed: 7 });
      for (const board of boards) await createSuiteJob(lab, bvtOn(board));
      await lab.suitesSettled();
      timelines.push(lab.timeline());
    }
    expect(timelines[0]).toContain('completed on no host');
    expect(timelines[1]).toBe(timelines[0]);
  });

  test('with a clock that is advanced by hand', async () => {
    const clock = new VirtualClock({ autoAdvance: false });
    const lab = await suiteLab({ clock });
    const id = await createSuiteJob(lab, bvtOn('lumpy'));
    await clock.advance(9_000);
    expect(lab.suiteRun(id)).toMatchObject({ state: 'waiting' });
    await clock.advance(1_000);
    expect(lab.suiteRun(id)).toMatchObject({ state: 'running' });
    await clock.advance(3_600_000);
    expect(lab.suiteRun(id)).toMatchObject({ state: 'finished' });
    await lab.suitesSettled();
  });

  test('and ends after scheduling when nobody wants the results', async () => {
    const lab = await suiteLab();
    const id = await createSuiteJob(lab, bvtOn('lumpy', { wait_for_results: false }));
    await lab.suitesSettled();
    expect(lab.suiteOutcomes().get(id)).toMatchObject({ waited: false });
    expect(await rowsOf(lab, id)).toEqual(['SERVER_JOB GOOD']);
    const children = lab.jobs().filter(({ parentId }) => parentId === id);
    expect(children.map(({ entries }) => entries[0]?.finishedMs)).toEqual([null, null, null]);
    await lab.clock.sleep(3_600_000);
    lab.expectEverythingFinished();
  });

  test('and its keyvals lead to the jobs of the tests', async () => {
    const lab = await suiteLab();
    const id = await createSuiteJob(lab, bvtOn('lumpy', { suite_min_duts: 3 }));
    await lab.suitesSettled();
    const [row] = await lab.tko.getDetailedTestViews({ jobIds: [id] });
    const keyvals = Object.entries(row?.jobKeyvals ?? {});
    expect(keyvals).toContainEqual(['suite_min_duts', '3']);
    const named = keyvals.filter(([key]) => /^[0-9a-f]{32}$/.test(key)).map(([, value]) => value);
    const children = lab.jobs().filter(({ parentId }) => parentId === id);
    expect(children.map((child) => `${child.id}-chromeos-test`)).toEqual(expect.arrayContaining(named));
    expect(named).toHaveLength(3);
    const [job] = await lab.afe.getJobs({ ids: [id] });
    expect(Object.keys(job?.keyvals ?? {}).sort()).toEqual([
      ...['download_started_time', 'payload_finished_time', 'suite_min_duts'],
    ]);
  });
});

describe('a function of the caller runs the suites', () => {
  test('with the arguments that the job was made with', async () => {
    const { runs, run } = waitingFunction();
    const lab = await suiteLab({ runSuite: run });
    const given = { num: 3, suite_args: { 'it\'s "x"': ['\n\t\\', null, true, -7] }, priority: 'PFQ', max_retries: 2 };
    const id = await createSuiteJob(lab, bvtOn('lumpy', given));
    await lab.clock.sleep(60_000);
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({ jobId: id, tag: `${id}-chromeos-test/hostless`, suite: 'bvt' });
    expect(runs[0]?.args).toEqual({
      ...given,
      board: 'lumpy',
      build: buildOf('lumpy'),
      builds: { 'cros-version': buildOf('lumpy') },
      check_hosts: true,
      pool: 'bvt',
      file_bugs: false,
      timeout: 24,
      timeout_mins: 1440,
      devserver_url: 'http://devserver.lab:8082',
      wait_for_results: true,
      job_retry: true,
      max_runtime_mins: 1440,
      offload_failures_only: false,
      test_source_build: buildOf('lumpy'),
      run_prod_code: false,
    });
    expect(runs[0]?.options).toMatchObject({ name: 'bvt', board: 'lumpy', jobRetry: true, maxRetries: 2, num: 3 });
  });

  test('and may run them by `reimageAndRun` in another way', async () => {
    const lab = await suiteLab({ runSuite: ({ options }) => reimageAndRun({ ...options, jobRetry: false }) });
    const id = await createSuiteJob(lab, bvtOn('lumpy'));
    await lab.suitesSettled();
    expect(lab.suiteOutcomes().get(id)?.test('flaky_Test')).toMatchObject({ conclusion: 'failed' });
  });

  test('its verdict is the status of the suite even where nothing was recorded', async () => {
    const lab = await suiteLab({
      runSuite: ({ options }) => reimageAndRun({ ...options, job: { tag: 'other', record() {}, writeKeyvals() {} } }),
    });
    const id = await createSuiteJob(lab, bvtOn('lumpy'));
    await lab.suitesSettled();
    expect(await rowsOf(lab, id)).toEqual(['SERVER_JOB GOOD', 'bvt FAIL']);
  });

  test('what it throws fails the job, with the reason', async () => {
    const lab = await suiteLab({ runSuite: () => Promise.reject(new Error('no suite today')) });
    const id = await createSuiteJob(lab, bvtOn('lumpy'));
    await lab.suitesSettled();
    expect(lab.suiteRun(id)).toMatchObject({ state: 'failed', error: new Error('no suite today'), outcome: undefined });
    expect(lab.jobs()[id - 1]?.entries[0]?.status).toBe('Failed');
    const rows = await lab.tko.getDetailedTestViews({ jobIds: [id] });
    expect(rows).toMatchObject([{ testName: 'SERVER_JOB', status: 'FAIL', reason: 'no suite today' }]);
    lab.expectEverythingFinished();
  });

  test('what is thrown at once counts as well', async () => {
    const lab = await suiteLab({
      runSuite: () => {
        throw new Error('not even a promise');
      },
    });
    const id = await createSuiteJob(lab, bvtOn('lumpy'));
    await lab.suitesSettled();
    expect(lab.suiteRun(id)).toMatchObject({ state: 'failed', error: new Error('not even a promise') });
  });

  test('one that returns nothing ends the job', async () => {
    const lab = await suiteLab({
      runSuite: async ({ options }) => {
        await options.clock?.sleep(600_000);
      },
    });
    const id = await createSuiteJob(lab, bvtOn('lumpy'));
    await lab.suitesSettled();
    expect(lab.suiteRun(id)).toMatchObject({ state: 'finished', outcome: undefined });
    const [entry] = lab.jobs()[id - 1]?.entries ?? [];
    expect(entry?.status).toBe('Completed');
    expect((entry?.finishedMs ?? 0) - (entry?.startedMs ?? 0)).toBe(610_000);
  });
});

describe('a suite job whose suite cannot go on', () => {
  test('that is never ended is aborted when its time is over', async () => {
    const lab = await suiteLab({ runSuite: () => new Promise(() => {}) });
    const id = await createSuiteJob(lab, bvtOn('lumpy', { max_runtime_mins: 30 }));
    await lab.suitesSettled();
    const [entry] = lab.jobs()[id - 1]?.entries ?? [];
    expect(entry?.status).toBe('Aborted');
    expect((entry?.finishedMs ?? 0) - (entry?.startedMs ?? 0)).toBe(30 * 60_000);
    expect(lab.suiteRun(id)).toMatchObject({ state: 'aborted' });
    expect(await rowsOf(lab, id)).toEqual(['SERVER_JOB ABORT', 'bvt ABORT']);
  });

  test('takes no longer from its creation than it may', async () => {
    const { runs, run } = waitingFunction();
    const lab = await suiteLab({ runSuite: run });
    const id = await createSuiteJob(lab, bvtOn('lumpy', { timeout_mins: 20 }));
    await lab.suitesSettled();
    const [job] = [lab.jobs()[id - 1]];
    expect((job?.entries[0]?.finishedMs ?? 0) - (job?.createdMs ?? 0)).toBe(20 * 60_000);
    expect(runs[0]?.signal.aborted).toBe(true);
  });

  test('is aborted with its children, and keeps what it had recorded', async () => {
    const lab = await suiteLab();
    const id = await createSuiteJob(lab, bvtOn('lumpy'));
    while ((lab.suiteRun(id)?.job.story.length ?? 0) < 4) await lab.clock.sleep(30_000);
    const before = lab.suiteRun(id)?.job.story ?? [];
    await lab.afe.call('abort_host_queue_entries', { job__id__in: [id] });
    await lab.suitesSettled();
    await lab.clock.sleep(60_000);
    expect(lab.suiteRun(id)).toMatchObject({ state: 'aborted', outcome: undefined });
    lab.expectEverythingFinished();
    const statuses = lab.jobs().map(({ entries }) => entries[0]?.status);
    expect(statuses[id - 1]).toBe('Aborted');
    expect(statuses.filter((status) => status === 'Aborted').length).toBeGreaterThan(1);
    const results = before.filter((line) => /^(GOOD|FAIL) /.test(line));
    expect(results.length).toBeGreaterThan(0);
    expect(await rowsOf(lab, id)).toEqual([
      'SERVER_JOB ABORT',
      ...results.map((line) => line.split(' ').reverse().join(' ')),
      'bvt ABORT',
    ]);
  });

  test('is aborted before it begins, and never runs', async () => {
    const { runs, run } = waitingFunction();
    const lab = await suiteLab({ runSuite: run, durations: { schedulerMs: 600_000 } });
    lab.host('chromeos1-rack1-host1');
    const id = await createSuiteJob(lab, bvtOn('lumpy'));
    await lab.afe.call('abort_host_queue_entries', { job__id__in: [id] });
    await lab.suitesSettled();
    expect(runs).toEqual([]);
    expect(lab.suiteRun(id)).toMatchObject({ state: 'aborted' });
    expect(await rowsOf(lab, id)).toEqual([]);
  });

  test('is aborted when the lab closes, and nothing of it stays behind', async () => {
    const clock = new VirtualClock();
    const lab = await suiteLab({ clock });
    const ids = await Promise.all([...boards, ...boards].map((board) => createSuiteJob(lab, bvtOn(board))));
    await clock.sleep(300_000);
    expect(ids.map((id) => lab.suiteRun(id)?.state)).toEqual(ids.map(() => 'running'));
    await lab.close();
    expect(clock.sleeping).toBe(0);
    expect(ids.map((id) => lab.suiteRun(id))).toMatchObject(
      ids.map(() => ({ state: 'aborted', error: new Error('the lab was closed') })),
    );
  });

  test('fails when its control file was cut within its arguments', async () => {
    const lab = await suiteLab();
    const id = await createSuiteJob(lab, bvtOn('lumpy', { suite_args: "'".repeat(40_000) }));
    await lab.suitesSettled();
    expect(lab.suiteRun(id)).toMatchObject({ state: 'failed' });
    const [row] = await lab.tko.getDetailedTestViews({ jobIds: [id] });
    expect(row).toMatchObject({ testName: 'SERVER_JOB', status: 'FAIL' });
    expect(row?.reason).toContain('the string does not end');
  });

  test('fails with the argument that the suite does not take', async () => {
    const lab = await suiteLab();
    const id = await createSuiteJob(lab, bvtOn('lumpy', { max_retries: 'many' }));
    await lab.suitesSettled();
    expect(lab.suiteRun(id)?.error).toMatchObject({ code: 'ERR_SUITE_ARGUMENT', argument: 'maxRetries' });
    expect(lab.jobs()[id - 1]?.entries[0]?.status).toBe('Failed');
  });
});

test('the error of a script comes to light though only the watch over a suite saw it', async () => {
  const clock = new VirtualClock();
  const lab = await embeddedLab({ clock, runSuite: () => new Promise(() => {}) })
    .board('lumpy')
    .build(buildOf('lumpy'), { controlFiles: { 'test_suites/control.bvt': '# x\n' } })
    .test('odd_Test', () => {
      throw new Error('an odd script');
    })
    .start();
  await createSuiteJob(lab, bvtOn('lumpy', { max_runtime_mins: 10 }));
  const job = { name: 'odd', control_file: "NAME = 'odd_Test'\n", control_type: 'Server', priority: 40 };
  await lab.afe.call('create_job', { ...job, meta_hosts: ['board:lumpy'] });
  await expect(lab.suitesSettled()).rejects.toThrow('an odd script');
});

describe('create_suite_job refuses', () => {
  test.each([
    [
      'an unknown suite',
      { name: 'nope' },
      'ControlFileNotFound',
      /No control file for test_suites\/control\.nope while/,
    ],
    ['a suite by a pattern', { name: '.*' }, 'ControlFileNotFound', /No control file for/],
    [
      'an empty control file',
      { name: 'empty' },
      'ControlFileEmpty',
      /Fetching test_suites\/control\.empty returned no/,
    ],
    ['one outside ASCII', { name: 'foreign' }, 'ControlFileMalformed', /can't decode byte 0xc3 in position 11/],
    ['a build that is nowhere', { build: 'lumpy-release/R1-1.0.0' }, 'StageControlFileFailure', /Could not find/],
    ['num as text', { num: '2' }, 'SuiteArgumentException', /Ill specified num argument '2'/],
    ['num as a truth value', { num: true }, 'SuiteArgumentException', /Ill specified num argument True/],
    ['builds as text', { builds: 'x' }, 'AttributeError', /'str' object has no attribute 'get'/],
    ['builds as a number', { builds: 3 }, 'TypeError', /argument of type 'int' is not iterable/],
    ['a timeout as text', { timeout: 'long' }, 'ValueError', /invalid literal for int/],
    [
      'a build that does not name a board',
      { board: '', builds: { 'cros-version': 'odd' }, test_source_build: buildOf('lumpy') },
      'ParseBuildNameException',
      /^odd is a malformed build name\.$/,
    ],
    [
      'no board where none can be told',
      { board: '', build: '', builds: { 'fwrw-version': 'x' }, test_source_build: buildOf('lumpy') },
      'KeyError',
      /^'cros-version'$/,
    ],
  ])('%s, and makes no job', async (_, more, remoteName, message) => {
    const lab = await suiteLab();
    const refused = lab.afe.call('create_suite_job', bvtOn('lumpy', more));
    await expect(refused).rejects.toMatchObject({
      remoteName,
      remoteMessage: expect.stringMatching(message) as string,
    });
    expect(lab.jobs()).toEqual([]);
    await lab.suitesSettled();
  });

  test.each([
    ['stage', 'StageControlFileFailure', 'Failed to stage'],
    ['controlfiles', 'NoControlFileList', 'while testing'],
  ])('when the dev server fails at %s', async (method, remoteName, message) => {
    const lab = await suiteLab();
    lab.faults.add({ service: 'devServer', method, kind: 'html' });
    const refused = lab.afe.call('create_suite_job', bvtOn('lumpy'));
    await expect(refused).rejects.toMatchObject({
      remoteName,
      remoteMessage: expect.stringContaining(message) as string,
    });
    expect(lab.jobs()).toEqual([]);
  });
});

test('a build is staged for as long as that takes before the job is there', async () => {
  const clock = new VirtualClock();
  // Without `hold` it is a clock like the computer's: the lab does not know that anybody could wait for ever.
  const plainClock = { now: () => clock.now(), sleep: clock.sleep.bind(clock) };
  const lab = await suiteLab({ clock: plainClock });
  const startMs = clock.now();
  const id = await createSuiteJob(lab, bvtOn('lumpy'));
  expect(lab.jobs()[id - 1]?.createdMs).toBe(startMs + 20_000);
  const again = await createSuiteJob(lab, bvtOn('lumpy'));
  expect(lab.jobs()[again - 1]?.createdMs).toBeLessThan(startMs + 40_000);
});

test('the board is that of the build where none is named', async () => {
  const lab = await suiteLab();
  const id = await createSuiteJob(lab, { name: 'bvt', builds: { 'cros-version': buildOf('x86-mario') } });
  await lab.suitesSettled();
  expect(lab.suiteOutcomes().get(id)).toMatchObject({ board: 'x86-mario' });
});

test('run_prod_code stages nothing by itself', async () => {
  const lab = await suiteLab();
  await lab.devServer.stage({ build: buildOf('lumpy'), artifacts: ['test_suites'] });
  const staged = lab.calls.count('stage');
  const id = await createSuiteJob(lab, bvtOn('lumpy', { run_prod_code: true }));
  expect(lab.calls.count('stage')).toBe(staged);
  expect(Object.keys(lab.jobs()[id - 1]?.keyvals ?? {})).toEqual(['suite_min_duts']);
});
