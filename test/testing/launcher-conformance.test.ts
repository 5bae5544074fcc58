import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { afeLauncher, inProcessLauncher, suiteJobLauncher, type Launcher } from 'dynamic-suite';
import { launcherConformance, type ConnectClient, type EmbeddedLab } from 'dynamic-suite/testing';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'launchers-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const inProcess =
  (parentJob: boolean): ConnectClient<Launcher> =>
  async (lab: EmbeddedLab) =>
    inProcessLauncher({ lab, clock: lab.clock, parentJob, resultsDir: await mkdtemp(join(folder, 'results-')) });

describe('through the AFE', () => eachCase(launcherConformance((lab) => afeLauncher(lab))));
describe('as suite jobs of our own', () => {
  eachCase(launcherConformance((lab) => suiteJobLauncher({ lab, clock: lab.clock })));
});
describe('in this process', () => eachCase(launcherConformance(inProcess(true))));
describe('in this process, without a parent job', () => eachCase(launcherConformance(inProcess(false))));

function eachCase(cases: ReturnType<typeof launcherConformance>): void {
  for (const { name, run } of cases) test(name, run);
}

describe('the kit tells', () => {
  test.each<[string, (launcher: Launcher, lab: EmbeddedLab) => Launcher, string]>([
    ['starts a suite twice', startingTwice, 'launch: the tests of the suite are run, on its board and with its build'],
    ['waits for the end', waiting, 'launch: nobody waits for the end of the suite'],
    [
      'finds nothing',
      (launcher) => ({ ...launcher, find: async () => null }),
      'find: a suite that was started, and none before',
    ],
    [
      'finds anything',
      (launcher) => ({ ...launcher, find: async () => ({ jobId: 1 }) }),
      'find: another suite is none',
    ],
  ])('a launcher that %s', async (_, change, broken) => {
    const cases = launcherConformance((lab) => change(suiteJobLauncher({ lab, clock: lab.clock }), lab));
    const found = cases.find(({ name }) => name === broken);
    await expect(found?.run()).rejects.toThrow();
  });
});

function startingTwice(launcher: Launcher, lab: EmbeddedLab): Launcher {
  return {
    ...launcher,
    launch: async (launch, options) => {
      await launcher.launch(launch, options);
      await lab.clock.sleep(300_000);
      return await launcher.launch(launch, options);
    },
  };
}

function waiting(launcher: Launcher, lab: EmbeddedLab): Launcher {
  return {
    ...launcher,
    launch: async (launch, options) => {
      const started = await launcher.launch(launch, options);
      await lab.suitesSettled();
      return started;
    },
  };
}
