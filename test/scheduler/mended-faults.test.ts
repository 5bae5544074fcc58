import { afterEach, beforeEach, expect, test } from 'vitest';
import { afeLauncher, schedulerConfig, type BuildSource, type Launcher, type Ledger } from '../../src/index.js';
import { aroundLedger } from '../support/scheduler/ledgers.js';
import { storyBench, wrongClock, type StoryBench } from '../support/scheduler/in-process.js';
import { hourMs, nameOf, weekStartMs, type StoryBuild } from '../support/scheduler/week.js';

const dayMs = 24 * hourMs;
const build: StoryBuild = { board: 'lumpy-x', milestone: 28, version: '1.2.3', atMs: weekStartMs + hourMs / 2 };
const smoke = `${nameOf(build)}-test_suites/control.smoke`;

let bench: StoryBench;
beforeEach(async () => {
  bench = await storyBench({ builds: [build], chromes: [] });
  await bench.goOn(weekStartMs);
});
afterEach(() => bench.lab.close());

/** The builds of the bench, with what a test has go wrong. */
function buildsBut(changes: Partial<BuildSource>): BuildSource {
  const { builds } = bench;
  return {
    refresh: (options) => builds.refresh(options),
    passedBetween: (request, options) => builds.passedBetween(request, options),
    passedSince: (request, options) => builds.passedSince(request, options),
    latest: (request, options) => builds.latest(request, options),
    topOfTree: (options) => builds.topOfTree(options),
    ...changes,
  };
}

test('new builds that are known of a board some of whose builds are not are tested, and it is told (C2)', async () => {
  const scheduler = bench.scheduler({
    builds: buildsBut({
      async passedSince(request, options) {
        const found = await bench.builds.passedSince(request, options);
        return { ...found, unanswered: request.boards.map((board) => ({ board, error: new Error('away') })) };
      },
    }),
  });
  await scheduler.turn();
  await bench.goOn(weekStartMs + hourMs);
  const { decisions } = await scheduler.turn();
  expect(bench.jobs()).toEqual([smoke]);
  const unknown = decisions.filter(({ reason }) => reason.code === 'builds-unknown');
  expect(new Set(unknown.map(({ board }) => board))).toEqual(new Set(['lumpy-x', 'x86-mario']));
  const { problems } = await scheduler.status();
  expect(problems).toMatchObject([{ where: 'builds of boards', message: 'x86-mario and 1 more: away' }]);
});

test('while nobody says what "tot" stands for, only what needs it waits (C2)', async () => {
  let isAway = true;
  const scheduler = bench.scheduler({
    config: schedulerConfig({
      tasks: [
        { name: 'Tot', suite: 'smoke', runOn: 'new_build', branchSpecs: ['==tot'] },
        { name: 'Night', suite: 'bvt', runOn: 'nightly', hour: 10 },
      ],
    }),
    builds: buildsBut({
      topOfTree: (options) => (isAway ? Promise.reject(new Error('no LATEST')) : bench.builds.topOfTree(options)),
    }),
  });
  await scheduler.turn();
  await bench.goOn(weekStartMs + hourMs);
  await scheduler.turn();
  const bvt = `${nameOf(build)}-test_suites/control.bvt`;
  expect(bench.jobs()).toEqual([bvt]);
  expect((await scheduler.status()).problems.map(({ where }) => where)).toEqual(['top of tree']);
  isAway = false;
  await bench.clock.sleep(hourMs);
  await scheduler.turn();
  expect(bench.jobs()).toEqual([bvt, smoke]);
  expect((await scheduler.status()).problems).toEqual([]);
});

test('a launcher that cannot take up its suites at first does so in a later turn', async () => {
  let tries = 0;
  const launcher: Launcher = {
    ...afeLauncher({ afe: bench.lab.afe }),
    async resume() {
      tries += 1;
      if (tries < 3) throw new Error('not yet');
    },
  };
  const scheduler = bench.scheduler({ launcher });
  for (const _ of [1, 2]) {
    const { problems } = await scheduler.turn();
    expect(problems.map(({ where, message }) => `${where}: ${message}`)).toEqual(['launcher: not yet']);
  }
  await scheduler.turn();
  await scheduler.turn();
  expect(tries).toBe(3);
});

test('a reason that the ledger would not take is said again (C3)', async () => {
  let isFull = true;
  const { ledger } = bench;
  const full: Ledger = {
    ...ledger,
    async note(...args) {
      if (isFull) throw new Error('no space left on device');
      await ledger.note(...args);
    },
  };
  const scheduler = bench.scheduler({ ledger: full });
  isFull = false;
  await scheduler.turn();
  await bench.goOn(weekStartMs + hourMs);
  isFull = true;
  await expect(scheduler.turn()).rejects.toThrow('no space');
  isFull = false;
  await scheduler.turn();
  const said = await scheduler.explain({ task: 'NewBuild', board: 'lumpy-x' });
  expect(said.toString()).toContain(`smoke on ${nameOf(build)} was started`);
  expect(bench.jobs()).toEqual([smoke]);
});

test('a ledger that is full just when a suite was started does not have it started again (C1)', async () => {
  let isFull = false;
  const ledger = aroundLedger(bench.ledger, async (work) => {
    if (isFull) throw new Error('no space left on device');
    return await work();
  });
  const afe = afeLauncher({ afe: bench.lab.afe });
  const launcher: Launcher = {
    ...afe,
    async launch(launch, options) {
      const started = await afe.launch(launch, options);
      isFull = true;
      return started;
    },
  };
  const scheduler = bench.scheduler({ ledger, launcher });
  await scheduler.turn();
  await bench.goOn(weekStartMs + hourMs);
  await expect(scheduler.turn()).rejects.toThrow('no space');
  isFull = false;
  await bench.clock.sleep(2 * hourMs);
  const { launches } = await scheduler.turn();
  expect(launches.map(({ type }) => type)).toEqual(['adopted']);
  expect(bench.jobs()).toEqual([smoke]);
});

test('a suite that a clock a year ahead has given up is started when the clock is right again (C2)', async () => {
  const clock = wrongClock(bench.clock);
  const scheduler = bench.scheduler({ clock });
  await scheduler.turn();
  await bench.goOn(weekStartMs + hourMs);
  const fault = bench.lab.faults.add({ method: 'create_suite_job', kind: 'refuse', count: 100 });
  expect((await scheduler.turn()).launches.map(({ type }) => type)).toEqual(['failed']);
  fault.remove();
  clock.set(365 * dayMs);
  expect((await scheduler.turn()).launches.map(({ type }) => type)).toEqual(['missed']);
  clock.set(0);
  expect((await scheduler.turn()).launches.map(({ type }) => type)).toEqual(['launched']);
  expect(bench.jobs()).toEqual([smoke]);
});

test('a suite that was being started by a clock a year ahead is found when the clock is right again (C1)', async () => {
  const clock = wrongClock(bench.clock);
  const afe = afeLauncher({ afe: bench.lab.afe });
  const launcher: Launcher = {
    ...afe,
    async launch(launch, options) {
      await afe.launch(launch, options);
      throw new Error('the process was killed');
    },
  };
  const ledger: Ledger = {
    ...bench.ledger,
    async mark(key, version, change, options) {
      if (change.state === 'due') throw new Error('the process was killed');
      return await bench.ledger.mark(key, version, change, options);
    },
  };
  const killed = bench.scheduler({ clock, launcher, ledger });
  await killed.turn();
  await bench.goOn(weekStartMs + hourMs);
  // The build is new to a clock that is ahead for less than a week.
  clock.set(5 * dayMs);
  await expect(killed.turn()).rejects.toThrow('killed');
  clock.set(0);
  await bench.clock.sleep(3 * hourMs);
  const { launches } = await bench.scheduler({ clock }).turn();
  expect(launches.filter(({ record }) => record.launch.suite === 'smoke').map(({ type }) => type)).toEqual(['adopted']);
  expect(bench.jobs().filter((name) => name === smoke)).toEqual([smoke]);
});

test('what has run before a clock was a year ahead for a turn does not run again (C1)', async () => {
  const clock = wrongClock(bench.clock);
  const scheduler = bench.scheduler({ clock });
  await scheduler.turn();
  for (const hour of [13, 14]) {
    await bench.goOn(weekStartMs + hour * hourMs);
    await scheduler.turn();
  }
  const bvt = `${nameOf(build)}-test_suites/control.bvt`;
  expect(bench.jobs()).toEqual([bvt, smoke]);
  clock.set(365 * dayMs);
  await scheduler.turn();
  clock.set(0);
  // On Tuesday at 23:00 the weekly task asks for what the nightly one has had.
  await bench.goOn(weekStartMs + 39 * hourMs);
  await scheduler.turn();
  expect(bench.jobs().filter((name) => name === bvt)).toEqual([bvt]);
});

test('a clock that is put back by a day while a turn is taken does not keep the next one waiting', async () => {
  const clock = wrongClock(bench.clock);
  clock.set(dayMs);
  const running = bench.scheduler({
    clock,
    onNews: (one) => {
      bench.news.push(one);
      clock.set(0);
    },
  });
  const done = running.run();
  await bench.clock.sleep(hourMs);
  await running.stop();
  await done;
  expect(bench.news.filter(({ type }) => type === 'turn-ended').length).toBeGreaterThan(10);
});
