import { schedulerConfig, type SchedulerConfig } from '../../../src/index.js';

/** A Monday, 09:00 in the lab's time zone, in which there is no daylight saving time in that week. */
export const weekStartMs = Date.parse('2026-01-05T17:00:00Z');
export const weekBoards = ['x86-mario', 'lumpy-x'] as const;
export const hourMs = 3600_000;
const dayMs = 24 * hourMs;

/** What happens in a story: builds that land and versions of Chrome that come, each at its time. */
export interface Story {
  readonly builds: readonly StoryBuild[];
  readonly chromes: readonly { readonly version: string; readonly atMs: number }[];
  /** When turns are taken, in order. */
  readonly turns: readonly number[];
}

export interface StoryBuild {
  readonly board: string;
  readonly milestone: number;
  readonly version: string;
  readonly atMs: number;
}

export function nameOf({ board, milestone, version }: StoryBuild): string {
  return `${board}-release/R${milestone}-${version}`;
}

export function manifestOf({ board, milestone, version }: StoryBuild): string {
  return `build-name/${board}-release-group/pass/${milestone}/${version}.xml`;
}

export const suites = ['bvt', 'power', 'faft', 'smoke', 'chrome'] as const;

/** Of each kind a task; and one that asks for the same suites as another on its day. */
export function weekConfig(): SchedulerConfig {
  return schedulerConfig({
    tasks: [
      { name: 'Nightly', suite: 'bvt', runOn: 'nightly', hour: 21 },
      { name: 'Morning', suite: 'power', runOn: 'nightly', hour: 3 },
      { name: 'Weekly', suite: 'faft', runOn: 'weekly', day: 3 },
      { name: 'WeeklyBvt', suite: 'bvt', runOn: 'weekly', day: 1 },
      { name: 'NewBuild', suite: 'smoke', runOn: 'new_build' },
      { name: 'NewChrome', suite: 'chrome', runOn: 'new_chrome' },
    ],
  });
}

/**
 * So many days with a turn in each `turnMs`: on each board two branches, of which one has a build every 7 hours and the
 * other every 19, and a Chrome every 31 hours.
 */
export function storyOf({ days, turnMs }: { readonly days: number; readonly turnMs: number }): Story {
  const endMs = weekStartMs + days * dayMs;
  const builds: StoryBuild[] = [];
  weekBoards.forEach((board, at) => {
    const lines = [
      { milestone: 28, everyMs: 7 * hourMs },
      { milestone: 29, everyMs: 19 * hourMs },
    ];
    for (const { milestone, everyMs } of lines) {
      let number = 0;
      // Odd minutes: nothing happens at the very moment of a turn or of an hour.
      for (let atMs = weekStartMs - 5 * hourMs + (at * 90 + 7) * 60_000; atMs < endMs; atMs += everyMs) {
        builds.push({ board, milestone, version: `39${milestone}.${number}.0`, atMs });
        number += 1;
      }
    }
  });
  const chromes: { version: string; atMs: number }[] = [{ version: '50.0.1.0_rc-r1', atMs: weekStartMs - dayMs }];
  for (let atMs = weekStartMs + 3 * hourMs + 11 * 60_000; atMs < endMs; atMs += 31 * hourMs) {
    chromes.push({ version: `50.0.${chromes.length + 1}.0_rc-r1`, atMs });
  }
  const turns: number[] = [];
  for (let atMs = weekStartMs; atMs <= endMs; atMs += turnMs) turns.push(atMs);
  return { builds: builds.sort((a, b) => a.atMs - b.atMs), chromes, turns };
}

/** The names of all suite jobs that a story asks for, by another way than the scheduler's, sorted. */
export function expectedJobs({ builds, chromes, turns }: Story): readonly string[] {
  const jobs = new Set<string>();
  const firstMs = turns[0] ?? 0;
  const lastMs = turns.at(-1) ?? 0;
  const add = (suite: string, build: StoryBuild) => jobs.add(`${nameOf(build)}-test_suites/control.${suite}`);
  const latestAt = (atMs: number, withinMs: number) =>
    weekBoards.flatMap((board) =>
      [28, 29].flatMap((milestone) => {
        const own = builds.filter((build) => build.board === board && build.milestone === milestone);
        return own.filter((build) => build.atMs <= atMs && build.atMs > atMs - withinMs).slice(-1);
      }),
    );

  // In winter the lab's clocks are 8 hours behind, and the story begins on a Monday at 09:00.
  const midnightMs = weekStartMs - 9 * hourMs;
  for (let day = 0; midnightMs + day * dayMs <= lastMs; day += 1) {
    const isTime = (hour: number) => {
      const atMs = midnightMs + day * dayMs + hour * hourMs;
      return atMs >= firstMs && atMs <= lastMs ? [atMs] : [];
    };
    for (const atMs of isTime(21)) for (const build of latestAt(atMs, dayMs)) add('bvt', build);
    for (const atMs of isTime(3)) for (const build of latestAt(atMs, dayMs)) add('power', build);
    for (const atMs of isTime(23)) {
      if (day % 7 === 3) for (const build of latestAt(atMs, 7 * dayMs)) add('faft', build);
      if (day % 7 === 1) for (const build of latestAt(atMs, 7 * dayMs)) add('bvt', build);
    }
  }

  const waiting = new Set<string>();
  turns.forEach((atMs, at) => {
    const beforeMs = turns[at - 1];
    if (beforeMs === undefined) return;
    const isNew = (one: { readonly atMs: number }) => one.atMs > beforeMs && one.atMs <= atMs;
    const fresh = builds.filter(isNew);
    const awaited = new Set(waiting);
    for (const build of fresh) {
      add('smoke', build);
      if (!awaited.has(build.board)) continue;
      add('chrome', build);
      waiting.delete(build.board);
    }
    if (chromes.some(isNew)) for (const board of weekBoards) waiting.add(board);
  });
  return [...jobs].sort();
}
