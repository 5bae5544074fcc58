import { afterEach, expect, test } from 'vitest';
import { launchFailure } from '../../../src/scheduler/launch/launch-failure.js';
import { suiteJobLauncher } from '../../../src/scheduler/launch/suite-job-launcher.js';
import { LaunchInDoubtError, LaunchRefusedError } from '../../../src/scheduler/launch/types.js';
import { afeLauncher, CreateJobStateUnknownError, DevServerPool } from '../../../src/index.js';
import type { EmbeddedLab } from '../../../src/testing/index.js';
import { suiteLab } from '../../testing/suite-lab.js';
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

test('what one launcher has started by the AFE or by itself, the other finds', async () => {
  const lab = await startLab();
  const launchers = [suiteJobLauncher({ lab, clock: lab.clock }), afeLauncher(lab)] as const;
  const sinceMs = lab.clock.now();
  const byUs = await launchers[0].launch(aLaunch({ num: 3, jobRetry: true }));
  expect(await launchers[1].find(aLaunch({ num: 3, jobRetry: true }), { sinceMs })).toEqual(byUs);
  const byAfe = await launchers[1].launch(aLaunch({ board: 'x86-mario' }));
  expect(await launchers[0].find(aLaunch({ board: 'x86-mario' }), { sinceMs })).toEqual(byAfe);
});

test('the dev servers may be a pool', async () => {
  const lab = await startLab();
  const devServer = new DevServerPool([lab.devServer], { clock: lab.clock });
  const launcher = suiteJobLauncher({ lab: { afe: lab.afe, devServer }, clock: lab.clock });
  const { jobId } = await launcher.launch(aLaunch());
  await lab.suitesSettled();
  expect(lab.suiteRun(jobId ?? 0)).toMatchObject({ state: 'finished' });
});

test.each(['nope', 'empty', 'foreign', 'a/b'])('a suite that cannot be had is refused: %s', async (suite) => {
  const lab = await startLab();
  const refused = suiteJobLauncher({ lab, clock: lab.clock }).launch(aLaunch({ suite }));
  await expect(refused).rejects.toBeInstanceOf(LaunchRefusedError);
});

test('trouble of a dev server may pass', async () => {
  const lab = await startLab();
  lab.faults.add({ service: 'devServer', method: 'controlfiles', kind: 'html' });
  const launcher = suiteJobLauncher({ lab, clock: lab.clock });
  await expect(launcher.launch(aLaunch())).rejects.toMatchObject({
    code: 'ERR_SUITE_CONTROL_FILE',
    problem: 'no-list',
  });
  expect((await launcher.launch(aLaunch())).jobId).toBe(1);
});

test('a failure is refused, in doubt, or what it is', () => {
  const launch = aLaunch();
  const unknown = new CreateJobStateUnknownError({ method: 'create_job', jobName: 'x', requestKey: null });
  expect(launchFailure(launch, unknown)).toBeInstanceOf(LaunchInDoubtError);
  for (const other of [new Error('no'), 'no', undefined, { code: 'ERR_NON_ASCII' }]) {
    expect(launchFailure(launch, other)).toBe(other);
  }
});
