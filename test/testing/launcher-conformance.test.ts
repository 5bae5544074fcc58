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
  const broken = (change: (launcher: Launcher, lab: EmbeddedLab) => Launcher) =>
    launcherConformance((lab) => change(suiteJobLauncher({ lab, clock: lab.clock }), lab));
  const failuresOf = async (cases: ReturnType<typeof launcherConformance>) => {
    const failed: string[] = [];
    for (const { name, run } of cases) await run().catch(() => failed.push(name));
    return failed;
  };

  test('a launcher that starts suites twice', async () => {
    const failed = await failuresOf(
      broken((launcher, lab) => ({
        ...launcher,
        launch: async (launch, options) => {
          await launcher.launch(launch, options);
          await lab.clock.sleep(300_000);
          return await launcher.launch(launch, options);
        },
      })),
    );
    expect(failed).toContain('launch: two launches are two suites');
  });

  test('a launcher that waits, and one that finds anything or nothing', async () => {
    const waiting = broken((launcher, lab) => ({
      ...launcher,
      launch: async (launch, options) => {
        const started = await launcher.launch(launch, options);
        await lab.suitesSettled();
        return started;
      },
    }));
    expect(await failuresOf(waiting)).toEqual(['launch: nobody waits for the end of the suite']);
    expect(await failuresOf(broken((launcher) => ({ ...launcher, find: async () => null })))).toContain(
      'find: a suite that was started, and none before',
    );
    expect(await failuresOf(broken((launcher) => ({ ...launcher, find: async () => ({ jobId: 1 }) })))).toContain(
      'find: another suite is none',
    );
  });
});
