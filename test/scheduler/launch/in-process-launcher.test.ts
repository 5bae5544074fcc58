import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inProcessLauncher, type InProcessLauncherOptions } from '../../../src/scheduler/launch/in-process-launcher.js';
import { LaunchFolders } from '../../../src/scheduler/launch/launch-folders.js';
import { LaunchRefusedError, type SuiteLaunch } from '../../../src/scheduler/launch/types.js';
import type { SuiteOutcome } from '../../../src/index.js';
import { MemorySuiteJob, type EmbeddedLab } from '../../../src/testing/index.js';
import { buildOf, suiteLab } from '../../testing/suite-lab.js';
import { aLaunch } from './a-launch.js';

let resultsDir = '';
const labs: EmbeddedLab[] = [];
beforeEach(async () => {
  resultsDir = await mkdtemp(join(tmpdir(), 'in-process-'));
});
afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.close()));
  await rm(resultsDir, { recursive: true });
});

interface Story {
  readonly lab: EmbeddedLab;
  readonly outcomes: [SuiteLaunch, SuiteOutcome][];
  readonly errors: [SuiteLaunch, unknown][];
  readonly logged: string[];
  /** Another process, so to say, on the same folder. */
  open(changes?: Partial<InProcessLauncherOptions>): ReturnType<typeof inProcessLauncher>;
}

async function begin(): Promise<Story> {
  const lab = await suiteLab();
  labs.push(lab);
  const story: Story = {
    ...{ lab, outcomes: [], errors: [], logged: [] },
    open: (changes = {}) =>
      inProcessLauncher({
        ...{ lab, resultsDir, clock: lab.clock },
        onOutcome: (launch, outcome) => story.outcomes.push([launch, outcome]),
        onError: (launch, error) => story.errors.push([launch, error]),
        logger: { debug() {}, info: log, warn: log, error: log },
        ...changes,
      }),
  };
  const log = (message: string) => void story.logged.push(message);
  return story;
}

function testJobs(lab: EmbeddedLab): readonly string[] {
  return lab.jobs().flatMap(({ name }) => (name.includes('/bvt/') && !name.includes('-in-process/') ? [name] : []));
}

async function stopped(launcher: ReturnType<typeof inProcessLauncher>): Promise<void> {
  const reason = new Error('killed');
  const settled = launcher.settled({ signal: AbortSignal.abort(reason) });
  await expect(settled).rejects.toBe(reason);
}

test('a suite runs to its outcome, in a job of its own, with its results in a folder of its own', async () => {
  const { lab, outcomes, open } = await begin();
  const launcher = open();
  const { jobId } = await launcher.launch(aLaunch({ jobRetry: true }));
  expect(outcomes).toEqual([]);
  await launcher.settled();
  expect(outcomes).toHaveLength(1);
  expect(outcomes[0]?.[1]).toMatchObject({ suite: 'bvt', board: 'lumpy', verdict: 'ERROR', suiteJobId: jobId });
  expect(lab.jobs().filter(({ parentId }) => parentId === jobId)).toHaveLength(5);
  const [folder = ''] = await readdir(resultsDir);
  expect(folder).toMatch(/^bvt_lumpy_lumpy-release_R28-3993\.0\.0-[\da-f]{16}$/);
  const files = await readdir(join(resultsDir, folder));
  expect(files.sort()).toEqual(['ended.json', 'keyval', 'launch.json', 'status.log']);
  expect(JSON.parse(await readFile(join(resultsDir, folder, 'ended.json'), 'utf8'))).toMatchObject({
    verdict: 'ERROR',
  });
  lab.expectAllWell();
});

test('a suite may go without a job of its own', async () => {
  const { lab, open } = await begin();
  const launcher = open({ parentJob: false });
  expect(await launcher.launch(aLaunch())).toEqual({ jobId: null });
  await launcher.settled();
  expect(testJobs(lab)).toHaveLength(3);
  expect(lab.jobs()).toHaveLength(3);
});

test('only so many suites run at a time', async () => {
  const { lab, open } = await begin();
  const launcher = open({ maxSuites: 1 });
  await launcher.launch(aLaunch({ board: 'lumpy' }));
  await launcher.launch(aLaunch({ board: 'x86-mario' }));
  const firstOf = (board: string) =>
    lab.jobs().filter(({ name }) => name.startsWith(`${buildOf(board)}/bvt/`))[0]?.createdMs;
  await launcher.settled();
  const lumpyEnds = Math.max(
    ...lab
      .jobs()
      .flatMap(({ name, entries }) => (name.startsWith(buildOf('lumpy')) ? (entries[0]?.finishedMs ?? 0) : [])),
  );
  expect(firstOf('x86-mario')).toBeGreaterThanOrEqual(lumpyEnds);
  expect(() => open({ maxSuites: 0 })).toThrow(/maxSuites: must be a number/);
});

test('a launch that is asked for again, at once or later, is the same suite', async () => {
  const { lab, outcomes, open } = await begin();
  const launcher = open();
  const [one, two] = await Promise.all([launcher.launch(aLaunch()), launcher.launch(aLaunch())]);
  expect(two).toEqual(one);
  await launcher.settled();
  expect(await launcher.launch(aLaunch())).toEqual(one);
  expect(await open().launch(aLaunch())).toEqual(one);
  await launcher.settled();
  expect(outcomes).toHaveLength(1);
  expect(testJobs(lab)).toHaveLength(3);
});

test('each option of the caller goes before what the launch says', async () => {
  const { lab, outcomes, open } = await begin();
  const job = new MemorySuiteJob(lab.suiteJob().tag);
  const launcher = open({ options: async ({ suite }) => ({ job, name: suite, jobRetry: true, maxRetries: 1 }) });
  const { jobId } = await launcher.launch(aLaunch());
  await launcher.settled();
  expect(job.story).toContain('INFO Start bvt');
  expect(outcomes[0]?.[1].suiteJobId).toBe(jobId);
  expect(testJobs(lab)).toHaveLength(4);
});

describe('what keeps a suite from running', () => {
  test.each([
    ['of the launch', { num: -1 }, undefined],
    ['of the caller', {}, () => ({ pollIntervalMs: -1 })],
  ])('is told at once where it is an argument: %s', async (_, changes, options) => {
    const { lab, open } = await begin();
    const refused = open({ options }).launch(aLaunch(changes));
    await expect(refused).rejects.toBeInstanceOf(LaunchRefusedError);
    expect(lab.jobs()).toEqual([]);
    expect(await readdir(resultsDir)).toEqual([]);
  });

  test('is no refusal where the caller fails', async () => {
    const { open } = await begin();
    const failed = open({ options: () => Promise.reject(new Error('no such user')) }).launch(aLaunch());
    await expect(failed).rejects.toThrow('no such user');
  });

  test('is told to onError when it comes later, and the suite has ended', async () => {
    const { lab, errors, outcomes, open } = await begin();
    const launcher = open();
    const build = 'lumpy-release/R1-1.0.0';
    const launch = aLaunch({ builds: { 'cros-version': build }, testSourceBuild: build });
    await launcher.launch(launch);
    await launcher.settled();
    expect(errors).toEqual([[launch, expect.objectContaining({ code: 'ERR_STAGING' })]]);
    const calls = lab.calls.count('stage');
    const again = open();
    await again.resume();
    await again.settled();
    expect(lab.calls.count('stage')).toBe(calls);
    expect(outcomes).toEqual([]);
  });

  test('does no harm when who is told fails as well', async () => {
    const { logged, open } = await begin();
    const fail = () => Promise.reject(new Error('nobody listens'));
    const launcher = open({ onOutcome: fail, onError: fail });
    const build = 'lumpy-release/R1-1.0.0';
    await launcher.launch(aLaunch());
    await launcher.launch(aLaunch({ key: 'other', builds: { 'cros-version': build }, testSourceBuild: build }));
    await launcher.settled();
    expect(logged.filter((line) => line.includes('was to be told'))).toHaveLength(2);
  });
});

describe('a suite that was stopped', () => {
  test.each([true, false])('goes on where it was, and nothing is doubled; parent job: %s', async (parentJob) => {
    const { lab, outcomes, errors, open } = await begin();
    for (const waitMs of [0, 1_000, 30_000, 120_000, 400_000]) {
      const launcher = open({ parentJob });
      if (waitMs === 0) await launcher.launch(aLaunch({ jobRetry: true }));
      else await launcher.resume();
      await lab.clock.sleep(waitMs);
      await stopped(launcher);
    }
    expect(errors).toEqual([]);
    const last = open({ parentJob });
    await last.resume();
    await last.settled();
    expect(outcomes).toHaveLength(1);
    expect(outcomes[0]?.[1].summary).toBe('3 tests: 1 passed, 1 flaky, 1 failed');
    expect(testJobs(lab)).toHaveLength(5);
    lab.expectNothingDoubled();
  });

  test('goes on when it is looked for, or launched again', async () => {
    const { outcomes, open } = await begin();
    const first = open();
    const made = await first.launch(aLaunch());
    await stopped(first);
    const second = open();
    expect(await second.find(aLaunch({ key: 'other' }), { sinceMs: 0 })).toBeNull();
    expect(await second.find(aLaunch(), { sinceMs: 0 })).toEqual(made);
    await stopped(second);
    const third = open();
    expect(await third.launch(aLaunch())).toEqual(made);
    await third.settled();
    expect(outcomes).toHaveLength(1);
  });

  test('in line has not begun, and begins when it is taken up', async () => {
    const { lab, outcomes, open } = await begin();
    const launcher = open({ maxSuites: 1 });
    await launcher.launch(aLaunch({ board: 'lumpy' }));
    await launcher.launch(aLaunch({ board: 'x86-mario' }));
    await stopped(launcher);
    await launcher.resume();
    await launcher.settled();
    expect(outcomes.map(([{ board }]) => board).sort()).toEqual(['lumpy', 'x86-mario']);
    expect(testJobs(lab)).toHaveLength(6);
  });
});

describe('what was written down', () => {
  test.each(['', '{', '{}', '{"version": 1, "launch": {"key": "x"}, "jobId": null}', 'null'])(
    'and cannot be read is left alone, and told: %s',
    async (text) => {
      const { lab, logged, open } = await begin();
      const folder = new LaunchFolders(resultsDir, lab.clock).pathOf(aLaunch().key);
      await new LaunchFolders(resultsDir, lab.clock).put({ launch: aLaunch(), jobId: null });
      await writeFile(join(folder, 'launch.json'), text);
      const launcher = open();
      await launcher.resume();
      expect(logged).toEqual(['a suite that was started cannot be taken up']);
      await expect(launcher.launch(aLaunch())).rejects.toMatchObject({
        code: 'ERR_KEPT_LAUNCH',
        file: join(folder, 'launch.json'),
      });
      await expect(launcher.find(aLaunch(), { sinceMs: 0 })).rejects.toMatchObject({ code: 'ERR_KEPT_LAUNCH' });
      expect(lab.jobs()).toEqual([]);
    },
  );

  test('of another folder is left alone as well', async () => {
    const { lab, logged, open } = await begin();
    const folders = new LaunchFolders(resultsDir, lab.clock);
    await folders.put({ launch: aLaunch(), jobId: null });
    await folders.put({ launch: aLaunch({ key: 'other' }), jobId: null });
    const text = await readFile(join(folders.pathOf('other'), 'launch.json'));
    await writeFile(join(folders.pathOf(aLaunch().key), 'launch.json'), text);
    const launcher = open({ maxSuites: 1 });
    await launcher.resume();
    expect(logged).toContain('a suite that was started cannot be taken up');
    await launcher.settled();
    expect(testJobs(lab)).toHaveLength(3);
  });

  test('is nothing where the folder of all results is not there yet', async () => {
    const { open } = await begin();
    const launcher = open({ resultsDir: join(resultsDir, 'not', 'there') });
    await launcher.resume();
    await launcher.settled();
    expect(await readdir(resultsDir)).toEqual([]);
  });

  test.each(['', '.', '..', '/', 'a/../../b', '\0', '-rf', 'x'.repeat(5_000), '\u{1f600}', 'A', 'a'])(
    'is in a folder below the results, whatever the key is: %.20j',
    async (key) => {
      const { lab } = await begin();
      const path = new LaunchFolders(resultsDir, lab.clock).pathOf(key);
      expect(path.slice(0, resultsDir.length + 1)).toBe(`${resultsDir}/`);
      expect(path.slice(resultsDir.length + 1)).toMatch(/^[\w][-\w.]{15,120}$/);
    },
  );
});

test('a folder that cannot be written starts nothing', async () => {
  const { lab, open } = await begin();
  await writeFile(join(resultsDir, 'file'), '');
  const failed = open({ resultsDir: join(resultsDir, 'file'), parentJob: false }).launch(aLaunch());
  await expect(failed).rejects.toMatchObject({ code: 'ENOTDIR' });
  expect(testJobs(lab)).toEqual([]);
});

test('an abort of the call rejects with its reason, and starts nothing', async () => {
  const { lab, open } = await begin();
  const reason = new Error('enough');
  const signal = AbortSignal.abort(reason);
  const launcher = open();
  await expect(launcher.launch(aLaunch(), { signal })).rejects.toBe(reason);
  await expect(launcher.find(aLaunch(), { sinceMs: 0 }, { signal })).rejects.toBe(reason);
  await expect(launcher.resume({ signal })).rejects.toBe(reason);
  expect(lab.jobs()).toEqual([]);
});
