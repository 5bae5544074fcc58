import { compareVersions } from '../../clients/dev-server/loose-version.js';
import type { BuildIndex } from './build-index.js';
import { isRecord } from './cursor.js';
import { compareByAge } from './passed-build.js';
import type { PassedBuild } from './types.js';

/** How far the builds of a board have been told, where a server is asked for what it has now. */
export interface BoardMark {
  /** The latest time of a build, by the clock of the server. */
  readonly atMs: number;
  /** The names of the builds of the last minutes before that time. */
  readonly recent: readonly string[];
  /** `<type>/R<milestone>` → the highest version, of builds whose time is not known. */
  readonly latest: Readonly<Record<string, string>>;
}

/** The builds of a board that are new behind its mark, oldest first. */
export function newBehind(mark: BoardMark, index: BuildIndex): readonly PassedBuild[] {
  const recent = new Set(mark.recent);
  const isNew = (build: PassedBuild) => {
    // Several machines give the times, so that one may come a little before another that is seen already.
    if (build.passedAtMs !== null) return build.passedAtMs > mark.atMs - marginMs && !recent.has(build.name);
    const told = mark.latest[branchOf(build)];
    return isLatest(index, build) && (told === undefined || compareVersions(build.version, told) > 0);
  };
  return [...index.all()].filter(isNew).sort(compareByAge);
}

/** The mark behind all builds of a board. What was told before is not forgotten because the server has no more of it. */
export function markOf(index: BuildIndex, former: BoardMark = noMark): BoardMark {
  let { atMs } = former;
  for (const { passedAtMs } of index.all()) atMs = Math.max(atMs, passedAtMs ?? atMs);
  const recent = new Set<string>(atMs - former.atMs < marginMs ? former.recent : []);
  const latest: Record<string, string> = { ...former.latest };
  for (const build of index.all()) {
    if (build.passedAtMs !== null) {
      if (build.passedAtMs > atMs - marginMs) recent.add(build.name);
      continue;
    }
    const branch = branchOf(build);
    const told = latest[branch];
    if (told === undefined || compareVersions(build.version, told) > 0) latest[branch] = build.version;
  }
  return { atMs, recent: [...recent], latest };
}

/** Reads a mark; undefined for what is none. */
export function readMark(value: unknown): BoardMark | undefined {
  if (!isRecord(value)) return undefined;
  const { atMs, recent, latest } = value;
  if (typeof atMs !== 'number' || !Array.isArray(recent) || !isRecord(latest)) return undefined;
  return {
    atMs,
    recent: recent.filter((name): name is string => typeof name === 'string'),
    latest: Object.fromEntries(
      Object.entries(latest).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
    ),
  };
}

/** Before all builds. */
export const noMark: BoardMark = { atMs: 0, recent: [], latest: {} };

const marginMs = 15 * 60_000;

function isLatest(index: BuildIndex, { board, type, milestone, name }: PassedBuild): boolean {
  return index.latest({ board, type, milestone })?.name === name;
}

function branchOf({ type, milestone }: PassedBuild): string {
  return `${type}/R${String(milestone)}`;
}
