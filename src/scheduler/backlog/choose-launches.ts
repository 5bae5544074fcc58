import { BuildNameError, parseBuildName } from '../../clients/dev-server/build-name.js';
import { compareVersions } from '../../clients/dev-server/loose-version.js';
import type { LaunchRecord } from '../ledger/types.js';
import type { SuiteTask } from '../task.js';

/** How many suites may be started in a turn (C10). What is left out has no limit. */
export interface LaunchLimits {
  /** @defaultValue no limit */
  readonly perTurn?: number | undefined;
  /** @defaultValue no limit */
  readonly perBoard?: number | undefined;
  /** Suites without a pool count as one pool. @defaultValue no limit */
  readonly perPool?: number | undefined;
}

/** What is to be done with the suites that are due. */
export interface ChosenLaunches {
  /** To be started now, in this order. */
  readonly now: readonly LaunchRecord[];
  /** Their time is over. */
  readonly expired: readonly LaunchRecord[];
  /** A newer build of the branch is due too, and the task wants the newest only. */
  readonly superseded: readonly LaunchRecord[];
  /** To be started in a later turn. */
  readonly later: readonly LaunchRecord[];
}

/**
 * Chooses among the suites that are due those that are started in this turn: the oldest first, as many as the limits
 * allow; of a task that wants its newest builds first, or only, the newer ones take the places of the older ones.
 *
 * @param due - by `dueMs`
 */
export function chooseLaunches(
  due: readonly LaunchRecord[],
  {
    nowMs,
    tasks,
    limits,
  }: { readonly nowMs: number; readonly tasks: readonly SuiteTask[]; readonly limits: LaunchLimits },
): ChosenLaunches {
  const expired = due.filter(({ expiresAtMs }) => expiresAtMs <= nowMs);
  const alive = due.filter(({ expiresAtMs }) => expiresAtMs > nowMs);
  const policies = new Map(tasks.map(({ name, buildPolicy }) => [name, buildPolicy]));
  const policyOf = ({ launch }: LaunchRecord) => policies.get(launch.task) ?? 'oldest-first';

  const newest = newestOf(alive.filter((record) => policyOf(record) === 'newest-only'));
  const isSuperseded = (record: LaunchRecord) => policyOf(record) === 'newest-only' && !newest.has(record);
  const superseded = alive.filter(isSuperseded);
  const ordered = newestFirst(
    alive.filter((record) => !isSuperseded(record)),
    (record) => policyOf(record) === 'newest-first',
  );

  const counts = new Counts(limits);
  const now: LaunchRecord[] = [];
  const later: LaunchRecord[] = [];
  for (const record of ordered) {
    // What was put off by a clock that was ahead and has been put back is not waited for.
    const isTime = record.notBeforeMs <= nowMs || record.changedAtMs > nowMs;
    (isTime && counts.take(record) ? now : later).push(record);
  }
  return { now, expired, superseded, later };
}

class Counts {
  readonly #limits: LaunchLimits;
  readonly #taken = new Map<string, number>();

  constructor(limits: LaunchLimits) {
    this.#limits = limits;
  }

  take({ launch }: LaunchRecord): boolean {
    const { perTurn = Infinity, perBoard = Infinity, perPool = Infinity } = this.#limits;
    const places = [
      ['turn', perTurn],
      [`board ${launch.board}`, perBoard],
      [`pool ${launch.pool ?? ''}`, perPool],
    ] as const;
    if (places.some(([place, limit]) => this.#count(place) >= limit)) return false;
    for (const [place] of places) this.#taken.set(place, this.#count(place) + 1);
    return true;
  }

  #count(place: string): number {
    return this.#taken.get(place) ?? 0;
  }
}

/** The records in an order in which those of one task and board that want it so come from the newest to the oldest. */
function newestFirst(
  records: readonly LaunchRecord[],
  isWanted: (record: LaunchRecord) => boolean,
): readonly LaunchRecord[] {
  const groups = new Map<string, LaunchRecord[]>();
  const groupOf = ({ launch }: LaunchRecord) => `${launch.task}\n${launch.board}`;
  for (const record of records.filter(isWanted)) {
    groups.set(groupOf(record), [...(groups.get(groupOf(record)) ?? []), record]);
  }
  return records.map((record) => (isWanted(record) ? (groups.get(groupOf(record))?.pop() ?? record) : record));
}

/** That of the newest build of each task, board and branch; of the same build, the one that was due last. */
function newestOf(records: readonly LaunchRecord[]): ReadonlySet<LaunchRecord> {
  const newest = new Map<string, { readonly record: LaunchRecord; readonly place: BuildPlace }>();
  for (const record of records) {
    const { task, board, testSourceBuild } = record.launch;
    const place = placeOf(testSourceBuild);
    const line = `${task}\n${board}\n${place.line}`;
    const known = newest.get(line);
    if (known === undefined || compareVersions(place.version, known.place.version) >= 0) {
      newest.set(line, { record, place });
    }
  }
  return new Set([...newest.values()].map(({ record }) => record));
}

/** Where a build stands among others. */
interface BuildPlace {
  /** What builds that follow each other have in common. */
  readonly line: string;
  /** By which they follow each other. */
  readonly version: string;
}

function placeOf(build: string): BuildPlace {
  try {
    const { board, type, milestone, version } = parseBuildName(build);
    const isBranch = type === 'factory' || type === 'firmware';
    const place = `${board}-${type}`;
    if (isBranch) return { line: place, version: `${milestone ?? ''}.${version ?? ''}` };
    return { line: `${place}/R${milestone ?? ''}`, version: version ?? '' };
  } catch (error) {
    if (error instanceof BuildNameError) return { line: build, version: '' };
    throw error;
  }
}
