import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { embeddedLab, VirtualClock, type EmbeddedLab } from '../../../src/testing/index.js';
import { createRepository, type TestRepository } from '../git-repository.js';
import type { KillableSchedulerOptions, SchedulerKill } from './killable-scheduler.js';
import type { TurnOutcome } from './scheduler-child.js';
import { hourMs, manifestOf, nameOf, suites, weekBoards, weekStartMs, type Story } from './week.js';

/** What became of a scheduler whose process was killed again and again. */
export interface KilledSchedulerStory {
  /** How often the process was really killed. */
  readonly kills: number;
  /** How many turns came to their end. */
  readonly turns: number;
  /** What the last process has done: requests, changes of files, runs of git. */
  readonly effects: number;
  /** The names of the suite jobs at the AFE, sorted; one that was made twice is there twice. */
  readonly jobs: readonly string[];
  /** What did not work in turns that came to their end. */
  readonly problems: ReadonlySet<string>;
}

/**
 * Owns lab, HTTP, repositories and clock, and has each turn taken by a process that is killed by SIGKILL once for each of
 * the kills and then is followed by another one, which begins the turn anew. Of several that share a lease all are told
 * to take each turn, at once, and another time until one of them has.
 */
export async function killedScheduler(
  folder: string,
  story: Story,
  kills: readonly SchedulerKill[],
  sharers: readonly (string | null)[] = [null],
): Promise<KilledSchedulerStory> {
  const program = await bundledChild(folder);
  const clock = new VirtualClock({ startMs: weekStartMs, autoAdvance: false, patienceMs: 0 });
  const lab = await weekLab(clock);
  const left = [...kills];
  let killed = 0;
  let turns = 0;
  let effects = 0;
  const running = new Map<string | null, RunningScheduler>();
  const problems = new Set<string>();
  try {
    const { afe } = await lab.listen();
    const world = await createWorld(folder, lab, story);
    const { manifests, ebuilds } = world;
    const options = { afe, manifests: manifests.path, ebuilds: ebuilds.path, folder: join(folder, 'state') };
    const lastMs = story.turns.at(-1) ?? weekStartMs;
    // What nobody knew the fate of is settled afterwards.
    const times = [...story.turns, ...[1, 2, 3, 4, 5].map((hours) => lastMs + hours * hourMs)];
    for (const atMs of times) {
      await clock.advance(atMs - clock.now());
      await world.goOn(Math.min(atMs, lastMs));
      const turn = async (shares: string | null) => {
        const kill = () => left.shift() ?? null;
        const scheduler =
          running.get(shares) ?? (await start(program, { ...options, shares, startMs: atMs, kill: kill() }));
        running.set(shares, scheduler);
        const outcome = await takeTurn(scheduler, atMs);
        if (outcome === 'killed') running.delete(shares);
        return outcome;
      };
      for (let isTaken = false; !isTaken;) {
        for (const outcome of await Promise.all(sharers.map(turn))) {
          if (outcome === 'killed') killed += 1;
          if (typeof outcome === 'string') continue;
          turns += 1;
          effects = outcome.effects;
          for (const problem of outcome.problems) problems.add(problem);
          isTaken = true;
        }
      }
    }
    return { kills: killed, turns, effects, jobs: suiteJobs(lab), problems };
  } finally {
    for (const { child, ended } of running.values()) {
      ended.catch(() => {});
      child.kill('SIGKILL');
    }
    await lab.close();
  }
}

/** The names of the suite jobs, sorted; one that was made twice is there twice. */
export function suiteJobs(lab: EmbeddedLab): readonly string[] {
  return lab
    .jobs()
    .map(({ name }) => name)
    .sort();
}

/** The lab of the stories: two boards, and no builds yet. */
export async function weekLab(clock: VirtualClock): Promise<EmbeddedLab> {
  const builder = embeddedLab({ clock, runSuite: async () => {} });
  for (const board of weekBoards) builder.board(board, { hosts: 2, pool: 'bvt' });
  return await builder.start();
}

/** The builds and the versions of Chrome of a story as they come. */
export interface StoryWorld {
  readonly manifests: TestRepository;
  readonly ebuilds: TestRepository;
  /** Has happen what happens up to a time. */
  goOn(atMs: number): Promise<void>;
}

export async function createWorld(folder: string, lab: EmbeddedLab, story: Story): Promise<StoryWorld> {
  await mkdir(folder, { recursive: true });
  const manifests = await createRepository(join(folder, 'manifests.git'));
  const ebuilds = await createRepository(join(folder, 'ebuilds.git'));
  const controlFiles = Object.fromEntries(
    suites.map((suite) => [`test_suites/control.${suite}`, `NAME = '${suite}'\n`]),
  );
  let beforeMs = -Infinity;
  return {
    manifests,
    ebuilds,
    async goOn(atMs) {
      const isNew = (one: { readonly atMs: number }) => one.atMs > beforeMs && one.atMs <= atMs;
      const builds = story.builds.filter(isNew);
      for (const one of builds) await lab.addBuild(nameOf(one), { controlFiles, stagingMs: 0 });
      await manifests.commit(builds.map((one) => ({ add: [manifestOf(one)], atMs: one.atMs })));
      const chromes = story.chromes.filter(isNew);
      const ebuildOf = (version: string) => `chromeos-base/chromeos-chrome/chromeos-chrome-${version}.ebuild`;
      await ebuilds.commit(chromes.map((one) => ({ add: [ebuildOf(one.version)], atMs: one.atMs })));
      beforeMs = atMs;
    },
  };
}

/** One file, so that a process is there in a moment. */
async function bundledChild(folder: string): Promise<string> {
  const outfile = join(folder, 'scheduler-child.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('scheduler-child.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outfile;
}

/** A process of the scheduler, and its end. */
interface RunningScheduler {
  readonly child: ChildProcess;
  /** Resolves when it was killed, and rejects when it ended in any other way. */
  readonly ended: Promise<'killed'>;
}

async function start(program: string, options: KillableSchedulerOptions): Promise<RunningScheduler> {
  const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const;
  const child = fork(program, [JSON.stringify(options)], { stdio: [...stdio], execArgv: [] });
  const ended = endOf(child);
  await Promise.race([once(child, 'message'), ended]);
  return { child, ended };
}

async function takeTurn({ child, ended }: RunningScheduler, atMs: number): Promise<TurnOutcome | 'killed'> {
  const answer = once(child, 'message') as Promise<[TurnOutcome]>;
  child.send(atMs);
  const outcome = await Promise.race([answer, ended]);
  return outcome === 'killed' ? 'killed' : outcome[0];
}

async function endOf(child: ChildProcess): Promise<'killed'> {
  const [code, signal] = (await once(child, 'exit')) as [code: number | null, signal: string | null];
  if (signal === 'SIGKILL') return 'killed';
  throw new Error(`the scheduler ended with ${String(signal ?? code)}`);
}
