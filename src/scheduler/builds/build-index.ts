import { compareByAge, compareByVersion } from './passed-build.js';
import type { PassedBuild } from './types.js';

/** Builds in memory, in the ways in which they are asked for. Each name counts once, as it was added first. */
export class BuildIndex {
  readonly #byName = new Map<string, PassedBuild>();
  /** Board → type → milestone → the build of the highest version. */
  readonly #latest = new Map<string, Map<string, Map<number, PassedBuild>>>();
  /** Those whose time is known. */
  readonly #timed: PassedBuild[] = [];
  #isSorted = true;

  constructor(builds: Iterable<PassedBuild> = []) {
    for (const build of builds) this.add(build);
  }

  /** False for a name that is there already. */
  add(build: PassedBuild): boolean {
    if (this.#byName.has(build.name)) return false;
    this.#byName.set(build.name, build);
    if (build.passedAtMs !== null) {
      this.#timed.push(build);
      this.#isSorted = false;
    }
    const milestones = entry(
      entry(this.#latest, build.board, newMap<string, Map<number, PassedBuild>>),
      build.type,
      newMap<number, PassedBuild>,
    );
    const latest = milestones.get(build.milestone);
    if (latest === undefined || compareByVersion(build, latest) > 0) milestones.set(build.milestone, build);
    return true;
  }

  get(name: string): PassedBuild | undefined {
    return this.#byName.get(name);
  }

  /** All, in the order in which they were added. */
  all(): Iterable<PassedBuild> {
    return this.#byName.values();
  }

  /** All, oldest first. */
  inOrder(): readonly PassedBuild[] {
    return [...this.#byName.values()].sort(compareByAge);
  }

  /** Those that passed after one time and not after another, and the latest ones of those whose time is not known. */
  passedBetween(request: {
    readonly boards: readonly string[];
    readonly afterMs: number;
    readonly upToMs: number;
  }): readonly PassedBuild[] {
    const boards = new Set(request.boards);
    const found: PassedBuild[] = [];
    for (const board of boards) {
      for (const build of this.#latestOf(board)) if (build.passedAtMs === null) found.push(build);
    }
    const timed = this.#timedInOrder();
    for (let at = firstAfter(timed, request.afterMs); at < timed.length; at += 1) {
      const build = timed[at];
      if (build === undefined || (build.passedAtMs ?? 0) > request.upToMs) break;
      if (boards.has(build.board)) found.push(build);
    }
    return found.sort(compareByAge);
  }

  /** The highest version of a milestone, or of the highest milestone. */
  latest(request: {
    readonly board: string;
    readonly type: string;
    readonly milestone?: number | undefined;
  }): PassedBuild | null {
    const milestones = this.#latest.get(request.board)?.get(request.type);
    if (milestones === undefined) return null;
    return milestones.get(request.milestone ?? Math.max(...milestones.keys())) ?? null;
  }

  /** Of builds that are neither factory nor firmware, whose milestones are branch points of long ago. */
  highestMilestone(): number | null {
    let highest: number | null = null;
    for (const types of this.#latest.values()) {
      for (const [type, milestones] of types) {
        if (type === 'factory' || type === 'firmware') continue;
        for (const milestone of milestones.keys()) highest = Math.max(highest ?? milestone, milestone);
      }
    }
    return highest;
  }

  *#latestOf(board: string): Iterable<PassedBuild> {
    for (const milestones of this.#latest.get(board)?.values() ?? []) yield* milestones.values();
  }

  #timedInOrder(): readonly PassedBuild[] {
    // Nearly in order already, which makes the sort a walk.
    if (!this.#isSorted) this.#timed.sort(compareByAge);
    this.#isSorted = true;
    return this.#timed;
  }
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function newMap<K, V>(): Map<K, V> {
  return new Map();
}

/** Where the builds begin that passed after a time. */
function firstAfter(builds: readonly PassedBuild[], afterMs: number): number {
  let low = 0;
  let high = builds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((builds[middle]?.passedAtMs ?? 0) > afterMs) high = middle;
    else low = middle + 1;
  }
  return low;
}
