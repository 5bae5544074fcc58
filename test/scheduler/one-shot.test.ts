import { describe, expect, test } from 'vitest';
import { contentOf } from './ledger/ledger-data.js';
import { dayMs, mondayMs } from './support/builders.js';
import { aSuiteJob } from './support/memory-afe.js';
import { schedulerBench } from './support/scheduler-bench.js';

const build = 'lumpy-release/R28-3993.0.0';
const tasks = [
  { name: 'Nightly', suite: 'bvt', runOn: 'nightly', hour: 3 },
  { name: 'Weekly', suite: 'weekly', runOn: 'weekly', day: 6 },
  { name: 'New', suite: 'new', runOn: 'new_build', branchSpecs: ['>=R29'] },
] as const;

const keyOf = (id: string, task: string, suite: string) =>
  `one-shot ${id} ${task} ${suite} lumpy cros-version=${build}`;

describe('a one-shot run', () => {
  test('runs the tasks of its events, whatever their hour or day', async () => {
    const { scheduler, launcher, told } = schedulerBench(tasks);
    const report = await scheduler.runOnce({ events: ['nightly', 'weekly'], build, id: 'x' });
    expect(launcher.started).toEqual([keyOf('x', 'Nightly', 'bvt'), keyOf('x', 'Weekly', 'weekly')]);
    expect(report.launches.map(({ type, record }) => [type, record.launch.priority, record.launch.dueMs])).toEqual([
      ['launched', 20, mondayMs],
      ['launched', 10, mondayMs],
    ]);
    expect(told('launch')).toHaveLength(2);
  });

  test('is for the board and the branch of its build', async () => {
    const { scheduler, launcher } = schedulerBench([...tasks, { ...tasks[2], name: 'Other', boards: ['stumpy'] }]);
    const { decisions } = await scheduler.runOnce({ events: ['new-build'], build });
    expect(decisions.map(({ task, board, reason }) => [task, board, reason.code])).toEqual([
      ['New', 'lumpy', 'branch-does-not-fit'],
    ]);
    expect(launcher.started).toEqual([]);
  });

  test('runs again what has run before, and tasks that are the same but for their pool', async () => {
    const both = [tasks[0], { ...tasks[0], name: 'Pool', pool: 'bvt' }];
    const { scheduler, launcher, afe } = schedulerBench(both);
    afe.jobs.push(aSuiteJob(7, build, { createdOnMs: mondayMs - dayMs }));
    await scheduler.runOnce({ events: ['nightly'], build });
    await scheduler.runOnce({ events: ['nightly'], build });
    expect(launcher.started).toHaveLength(4);
    expect(afe.calls).not.toContain('getJobs');
  });

  test('asks nobody whether the lab is open', async () => {
    const labStatus = { read: async () => ({ state: 'closed', message: '', problem: null }) };
    const { scheduler, launcher } = schedulerBench(tasks, { labOptions: { labStatus } });
    await scheduler.runOnce({ events: ['nightly'], build });
    expect(launcher.started).toHaveLength(1);
  });

  test('heeds no limits, and leaves alone what else is due', async () => {
    const { scheduler, launcher, ledger, builds } = schedulerBench(
      [...tasks, { name: 'R', suite: 'r', runOn: 'new_build' }],
      {
        limits: { perTurn: 1 },
      },
    );
    await scheduler.turn();
    launcher.fates.push('failed');
    builds.add(build);
    await scheduler.turn();
    await scheduler.runOnce({ events: ['nightly', 'weekly'], build });
    expect(launcher.started).toHaveLength(2);
    const { launches } = await contentOf(ledger);
    expect(launches.filter(({ state }) => state === 'due').map(({ launch }) => launch.task)).toEqual(['R']);
  });

  test('under the same identity starts only what it has not', async () => {
    const { scheduler, launcher } = schedulerBench(tasks);
    launcher.fates.push('started', 'failed');
    const request = { events: ['nightly', 'weekly'], build, id: 'x' };
    await scheduler.runOnce(request);
    const { decisions, launches } = await scheduler.runOnce(request);
    expect(decisions.map(({ reason }) => reason.code)).toEqual(['already-ran', 'already-due']);
    expect(launches.map(({ type, record }) => `${record.launch.task} ${type}`)).toEqual(['Weekly launched']);
    expect(launcher.started).toHaveLength(2);
    expect((await scheduler.runOnce(request)).launches).toEqual([]);
  });

  test('pairs its build with firmware, and knows tot', async () => {
    const { scheduler, builds, launcher } = schedulerBench([
      { ...tasks[0], branchSpecs: ['<=tot-2'], firmwareRwBuildSpec: 'firmware', testSource: 'cros' },
    ]);
    builds.add('lumpy-firmware/R20-1.0.0');
    await scheduler.runOnce({ events: ['nightly'], build, id: 'x' });
    expect(launcher.started).toEqual([`${keyOf('x', 'Nightly', 'bvt')} fwrw-version=lumpy-firmware/R20-1.0.0`]);
  });

  test('takes a keyword with hyphens, and each event once', async () => {
    const { scheduler, launcher } = schedulerBench([{ name: 'New', suite: 'new', runOn: 'new_build' }]);
    await scheduler.runOnce({ events: ['new-build', 'new_build'], build });
    expect(launcher.started).toHaveLength(1);
  });

  test.each([
    [{ events: ['nightlly'], build }, /^events: expected an event \(nightly, .*did you mean "nightly"\?$/],
    [{ events: [], build }, 'events: expected some of nightly, weekly, new_build'],
    [{ events: ['new_chrome'], build }, /^events: expected an event/],
    [{ events: ['nightly'], build: 'lumpy-release/LATEST' }, /^not the name of one build/],
    [{ events: ['nightly'], build: `${build}/bvt` }, /^not the name of a build/],
    [{ events: ['nightly'], build: 'odd' }, /^not the name of a build/],
  ])('%j is refused', async (request, message) => {
    await expect(schedulerBench(tasks).scheduler.runOnce(request)).rejects.toThrow(message);
  });
});
