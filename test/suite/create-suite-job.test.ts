import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createSuiteJob } from '../../src/suite/create-suite-job.js';
import { SuiteArgumentError, UnusableControlFileError } from '../../src/suite/errors.js';
import type { CreateSuiteJobOptions } from '../../src/suite/suite-job-options.js';
import { DevServerPool, StagingError } from '../../src/index.js';
import type { EmbeddedLab, EmbeddedLabOptions } from '../../src/testing/index.js';
import { readInjectedArguments } from '../../src/testing/services/suite-control-file.js';
import { buildOf, suiteLab } from '../testing/suite-lab.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function startLab(options?: EmbeddedLabOptions): Promise<EmbeddedLab> {
  const lab = await suiteLab(options);
  closing.push(() => lab.close());
  return lab;
}

const build = buildOf('lumpy');

function bvt(lab: EmbeddedLab, changes: Partial<CreateSuiteJobOptions> = {}): CreateSuiteJobOptions {
  const { afe, devServer, clock } = lab;
  return { name: 'bvt', builds: { 'cros-version': build }, lab: { afe, devServer }, clock, ...changes };
}

async function argumentsOf(lab: EmbeddedLab, jobId: number): Promise<Readonly<Record<string, unknown>>> {
  const [job] = await lab.afe.getJobs({ ids: [jobId] });
  return readInjectedArguments(job?.controlFile ?? '');
}

test('the job is what the AFE would have made of the same request', async () => {
  const lab = await startLab();
  const builds = { 'cros-version': build, 'fwrw-version': 'lumpy-firmware/R28-1.0.0' };
  const request = {
    ...{ name: 'bvt', board: 'lumpy', builds, pool: 'bvt', checkHosts: false, num: 2, fileBugs: true, priority: 20 },
    ...{ timeoutMins: 90, maxRuntimeMins: 60, suiteArgs: 'a "b" \'c\'', waitForResults: false, jobRetry: true },
    ...{ maxRetries: 5, suiteMinDuts: 3, offloadFailuresOnly: true, testSourceBuild: build },
  };
  const theirs = await lab.afe.createSuiteJob(request);
  await lab.clock.sleep(300_000);
  const { jobId, jobName } = await createSuiteJob(bvt(lab, request));
  expect(jobName).toBe(`${build}-test_suites/control.bvt`);
  const [before, after] = await lab.afe.getJobs({ ids: [theirs, jobId] });
  const times = ['download_started_time', 'payload_finished_time'];
  expect(after?.controlFile).toBe(before?.controlFile);
  expect(Object.keys(after?.keyvals ?? {})).toEqual(expect.arrayContaining(times));
  const plain = (keyvals = {}) =>
    Object.fromEntries(Object.entries(keyvals).filter(([key]) => !/_time$|^dynamic/.test(key)));
  expect(plain(after?.keyvals)).toEqual(plain(before?.keyvals));
  expect({ ...after, id: 0, createdOnMs: 0, controlFile: '', keyvals: {} }).toEqual({
    ...{ ...before, id: 0, createdOnMs: 0, controlFile: '', keyvals: {} },
  });
  const fields = ['control_type', 'priority', 'max_runtime_mins', 'timeout_mins'];
  const wire = (await lab.afe.call('get_jobs', { id__in: [theirs, jobId] })) as readonly Record<string, unknown>[];
  for (const field of fields) expect(wire[1]?.[field]).toEqual(wire[0]?.[field]);
});

test('what is left out has the defaults of the AFE, and the board is the build’s', async () => {
  const lab = await startLab();
  const { jobId } = await createSuiteJob(bvt(lab, { num: 0 }));
  expect(await argumentsOf(lab, jobId)).toEqual({
    ...{ board: 'lumpy', build: '', builds: { 'cros-version': build }, check_hosts: true, pool: '', num: null },
    ...{ file_bugs: false, timeout: 24, timeout_mins: 1440, max_runtime_mins: 1440, priority: 40, suite_args: null },
    ...{ wait_for_results: true, job_retry: false, max_retries: null, offload_failures_only: false },
    ...{ test_source_build: build, run_prod_code: false, devserver_url: lab.devServer.url },
  });
});

test('the keyvals tell when the build was staged, in the lab’s time', async () => {
  const lab = await startLab();
  const { jobId } = await createSuiteJob(bvt(lab, { suiteMinDuts: 4 }));
  const [job] = await lab.afe.getJobs({ ids: [jobId] });
  expect(job?.keyvals).toMatchObject({
    download_started_time: '2026-01-05 01:00:00',
    payload_finished_time: expect.stringMatching(/^2026-01-05 01:00:[0-5]\d$/) as string,
    suite_min_duts: '4',
  });
  expect(job?.keyvals['payload_finished_time']).not.toBe(job?.keyvals['download_started_time']);
});

test.each([
  [{ timeout: 2 }, 120, 120],
  [{ timeout: 2, timeoutMins: 30 }, 30, 120],
  [{ timeoutMins: 30, maxRuntimeMins: 0 }, 30, 1440],
  [{ maxRuntimeMins: 7 }, 1440, 7],
])('time-outs: %j', async (given, timeoutMins, maxRuntimeMins) => {
  const lab = await startLab();
  const { jobId } = await createSuiteJob(bvt(lab, given));
  expect(await argumentsOf(lab, jobId)).toMatchObject({ timeout_mins: timeoutMins, max_runtime_mins: maxRuntimeMins });
});

test('labels may come with their prefix, and a priority by its name', async () => {
  const lab = await startLab();
  const { jobId } = await createSuiteJob(bvt(lab, { board: 'board:x86-mario', pool: 'pool:cq', priority: 'CQ' }));
  expect(await argumentsOf(lab, jobId)).toMatchObject({ board: 'x86-mario', pool: 'cq', priority: 70 });
});

test('a single build stands for the cros-version, with a warning', async () => {
  const lab = await startLab();
  const warnings: string[] = [];
  const logger = { debug() {}, info() {}, warn: (message: string) => void warnings.push(message), error() {} };
  const { jobId } = await createSuiteJob(bvt(lab, { builds: undefined, build, logger }));
  expect(await argumentsOf(lab, jobId)).toMatchObject({ build, builds: { 'cros-version': build } });
  expect(warnings).toEqual([expect.stringContaining('"build" alone is deprecated') as string]);
});

test('the suite runs in the lab to its end', async () => {
  const lab = await startLab();
  const { jobId } = await createSuiteJob(bvt(lab, { pool: 'bvt', jobRetry: true }));
  await lab.suitesSettled();
  expect(lab.suiteRun(jobId)).toMatchObject({ suite: 'bvt', state: 'finished', outcome: { verdict: 'ERROR' } });
});

describe('a control file of the caller’s', () => {
  test('takes the place of the look-up only', async () => {
    const lab = await startLab();
    const controlFile = "NAME = 'bvt'\npass\n";
    const { jobId, jobName } = await createSuiteJob(bvt(lab, { name: 'my own/suite', controlFile }));
    const [job] = await lab.afe.getJobs({ ids: [jobId] });
    expect(jobName).toBe('my own/suite');
    expect(job).toMatchObject({
      name: jobName,
      controlFile: expect.stringMatching(/^board='lumpy'\n[^]*\npass\n$/) as string,
    });
    expect(lab.calls.count('stage')).toBe(1);
    expect(lab.calls.count('controlfiles')).toBe(0);
  });

  test('outside ASCII is refused', async () => {
    const lab = await startLab();
    const refused = createSuiteJob(bvt(lab, { controlFile: '# Gr\u00f6\u00dfe' }));
    await expect(refused).rejects.toMatchObject({ code: 'ERR_SUITE_CONTROL_FILE', problem: 'malformed' });
  });

  test('that is too large with its arguments is refused', async () => {
    const lab = await startLab();
    const refused = createSuiteJob(bvt(lab, { controlFile: '#'.repeat(65_000) }));
    await expect(refused).rejects.toMatchObject({ code: 'ERR_CONTROL_FILE_SIZE' });
    expect(lab.jobs()).toEqual([]);
  });
});

describe('with runProdCode', () => {
  test('nothing is staged, and the file comes from the lab’s own tree', async () => {
    const lab = await startLab();
    const autotestDir = await mkdtemp(join(tmpdir(), 'autotest-'));
    closing.push(() => rm(autotestDir, { recursive: true }));
    await mkdir(join(autotestDir, 'test_suites'));
    await writeFile(join(autotestDir, 'test_suites', 'control.bvt'), '# prod\n');
    const { jobId } = await createSuiteJob(bvt(lab, { runProdCode: true, autotestDir }));
    const [job] = await lab.afe.getJobs({ ids: [jobId] });
    expect(job?.controlFile).toMatch(/\n# prod\n$/);
    expect(Object.keys(job?.keyvals ?? {}).sort()).toEqual(['dynamic_suite_request', 'suite_min_duts']);
    expect(lab.calls.count('stage')).toBe(0);
    const missing = createSuiteJob(bvt(lab, { name: 'nope', runProdCode: true, autotestDir }));
    await expect(missing).rejects.toMatchObject({
      problem: 'not-found',
      message: expect.stringContaining('control.nope') as string,
    });
  });

  test('the tree has to be named, unless there is a control file', async () => {
    const lab = await startLab();
    await expect(createSuiteJob(bvt(lab, { runProdCode: true }))).rejects.toMatchObject({ argument: 'autotestDir' });
    await createSuiteJob(bvt(lab, { runProdCode: true, controlFile: 'pass' }));
    expect(lab.calls.count('stage')).toBe(0);
  });
});

describe('an unusable control file is an error of its own:', () => {
  test.each([
    ['nope', 'not-found', /there is no test_suites\/control\.nope/],
    ['empty', 'empty', /is empty/],
    ['foreign', 'malformed', /not ASCII, see the byte at offset 11/],
  ])('%s', async (name, problem, message) => {
    const lab = await startLab();
    const refused = createSuiteJob(bvt(lab, { name }));
    await expect(refused).rejects.toBeInstanceOf(UnusableControlFileError);
    await expect(refused).rejects.toMatchObject({
      suite: name,
      build,
      problem,
      message: expect.stringMatching(message) as string,
    });
    expect(lab.jobs()).toEqual([]);
  });

  test.each([1, 2])('a dev server that fails at its look-up number %s cannot list', async (at) => {
    const lab = await startLab();
    lab.faults.add({ service: 'devServer', method: 'controlfiles', kind: 'html', at });
    const refused = createSuiteJob(bvt(lab, { name: 'nope' }));
    await expect(refused).rejects.toMatchObject({ code: 'ERR_SUITE_CONTROL_FILE', problem: 'no-list' });
  });
});

test('a build that cannot be staged is a StagingError', async () => {
  const lab = await startLab();
  const refused = createSuiteJob(bvt(lab, { builds: { 'cros-version': 'lumpy-release/R1-1.0.0' } }));
  await expect(refused).rejects.toBeInstanceOf(StagingError);
  expect(lab.jobs()).toEqual([]);
});

test.each<[string, unknown]>([
  ['name', ''],
  ['name', '../../etc/passwd'],
  ['name', 'a b'],
  ['name', 7],
  ['builds', {}],
  ['builds', 'x'],
  ['builds', { 'fwro-version': 'x', 'cros-version': build }],
  ['testSourceBuild', 7],
  ['board', 7],
  ['pool', {}],
  ['num', 1.5],
  ['num', '2'],
  ['num', true],
  ['checkHosts', 'require'],
  ['fileBugs', 'yes'],
  ['timeout', 0.5],
  ['timeoutMins', -1],
  ['maxRuntimeMins', 'long'],
  ['priority', 'Urgent'],
  ['suiteArgs', {}],
  ['suiteMinDuts', -1],
  ['maxRetries', 0.5],
  ['controlFile', 7],
  ['lab', null],
])('a wrong argument is named, and nothing is done: %s %j', async (argument, value) => {
  const lab = await startLab();
  const options = { ...bvt(lab), [argument]: value };
  const refused = createSuiteJob(options);
  await expect(refused).rejects.toBeInstanceOf(SuiteArgumentError);
  await expect(refused).rejects.toMatchObject({ argument });
  expect([lab.calls.count('stage'), lab.calls.count('create_job')]).toEqual([0, 0]);
});

test('what cannot be told by the builds has to be given', async () => {
  const lab = await startLab();
  const firmware = { 'fwrw-version': 'lumpy-firmware/R28-1.0.0' };
  await expect(createSuiteJob(bvt(lab, { builds: firmware }))).rejects.toMatchObject({ argument: 'testSourceBuild' });
  const noBoard = createSuiteJob(bvt(lab, { builds: firmware, testSourceBuild: build }));
  await expect(noBoard).rejects.toMatchObject({ argument: 'board' });
  const odd = createSuiteJob(bvt(lab, { builds: { 'cros-version': 'odd' } }));
  await expect(odd).rejects.toMatchObject({ argument: 'board', cause: { code: 'ERR_BUILD_NAME' } });
  const noServer = createSuiteJob(bvt(lab, { lab: { afe: lab.afe } }));
  await expect(noServer).rejects.toMatchObject({ argument: 'devserverUrl' });
  await expect(createSuiteJob(null as unknown as CreateSuiteJobOptions)).rejects.toMatchObject({ argument: 'options' });
});

test.each(['lose-answer', 'refuse', '503', 'truncate', 'garbage'] as const)(
  'a lost answer never doubles a suite job: %s',
  async (kind) => {
    const lab = await startLab();
    lab.faults.add({ service: 'afe', method: 'create_job', kind });
    const outcome = await createSuiteJob(bvt(lab)).catch((error: unknown) => error);
    const made = lab.jobs().filter(({ name }) => name.endsWith('control.bvt'));
    expect(made.length).toBeLessThanOrEqual(1);
    if (!(outcome instanceof Error)) expect(outcome).toMatchObject({ jobId: made[0]?.id });
  },
);

test('the lab may be given by its URLs, and the job is told where the build is', async () => {
  const lab = await startLab();
  const urls = await lab.listen();
  const byUrl = await createSuiteJob({ ...bvt(lab), lab: { afe: urls.afe }, devserverUrl: urls.devServer });
  expect(await argumentsOf(lab, byUrl.jobId)).toMatchObject({ devserver_url: urls.devServer });
  const pool = new DevServerPool([lab.devServer], { clock: lab.clock });
  const byPool = await createSuiteJob(bvt(lab, { lab: { afe: lab.afe, devServer: pool } }));
  expect(await argumentsOf(lab, byPool.jobId)).toMatchObject({ devserver_url: lab.devServer.url });
});

test('a deadline is for all of it', async () => {
  const lab = await startLab();
  lab.faults.add({ service: 'afe', method: 'create_job', kind: 'refuse', count: 1_000 });
  const startMs = lab.clock.now();
  await expect(createSuiteJob(bvt(lab, { deadlineMs: 120_000 }))).rejects.toMatchObject({ code: 'ERR_DEADLINE' });
  expect(lab.clock.now() - startMs).toBeLessThanOrEqual(120_000);
});

test('an abort rejects with its reason', async () => {
  const lab = await startLab();
  const reason = new Error('enough');
  await expect(createSuiteJob(bvt(lab, { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
  const end = new AbortController();
  const creating = createSuiteJob(bvt(lab, { signal: end.signal }));
  end.abort(reason);
  await expect(creating).rejects.toBe(reason);
  expect(lab.jobs()).toEqual([]);
});
