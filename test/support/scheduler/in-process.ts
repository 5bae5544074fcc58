import {
  memoryBuilds,
  memoryChrome,
  memoryLedger,
  SuiteScheduler,
  type Ledger,
  type MemoryBuilds,
  type MemoryChrome,
  type SchedulerNews,
  type SuiteSchedulerOptions,
} from '../../../src/index.js';
import { VirtualClock, type EmbeddedLab } from '../../../src/testing/index.js';
import { weekLab } from './killed-scheduler.js';
import { nameOf, suites, weekConfig, weekStartMs, type Story } from './week.js';

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
    jobs: () =>
      lab
        .jobs()
        .map(({ name }) => name)
        .sort(),
  };
}

/** Turns of all schedulers side by side at each time of a story, and some more behind it. */
export async function takeTurns(bench: StoryBench, story: Story, turn: () => Promise<unknown>): Promise<void> {
  const lastMs = story.turns.at(-1) ?? weekStartMs;
  const hours = [1, 2, 3, 4, 5].map((hour) => lastMs + hour * 3600_000);
  const after = { ...story, builds: [], chromes: [] };
  for (const atMs of story.turns) {
    await bench.goOn(atMs);
    await turn();
  }
  for (const atMs of hours) {
    await bench.clock.sleep(atMs - bench.clock.now());
    await turn();
  }
  void after;
}
