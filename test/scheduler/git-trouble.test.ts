import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chromeEbuilds, manifestVersions, type SuiteScheduler } from '../../src/index.js';
import { temporaryFolder } from '../support/git-repository.js';
import { storyBench, type StoryBench } from '../support/scheduler/in-process.js';
import { createWorld, type StoryWorld } from '../support/scheduler/killed-scheduler.js';
import { expectedJobs, hourMs, manifestOf, nameOf, storyOf } from '../support/scheduler/week.js';

const story = storyOf({ days: 1, turnMs: 2 * hourMs });

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let bench: StoryBench;
let world: StoryWorld;
beforeEach(async () => {
  folder = await temporaryFolder('git-trouble');
  bench = await storyBench({ builds: [], chromes: [] });
  world = await createWorld(folder.path, bench.lab, story);
});
afterEach(async () => {
  await bench.lab.close();
  await folder.remove();
});

type GitTrouble = 'hangs' | 'is-gone';

const flag = (trouble: GitTrouble) => join(folder.path, trouble);
const begin = (trouble: GitTrouble) => writeFile(flag(trouble), '');
const end = (trouble: GitTrouble) => rm(flag(trouble));

/** A git for which the server has trouble, as long as there is a flag that says so. */
async function troubledGit(): Promise<string> {
  const path = join(folder.path, 'git.sh');
  const script = `#!/bin/sh
case "$*" in *' fetch '*)
  if [ -e '${flag('hangs')}' ]; then exec sleep 60; fi
  if [ -e '${flag('is-gone')}' ]; then echo "fatal: the server does not appear to be a git repository" >&2; exit 128; fi
esac
exec git "$@"
`;
  await writeFile(path, script);
  await chmod(path, 0o755);
  return path;
}

async function schedulerOnGit(buildsPatienceMs: number): Promise<SuiteScheduler> {
  const clones = clonesWith(await troubledGit());
  return bench.scheduler({
    builds: manifestVersions({ repositories: [world.manifests.path], ...clones }),
    chrome: chromeEbuilds({ repository: world.ebuilds.path, ...clones }),
    buildsPatienceMs,
  });
}

function clonesWith(git: string) {
  return { folder: join(folder.path, 'clones'), clock: bench.clock, cloneForMs: 0, timeoutMs: 500, git };
}

/** What happens to the servers before a turn of the story, by its number. */
type Trouble = Readonly<Record<number, () => Promise<unknown>>>;

/** Which problems there were in any turn. */
async function goThrough(scheduler: SuiteScheduler, trouble: Trouble): Promise<readonly string[]> {
  const problems = new Set<string>();
  for (const [at, atMs] of story.turns.entries()) {
    await bench.clock.sleep(atMs - bench.clock.now());
    await trouble[at]?.();
    await world.goOn(atMs);
    await scheduler.turn();
    for (const { where } of (await scheduler.status()).problems) problems.add(where);
  }
  return [...problems].sort();
}

/** What is due when nothing was seen in some turns. */
function expectedWithout(...numbers: readonly number[]): readonly string[] {
  return expectedJobs({ ...story, turns: story.turns.filter((_, at) => !numbers.includes(at)) });
}

function newsAbout(where: string): readonly string[] {
  return bench.news.flatMap((one) => ('where' in one && one.where === where ? [one.type] : []));
}

/** The same builds in another history. */
async function pushByForce(atMs: number): Promise<void> {
  const builds = story.builds.filter((build) => build.atMs <= atMs);
  await world.manifests.rewrite(
    builds.map((build) => ({ add: [manifestOf(build)], atMs: build.atMs, text: 'another history' })),
  );
}

// Turns are at 9, 11, 13 ... o'clock, and the night's suites are due at 21 and at 3.

test('a git server that hangs over a night loses and doubles nothing, and is told (C2, C9)', async () => {
  const scheduler = await schedulerOnGit(24 * hourMs);
  const problems = await goThrough(scheduler, { 5: () => begin('hangs'), 7: () => end('hangs') });
  expect(bench.jobs()).toEqual(expectedWithout(5, 6));
  expect(problems).toEqual(['builds', 'event new_chrome', 'event nightly']);
  expect(newsAbout('builds')).toEqual(['problem', 'mended']);
  expect(newsAbout('event nightly')).toEqual(['problem', 'mended']);
});

test('a repository that vanishes and comes back with another history loses and doubles nothing (C2, C9)', async () => {
  const scheduler = await schedulerOnGit(24 * hourMs);
  const problems = await goThrough(scheduler, {
    4: () => begin('is-gone'),
    // What has come meanwhile is pushed with the rest.
    6: async () => {
      await end('is-gone');
      await pushByForce(story.turns[5] ?? 0);
    },
    9: () => pushByForce(story.turns[8] ?? 0),
  });
  expect(bench.jobs()).toEqual(expectedWithout(4, 5));
  expect(problems).toContain('builds');
  expect(newsAbout('builds')).toEqual(['problem', 'mended']);
});

test('a night whose builds cannot be had goes by those that are known, when it was patient long enough', async () => {
  const scheduler = await schedulerOnGit(3 * hourMs);
  await goThrough(scheduler, { 5: () => begin('is-gone') });
  const nightly = bench.jobs().filter((name) => name.endsWith('.bvt'));
  const known = story.builds.filter(({ atMs }) => atMs <= (story.turns[4] ?? 0));
  const latest = ['x86-mario', 'lumpy-x'].flatMap((board) =>
    [28, 29].flatMap((milestone) =>
      known.filter((build) => build.board === board && build.milestone === milestone).slice(-1),
    ),
  );
  expect(nightly).toEqual(latest.map((build) => `${nameOf(build)}-test_suites/control.bvt`).sort());
});

test('builds that an earlier process has fetched and not seen are not lost when the server is away (C2)', async () => {
  const before = await schedulerOnGit(24 * hourMs);
  const [firstMs = 0, , secondMs = 0, thirdMs = 0] = story.turns;
  await bench.clock.sleep(firstMs - bench.clock.now());
  await world.goOn(firstMs);
  await before.turn();
  await bench.clock.sleep(secondMs - bench.clock.now());
  await world.goOn(secondMs);
  // As a process does that is killed after it has fetched.
  await manifestVersions({ repositories: [world.manifests.path], ...clonesWith('git') }).refresh();
  await begin('is-gone');
  const after = await schedulerOnGit(24 * hourMs);
  await after.turn();
  await end('is-gone');
  await bench.clock.sleep(thirdMs - bench.clock.now());
  await after.turn();
  const expected = expectedJobs({ ...story, turns: [firstMs, secondMs], chromes: [] });
  expect(bench.jobs()).toEqual(expected);
  expect(expected.length).toBeGreaterThan(0);
});
