import { afterEach, describe, expect, test } from 'vitest';
import { HttpAfeClient } from '../../src/clients/afe/http-afe-client.js';
import { HttpTkoClient } from '../../src/clients/tko/http-tko-client.js';
import { reimageAndRun } from '../../src/index.js';
import type { EmbeddedLab, EmbeddedLabOptions, LabSuiteRun } from '../../src/testing/index.js';
import { embeddedLab, VirtualClock } from '../../src/testing/index.js';
import { boards, buildOf, bvtOn, createSuiteJob, suiteLab } from './suite-lab.js';

const labs: EmbeddedLab[] = [];
afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.close()));
});

async function startLab(options?: EmbeddedLabOptions): Promise<EmbeddedLab> {
  const lab = await suiteLab(options);
  labs.push(lab);
  return lab;
}

/** What TKO has of a job, in short. */
async function rowsOf(lab: EmbeddedLab, jobId: number): Promise<readonly string[]> {
  const rows = await lab.tko.getDetailedTestViews({ jobIds: [jobId] });
  return rows.map(({ testName, status }) => `${testName} ${status}`);
}

/** When the tests of a job began and ended, as TKO has it. */
async function timesOfTests(lab: EmbeddedLab, jobId: number): Promise<readonly string[]> {
  const rows = await lab.tko.getDetailedTestViews({ jobIds: [jobId] });
  const tests = rows.filter(({ testName }) => testName.endsWith('_Test'));
  return tests.map((row) => `${row.testName} ${String(row.startedMs)} ${String(row.finishedMs)}`).sort();
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
    const lab = await startLab();
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
      expect(await timesOfTests(lab, id)).toEqual(
        (await Promise.all(children.map((child) => timesOfTests(lab, child.id)))).flat().sort(),
      );
      expect(lab.jobs()[id - 1]).toMatchObject({ test: 'bvt', entries: [{ status: 'Completed', host: null }] });
    }
    lab.expectEverythingFinished();
    lab.expectNothingDoubled();
    lab.expectNoUnexpectedCalls();
  });

  test('over HTTP as well', async () => {
    const lab = await startLab();
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
      const lab = await startLab({ seed: 7 });
      for (const board of boards) await createSuiteJob(lab, bvtOn(board));
      await lab.suitesSettled();
      timelines.push(lab.timeline());
    }
    expect(timelines[0]).toContain('completed on no host');
    expect(timelines[1]).toBe(timelines[0]);
  });

  test('with a clock that is advanced by hand', async () => {
    const clock = new VirtualClock({ autoAdvance: false });
    const lab = await startLab({ clock });
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
    const lab = await startLab();
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
    const lab = await startLab();
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
    const lab = await startLab({ runSuite: run });
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

  test('when everybody has heard that its job runs', async () => {
    const heard: string[] = [];
    const heardBefore: string[][] = [];
    const lab = await startLab({
      runSuite: async () => {
        heardBefore.push([...heard]);
        await Promise.resolve();
        return undefined;
      },
    });
    lab.onEvent(({ type }) => heard.push(type));
    await createSuiteJob(lab, bvtOn('lumpy'));
    await lab.suitesSettled();
    expect(heardBefore).toEqual([expect.arrayContaining(['job-queued', 'job-running'])]);
    expect(heard.at(-1)).toBe('job-finished');
  });

  test('and may run them by `reimageAndRun` in another way', async () => {
    const lab = await startLab({ runSuite: ({ options }) => reimageAndRun({ ...options, jobRetry: false }) });
    const id = await createSuiteJob(lab, bvtOn('lumpy'));
    await lab.suitesSettled();
    expect(lab.suiteOutcomes().get(id)?.test('flaky_Test')).toMatchObject({ conclusion: 'failed' });
  });

  test('its verdict is the status of the suite even where nothing was recorded', async () => {
    const lab = await startLab({
      runSuite: ({ options }) => reimageAndRun({ ...options, job: { tag: 'other', record() {}, writeKeyvals() {} } }),
    });
    const id = await createSuiteJob(lab, bvtOn('lumpy'));
    await lab.suitesSettled();
    expect(await rowsOf(lab, id)).toEqual(['SERVER_JOB GOOD', 'bvt FAIL']);
  });

  test('what it throws fails the job, with the reason', async () => {
    const lab = await startLab({ runSuite: () => Promise.reject(new Error('no suite today')) });
    const id = await createSuiteJob(lab, bvtOn('lumpy'));
    await lab.suitesSettled();
    expect(lab.suiteRun(id)).toMatchObject({ state: 'failed', error: new Error('no suite today'), outcome: undefined });
    expect(lab.jobs()[id - 1]?.entries[0]?.status).toBe('Failed');
    const rows = await lab.tko.getDetailedTestViews({ jobIds: [id] });
    expect(rows).toMatchObject([{ testName: 'SERVER_JOB', status: 'FAIL', reason: 'no suite today' }]);
    lab.expectEverythingFinished();
  });

  test('what is thrown at once counts as well', async () => {
    const lab = await startLab({
      runSuite: () => {
        throw new Error('not even a promise');
      },
    });
    const id = await createSuiteJob(lab, bvtOn('lumpy'));
    await lab.suitesSettled();
    expect(lab.suiteRun(id)).toMatchObject({ state: 'failed', error: new Error('not even a promise') });
  });

  test('one that returns nothing ends the job', async () => {
    const lab = await startLab({
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
    const lab = await startLab({ runSuite: () => new Promise(() => {}) });
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
    const lab = await startLab({ runSuite: run });
    const id = await createSuiteJob(lab, bvtOn('lumpy', { timeout_mins: 20 }));
    await lab.suitesSettled();
    const [job] = [lab.jobs()[id - 1]];
    expect((job?.entries[0]?.finishedMs ?? 0) - (job?.createdMs ?? 0)).toBe(20 * 60_000);
    expect(runs[0]?.signal.aborted).toBe(true);
  });

  test('is aborted with its children, and keeps what it had recorded', async () => {
    const lab = await startLab();
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
    const lab = await startLab({ runSuite: run, durations: { schedulerMs: 600_000 } });
    const id = await createSuiteJob(lab, bvtOn('lumpy'));
    await lab.afe.call('abort_host_queue_entries', { job__id__in: [id] });
    await lab.suitesSettled();
    expect(runs).toEqual([]);
    expect(lab.suiteRun(id)).toMatchObject({ state: 'aborted' });
    expect(await rowsOf(lab, id)).toEqual([]);
  });

  test('is over before anybody has looked, and never runs', async () => {
    const { runs, run } = waitingFunction();
    const clock = new VirtualClock({ autoAdvance: false });
    let skippedMs = 0;
    const skippingClock = { now: () => clock.now() + skippedMs, sleep: clock.sleep.bind(clock) };
    const lab = await startLab({ runSuite: run, clock: { ...skippingClock, hold: () => () => {} } });
    const id = await createSuiteJob(lab, bvtOn('lumpy', { max_runtime_mins: 10 }));
    skippedMs = 3_600_000;
    expect(lab.jobs()[id - 1]?.entries[0]?.status).toBe('Aborted');
    await lab.close();
    expect(runs).toEqual([]);
    expect(lab.suiteRun(id)).toMatchObject({ state: 'aborted', error: undefined });
  });

  test('is aborted when the lab closes, and nothing of it stays behind', async () => {
    const clock = new VirtualClock();
    const lab = await startLab({ clock });
    const ids = await Promise.all([...boards, ...boards].map((board) => createSuiteJob(lab, bvtOn(board))));
    await clock.sleep(300_000);
    expect(ids.map((id) => lab.suiteRun(id)?.state)).toEqual(ids.map(() => 'running'));
    const nowMs = clock.now();
    await lab.close();
    expect(clock.sleeping).toBe(0);
    expect(clock.now()).toBe(nowMs);
    expect(ids.map((id) => lab.suiteRun(id))).toMatchObject(
      ids.map(() => ({ state: 'aborted', error: new Error('the lab was closed') })),
    );
  });

  test('fails when its control file was cut within its arguments', async () => {
    const lab = await startLab();
    const id = await createSuiteJob(lab, bvtOn('lumpy', { suite_args: "'".repeat(40_000) }));
    await lab.suitesSettled();
    expect(lab.suiteRun(id)).toMatchObject({ state: 'failed' });
    const [row] = await lab.tko.getDetailedTestViews({ jobIds: [id] });
    expect(row).toMatchObject({ testName: 'SERVER_JOB', status: 'FAIL' });
    expect(row?.reason).toContain('the string does not end');
  });

  test('fails with the argument that the suite does not take', async () => {
    const lab = await startLab();
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
