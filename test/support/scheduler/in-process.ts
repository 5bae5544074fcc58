import {
  memoryBuilds,
  memoryChrome,
  memoryLedger,
  SuiteScheduler,
  type Clock,
  type Ledger,
  type MemoryBuilds,
  type MemoryChrome,
  type SchedulerNews,
  type SuiteSchedulerOptions,
} from '../../../src/index.js';
import { VirtualClock, type EmbeddedLab } from '../../../src/testing/index.js';
import { suiteJobs, weekLab } from './killed-scheduler.js';
import { hourMs, nameOf, suites, weekConfig, weekStartMs, type Story } from './week.js';

/** A story in this process: the lab, the clock, and the builds that come. */
export interface StoryBench {
  readonly lab: EmbeddedLab;
  readonly clock: VirtualClock;
  readonly builds: MemoryBuilds;
  readonly chrome: MemoryChrome;
  readonly ledger: Ledger;
  readonly news: SchedulerNews[];
  /** Another scheduler of the story, with options of its own. */
  scheduler(options?: Partial<SuiteSchedulerOptions>): SuiteScheduler;
  /** Has happen what happens up to a time, and has the clock be there. */
  goOn(atMs: number): Promise<void>;
  /** What is at the AFE, sorted; one that was made twice is there twice. */
  jobs(): readonly string[];
}

export async function storyBench(story: Pick<Story, 'builds' | 'chromes'>): Promise<StoryBench> {
  const clock = new VirtualClock({ startMs: weekStartMs, patienceMs: 0 });
  const lab = await weekLab(clock);
  const builds = memoryBuilds({}, { clock });
  const chrome = memoryChrome();
  const ledger = memoryLedger();
  const news: SchedulerNews[] = [];
  const controlFiles = Object.fromEntries(
    suites.map((suite) => [`test_suites/control.${suite}`, `NAME = '${suite}'\n`]),
  );
  let beforeMs = -Infinity;
  return {
    ...{ lab, clock, builds, chrome, ledger, news },
    scheduler: (options = {}) =>
      new SuiteScheduler({
        lab: { afe: lab.afe },
        ...{ config: weekConfig(), builds, chrome, ledger, clock },
        onNews: (one) => news.push(one),
        ...options,
      }),
    async goOn(atMs) {
      await clock.sleep(atMs - clock.now());
      const isNew = (one: { readonly atMs: number }) => one.atMs > beforeMs && one.atMs <= atMs;
      for (const one of story.builds.filter(isNew)) {
        await lab.addBuild(nameOf(one), { controlFiles, stagingMs: 0 });
        builds.add(nameOf(one), one.atMs);
      }
      for (const { version } of story.chromes.filter(isNew)) chrome.set(version);
      beforeMs = Math.max(beforeMs, atMs);
    },
    jobs: () => suiteJobs(lab),
  };
}

/** At each time of a story, and some more behind it, what happens until then and a turn. */
export async function takeTurns(
  bench: StoryBench,
  { turns }: Story,
  turn: (atMs: number, at: number) => Promise<unknown>,
): Promise<void> {
  const lastMs = turns.at(-1) ?? weekStartMs;
  for (const [at, atMs] of turns.entries()) {
    await bench.goOn(atMs);
    await turn(atMs, at);
  }
  for (let hour = 1; hour <= 5; hour += 1) {
    const atMs = lastMs + hour * hourMs;
    await bench.clock.sleep(atMs - bench.clock.now());
    await turn(atMs, turns.length + hour);
  }
}

/** A clock that is wrong by as much as it is told. */
export interface WrongClock extends Clock {
  set(wrongByMs: number): void;
}

export function wrongClock(clock: Clock): WrongClock {
  let wrongByMs = 0;
  return {
    now: () => clock.now() + wrongByMs,
    sleep: (ms, options) => clock.sleep(ms, options),
    hold: () => clock.hold?.() ?? (() => {}),
    set(ms) {
      wrongByMs = ms;
    },
  };
}
