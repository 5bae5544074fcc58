import type { BuildOptions, HostOptions } from './lab-description.js';
import { isBuildFor } from './build-board.js';
import { testsOfSuites, type DescribedTest } from './described-test.js';

/** A suite as it was described: its name, and its tests. */
export type DescribedSuite = readonly [suite: string, tests: readonly (string | DescribedTest)[]];

/**
 * The builds of a lab that was described with suites: they are in every build, and a board for which no build was
 * described has one.
 */
export function buildsWithSuites(
  builds: ReadonlyMap<string, BuildOptions>,
  boards: Iterable<string>,
  suites: readonly DescribedSuite[],
): ReadonlyMap<string, BuildOptions> {
  if (suites.length === 0) return builds;
  // Builds that have these tests alone share the list, by which they are known to have the same files.
  const tests = testsOfSuites(suites);
  const all = new Map<string, BuildOptions>();
  for (const board of boards) {
    if (![...builds.keys()].some((name) => isBuildFor(name, board)))
      all.set(`${board}-release/${usualVersion}`, { tests });
  }
  for (const [name, options] of builds) {
    all.set(name, { ...options, tests: options.tests === undefined ? tests : [...tests, ...options.tests] });
  }
  return all;
}

/** The boards that were described: by themselves, or as those of hosts. */
export function boardsOf(described: {
  readonly boards: Iterable<string>;
  readonly hosts: Iterable<HostOptions>;
}): Set<string> {
  const boards = new Set(described.boards);
  for (const { board } of described.hosts) if (board !== undefined) boards.add(board);
  return boards;
}

/** The boards of a lab that was described with suites and without a board: those that its builds are for. */
export function usualBoards(builds: Iterable<string>): ReadonlySet<string> {
  const boards = [...builds].flatMap((name) => /^(.+)-[^-/]+\//.exec(name)?.[1] ?? []);
  return new Set(boards.length > 0 ? boards : ['x86-mario']);
}

/** How many hosts each of them has. */
export const usualHosts = 4;

const usualVersion = 'R19-1998.0.0';
