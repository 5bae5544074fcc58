import assert from 'node:assert/strict';
import {
  isDynamicSuiteError,
  LaunchInDoubtError,
  LaunchRefusedError,
  type Launcher,
  type SuiteLaunch,
} from '../../index.js';
import type { EmbeddedLab } from '../embedded-lab.js';
import type { FaultKind } from '../fault.js';
import { embeddedLab, type LabBuilder } from '../lab-builder.js';
import { conformanceCases, type ConformanceCase, type ConnectClient, type PortPromise } from './conformance-case.js';
import { errorOf, outcomeOf, rejectionOf } from './expect-rejection.js';

/**
 * The promises of `Launcher`, each as a case, for tests of a launcher of one's own:
 *
 * ```ts
 * const connect = (lab: EmbeddedLab) => new MyLauncher({ lab, clock: lab.clock });
 * for (const { name, run } of launcherConformance(connect)) test(name, run);
 * ```
 *
 * The launcher has to run the suites that it starts on the lab, or have them run there. One that keeps its own notes
 * begins each case with none.
 */
export function launcherConformance(connect: ConnectClient<Launcher>): readonly ConformanceCase[] {
  return conformanceCases(connect, [...startingPromises, ...findingPromises, ...faultPromises, ...endingPromises]);
}

const tests = ['login_LoginSuccess', 'power_Idle'];

function lab(): LabBuilder {
  return embeddedLab()
    .board('x86-mario', { hosts: 2, pool: 'bvt' })
    .board('lumpy', { hosts: 1, pool: 'bvt' })
    .suite('bvt', tests);
}

function launchOn(board: string, started: EmbeddedLab, changes: Partial<SuiteLaunch> = {}): SuiteLaunch {
  const build = `${board}-release/R19-1998.0.0`;
  return {
    key: `bvt/${board}/${build}`,
    suite: 'bvt',
    board,
    builds: { 'cros-version': build },
    testSourceBuild: build,
    pool: 'bvt',
    num: null,
    priority: 20,
    timeoutMins: 24 * 60,
    fileBugs: false,
    jobRetry: false,
    task: 'Nightly',
    event: 'nightly',
    dueMs: started.clock.now(),
    ...changes,
  };
}

const startingPromises: readonly PortPromise<Launcher>[] = [
  {
    name: 'launch: the tests of the suite are run, on its board and with its build',
    lab,
    check: async (launcher, started) => {
      const launch = launchOn('x86-mario', started);
      const { jobId } = await launcher.launch(launch);
      await allSettled(launcher, started);
      expectTestsOnce(started, launch);
      if (jobId === null) return;
      const job = started.jobs().find(({ id }) => id === jobId);
      assert.ok(job !== undefined, `launch should resolve to a job that there is, or to none, not to ${jobId}`);
    },
  },
  {
    name: 'launch: nobody waits for the end of the suite',
    lab,
    check: async (launcher, started) => {
      await launcher.launch(launchOn('x86-mario', started, { fileBugs: true }));
      const done = testJobs(started).filter(({ entries }) => entries.some(({ finishedMs }) => finishedMs !== null));
      assert.equal(done.length, 0, 'launch should resolve before the tests of the suite have run');
      await allSettled(launcher, started);
    },
  },
  {
    name: 'launch: two launches are two suites',
    lab,
    check: async (launcher, started) => {
      const [mario, lumpy] = [launchOn('x86-mario', started), launchOn('lumpy', started)];
      await Promise.all([launcher.launch(mario), launcher.launch(lumpy)]);
      await allSettled(launcher, started);
      expectTestsOnce(started, mario);
      expectTestsOnce(started, lumpy);
    },
  },
  {
    name: 'launch: a key may be any text',
    lab,
    check: async (launcher, started) => {
      const launch = launchOn('lumpy', started, { key: '../../etc\\..\n\0\u{1f600}/'.repeat(100) });
      await launcher.launch(launch);
      await allSettled(launcher, started);
      expectTestsOnce(started, launch);
    },
  },
  {
    name: 'launch: what can never be started is a LaunchRefusedError, and is not started',
    lab,
    check: async (launcher, started) => {
      for (const changes of [{ suite: 'gr\u00f6\u00dfe' }, { suite: '' }]) {
        const launch = launchOn('x86-mario', started, changes);
        const call = launcher.launch(launch);
        const error = await errorOf(call, LaunchRefusedError, 'launch should reject for a name that no suite can have');
        assert.equal(error.key, launch.key, 'a LaunchRefusedError should have the key of the launch');
      }
      await allSettled(launcher, started);
      assert.equal(started.jobs().length, 0, 'a suite that was refused should leave no job');
    },
  },
  {
    name: 'launch: aborted before it begins, it rejects with the reason and starts nothing',
    lab,
    check: async (launcher, started) => {
      const reason = new Error('the test aborts');
      const call = launcher.launch(launchOn('x86-mario', started), { signal: AbortSignal.abort(reason) });
      assert.equal(await rejectionOf(call, 'launch should reject when aborted'), reason);
      await allSettled(launcher, started);
      assert.equal(started.jobs().length, 0, 'a launch that was aborted before it began should start nothing');
    },
  },
];

const findingPromises: readonly PortPromise<Launcher>[] = [
  {
    name: 'find: a suite that was started, and none before',
    lab,
    check: async (launcher, started) => {
      const launch = launchOn('x86-mario', started, { fileBugs: true });
      const sinceMs = started.clock.now();
      assert.equal(await launcher.find(launch, { sinceMs }), null, 'find should give null for what was not started');
      const made = await launcher.launch(launch);
      assert.deepEqual(await launcher.find(launch, { sinceMs }), made, 'find should give what launch has resolved to');
      await allSettled(launcher, started);
      assert.deepEqual(await launcher.find(launch, { sinceMs }), made, 'find should give it after its end too');
      expectTestsOnce(started, launch);
    },
  },
  {
    name: 'find: another suite is none',
    lab,
    check: async (launcher, started) => {
      const sinceMs = started.clock.now();
      await launcher.launch(launchOn('x86-mario', started));
      const lumpy = await launcher.find(launchOn('lumpy', started), { sinceMs });
      assert.equal(lumpy, null, 'find should not take the suite of another board');
      const other = launchOn('x86-mario', started, { key: 'other', suite: 'au' });
      assert.equal(await launcher.find(other, { sinceMs }), null, 'find should not take another suite of the board');
      await allSettled(launcher, started);
    },
  },
];

const faultKinds: readonly FaultKind[] = ['lose-answer', 'truncate', 'refuse', '503', 'html', 'garbage'];

const faultPromises: readonly PortPromise<Launcher>[] = faultKinds.map((kind) => ({
  name: `launch and find: a suite is started once, whatever becomes of the answers (${kind})`,
  lab,
  check: async (launcher, started) => {
    for (const method of ['create_suite_job', 'create_job']) {
      started.faults.add({ service: 'afe', method, kind });
      // Nor can it be asked for a while what became of it.
      started.faults.add({ service: 'afe', method: 'get_jobs', kind: '503', count: 1_000, untilMs: 3_600_000 });
    }
    const launch = launchOn('x86-mario', started);
    await startSurely(launcher, started, launch);
    await allSettled(launcher, started);
    const names = testsRun(started, launch);
    // A test that could not be scheduled is a result of the suite.
    assert.ok(names.length > 0, `a suite should be started when the answers fail (${kind})`);
    assert.equal(new Set(names).size, names.length, `no test should have two jobs: ${names.join(', ')}`);
  },
}));

const endingPromises: readonly PortPromise<Launcher>[] = [
  {
    name: 'settled: aborted, it rejects with the reason, and what was stopped can be taken up',
    lab,
    check: async (launcher, started) => {
      if (launcher.settled === undefined) return;
      const launch = launchOn('x86-mario', started);
      await launcher.launch(launch);
      const stop = new AbortController();
      const reason = new Error('the test aborts');
      const waiting = launcher.settled({ signal: stop.signal });
      stop.abort(reason);
      assert.equal(await rejectionOf(waiting, 'settled should reject when aborted'), reason);
      await launcher.resume?.();
      await allSettled(launcher, started);
      expectTestsOnce(started, launch);
    },
  },
];

/** Starts a suite as a scheduler does: what was not started is started again, what is in doubt is looked for. */
async function startSurely(launcher: Launcher, started: EmbeddedLab, launch: SuiteLaunch): Promise<void> {
  const sinceMs = started.clock.now();
  for (let round = 0; round < maxRounds; round += 1) {
    const outcome = await outcomeOf(launcher.launch(launch));
    if (outcome.kind === 'resolved') return;
    const { reason } = outcome;
    assert.ok(!isDynamicSuiteError(reason, 'ERR_LAUNCH_REFUSED'), 'a suite should not be refused for a broken network');
    await started.clock.sleep(pauseMs);
    if (!(reason instanceof LaunchInDoubtError)) continue;
    if (await isFound(launcher, started, launch, sinceMs)) return;
  }
  assert.fail('a suite should be started in the end, when the network works again');
}

async function isFound(
  launcher: Launcher,
  started: EmbeddedLab,
  launch: SuiteLaunch,
  sinceMs: number,
): Promise<boolean> {
  for (let round = 0; round < maxRounds; round += 1) {
    const outcome = await outcomeOf(launcher.find(launch, { sinceMs }));
    if (outcome.kind === 'resolved') return outcome.value !== null;
    await started.clock.sleep(pauseMs);
  }
  return assert.fail('find should answer in the end, when the network works again');
}

const maxRounds = 20;
const pauseMs = 600_000;

/** Waits until everything that was started has come to its end. */
async function allSettled(launcher: Launcher, started: EmbeddedLab): Promise<void> {
  await launcher.settled?.();
  await started.suitesSettled();
  const isOpen = () => started.jobs().some(({ entries }) => entries.some(({ finishedMs }) => finishedMs === null));
  for (let round = 0; isOpen() && round < maxRounds; round += 1) await started.clock.sleep(pauseMs);
}

function testJobs(started: EmbeddedLab) {
  return started
    .jobs()
    .filter(({ name, entries }) => tests.some((test) => name.endsWith(`/bvt/${test}`)) && entries.length > 0);
}

function expectTestsOnce(started: EmbeddedLab, launch: SuiteLaunch): void {
  const expected = tests.map((test) => `${launch.testSourceBuild}/${launch.suite}/${test}`).sort();
  assert.deepEqual(testsRun(started, launch), expected, 'each test of the suite should have one job');
}

/** The names of the jobs of a launch's tests, but for those that were aborted. */
function testsRun(started: EmbeddedLab, { testSourceBuild }: SuiteLaunch): readonly string[] {
  const ran = testJobs(started).filter(({ entries }) => entries.every(({ status }) => !status.startsWith('Aborted')));
  const names = ran.map(({ name }) => name);
  return names.filter((name) => name.startsWith(`${testSourceBuild}/`)).sort();
}
