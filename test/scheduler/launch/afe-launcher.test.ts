import { afterEach, describe, expect, test } from 'vitest';
import { afeLauncher } from '../../../src/scheduler/launch/afe-launcher.js';
import { LaunchInDoubtError, LaunchRefusedError } from '../../../src/scheduler/launch/types.js';
import type { EmbeddedLab } from '../../../src/testing/index.js';
import { buildOf, suiteLab } from '../../testing/suite-lab.js';
import { aLaunch } from './a-launch.js';

const labs: EmbeddedLab[] = [];
afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.close()));
});

async function startLab(): Promise<EmbeddedLab> {
  const lab = await suiteLab();
  labs.push(lab);
  return lab;
}

async function headOf(lab: EmbeddedLab, id: number | null): Promise<readonly string[]> {
  const [job] = await lab.afe.getJobs({ ids: [id ?? 0] });
  return job?.controlFile.split('\n') ?? [];
}

test('a launch becomes a suite job with all that it says', async () => {
  const lab = await startLab();
  const builds = { 'cros-version': buildOf('lumpy'), 'fwrw-version': 'lumpy-firmware/R28-1.0.0' };
  const launch = aLaunch({ builds, priority: 10, timeoutMins: 168 * 60, fileBugs: true, jobRetry: true, num: 3 });
  const { jobId } = await afeLauncher(lab).launch(launch);
  expect(lab.jobs()[(jobId ?? 0) - 1]?.name).toBe(`${buildOf('lumpy')}-test_suites/control.bvt`);
  expect(await headOf(lab, jobId)).toEqual(
    expect.arrayContaining([
      "board='lumpy'",
      `builds={'cros-version': '${buildOf('lumpy')}', 'fwrw-version': 'lumpy-firmware/R28-1.0.0'}`,
      'check_hosts=False',
      "pool='bvt'",
      'num=3',
      'file_bugs=True',
      'timeout_mins=10080',
      'max_runtime_mins=10080',
      'priority=10',
      'wait_for_results=True',
      'job_retry=True',
      `test_source_build='${buildOf('lumpy')}'`,
    ]),
  );
});

test('what is off is sent as off, not left to the AFE (C12)', async () => {
  const lab = await startLab();
  const sent: unknown[] = [];
  const afe = {
    getJobs: lab.afe.getJobs.bind(lab.afe),
    getHostQueueEntries: lab.afe.getHostQueueEntries.bind(lab.afe),
    createSuiteJob: async (request: unknown) => sent.push(request),
  };
  await afeLauncher({ afe }).launch(aLaunch({ pool: null }));
  expect(sent).toEqual([
    expect.objectContaining({
      jobRetry: false,
      fileBugs: false,
      waitForResults: false,
      checkHosts: false,
      pool: undefined,
    }),
  ]);
});

describe('a launch is refused, with the reason,', () => {
  test.each([
    ['not-found', { suite: 'nope' }],
    ['empty', { suite: 'empty' }],
    ['malformed', { suite: 'foreign' }],
  ])('when the control file is unusable: %s', async (problem, changes) => {
    const lab = await startLab();
    const refused = afeLauncher(lab).launch(aLaunch(changes));
    await expect(refused).rejects.toBeInstanceOf(LaunchRefusedError);
    await expect(refused).rejects.toMatchObject({ key: aLaunch().key, cause: { problem } });
    expect(lab.jobs()).toEqual([]);
  });

  test.each([
    ['a read-only firmware', { builds: { 'fwro-version': 'x', 'cros-version': buildOf('lumpy') } }],
    ['a name outside ASCII', { suite: 'caf\u00e9' }],
    ['a board that cannot be told', { board: '', builds: { 'cros-version': 'odd' } }],
  ])('when an argument is wrong: %s', async (_, changes) => {
    const lab = await startLab();
    const refused = afeLauncher(lab).launch(aLaunch({ ...changes, testSourceBuild: buildOf('lumpy') }));
    await expect(refused).rejects.toBeInstanceOf(LaunchRefusedError);
  });
});

test.each(['stage', 'controlfiles', 'check_health'])('trouble of a dev server may pass: %s', async (method) => {
  const lab = await startLab();
  lab.faults.add({ service: 'devServer', method, kind: 'html' });
  const failed = afeLauncher(lab).launch(aLaunch());
  await expect(failed).rejects.toMatchObject({ code: 'ERR_RPC' });
  expect(await afeLauncher(lab).launch(aLaunch())).toEqual({ jobId: 1 });
});

test('an AFE that is away is no refusal, and in no doubt', async () => {
  const lab = await startLab();
  lab.faults.add({ service: 'afe', kind: 'refuse', count: 10_000 });
  const failed = afeLauncher(lab).launch(aLaunch());
  await expect(failed).rejects.toMatchObject({ code: 'ERR_DEADLINE' });
});

test('a lost answer to which the AFE does not answer either leaves it in doubt, and find settles it', async () => {
  const lab = await startLab();
  lab.faults.add({ service: 'afe', method: 'create_suite_job', kind: 'lose-answer' });
  lab.faults.add({ service: 'afe', method: 'get_jobs', kind: 'refuse', count: 10_000, untilMs: 3_600_000 });
  const sinceMs = lab.clock.now();
  const launcher = afeLauncher(lab);
  const inDoubt = launcher.launch(aLaunch());
  await expect(inDoubt).rejects.toBeInstanceOf(LaunchInDoubtError);
  await expect(inDoubt).rejects.toMatchObject({ key: aLaunch().key, cause: { code: 'ERR_JOB_STATE_UNKNOWN' } });
  await lab.clock.sleep(3_600_000);
  expect(await launcher.find(aLaunch(), { sinceMs })).toEqual({ jobId: 1 });
});

test('an abort rejects with its reason', async () => {
  const lab = await startLab();
  const reason = new Error('enough');
  const signal = AbortSignal.abort(reason);
  await expect(afeLauncher(lab).launch(aLaunch(), { signal })).rejects.toBe(reason);
  expect(lab.jobs()).toEqual([]);
});

describe('find', () => {
  test.each([
    ['board', { board: 'x86-mario' }],
    ['suite', { suite: 'BVT' }],
    ['builds', { builds: { 'cros-version': buildOf('lumpy'), 'fwrw-version': 'x' } }],
    ['pool', { pool: 'cq' }],
    ['no pool', { pool: null }],
    ['priority', { priority: 10 }],
    ['timeout', { timeoutMins: 60 }],
    ['job retry', { jobRetry: true }],
    ['bugs', { fileBugs: true }],
  ])('takes no suite that was asked for otherwise: %s', async (_, changes) => {
    const lab = await startLab();
    const launcher = afeLauncher(lab);
    const sinceMs = lab.clock.now();
    await launcher.launch(aLaunch());
    expect(await launcher.find(aLaunch({ ...changes, testSourceBuild: buildOf('lumpy') }), { sinceMs })).toBeNull();
    expect(await launcher.find(aLaunch(), { sinceMs })).toEqual({ jobId: 1 });
  });

  test('takes no suite of another build, though its name is the beginning', async () => {
    const lab = await startLab();
    const launcher = afeLauncher(lab);
    const build = `${buildOf('lumpy')}-a1-b1135`;
    const sinceMs = lab.clock.now();
    await launcher.launch(aLaunch());
    const other = aLaunch({ testSourceBuild: build, builds: { 'cros-version': build } });
    expect(await launcher.find(other, { sinceMs })).toBeNull();
  });

  test('takes no suite of the day before', async () => {
    const lab = await startLab();
    const launcher = afeLauncher(lab);
    await launcher.launch(aLaunch());
    await lab.clock.sleep(24 * 3_600_000);
    expect(await launcher.find(aLaunch(), { sinceMs: lab.clock.now() })).toBeNull();
  });

  test('takes the oldest of several, and none that was aborted', async () => {
    const lab = await startLab();
    const launcher = afeLauncher(lab);
    // One that waits for its results is there to be aborted.
    const launch = aLaunch({ fileBugs: true });
    const sinceMs = lab.clock.now();
    const ids: number[] = [];
    for (let count = 0; count < 3; count += 1) {
      const { jobId } = await launcher.launch(launch);
      ids.push(jobId ?? 0);
      // The client takes two within a minute for one whose request the network has doubled.
      await lab.clock.sleep(200_000);
    }
    await lab.afe.abortHostQueueEntries({ jobIds: ids.slice(0, 1) });
    expect(await launcher.find(launch, { sinceMs })).toEqual({ jobId: ids[1] });
    await lab.afe.abortHostQueueEntries({ jobIds: ids.slice(1) });
    expect(await launcher.find(launch, { sinceMs })).toBeNull();
  });

  test('takes no job without queue entries, the remains of a creation that failed halfway', async () => {
    const lab = await startLab();
    const launcher = afeLauncher(lab);
    const sinceMs = lab.clock.now();
    const { jobId } = await launcher.launch(aLaunch());
    const afe = { ...bound(lab), getHostQueueEntries: async () => [] };
    expect(await afeLauncher({ afe }).find(aLaunch(), { sinceMs })).toBeNull();
    expect(await launcher.find(aLaunch(), { sinceMs })).toEqual({ jobId });
  });

  test('is not led astray by assignments of the control file itself', async () => {
    const lab = await startLab();
    const sinceMs = lab.clock.now();
    await lab.addBuild('lumpy-release/R29-1.0.0', {
      controlFiles: { 'test_suites/control.bvt': "board = 'other'\npriority = 99\n" },
    });
    const build = 'lumpy-release/R29-1.0.0';
    const launch = aLaunch({ builds: { 'cros-version': build }, testSourceBuild: build });
    await afeLauncher(lab).launch(launch);
    expect(await afeLauncher(lab).find(launch, { sinceMs })).toEqual({ jobId: 1 });
  });
});

function bound({ afe }: EmbeddedLab) {
  return {
    createSuiteJob: afe.createSuiteJob.bind(afe),
    getJobs: afe.getJobs.bind(afe),
    getHostQueueEntries: afe.getHostQueueEntries.bind(afe),
  };
}
