import { priorities } from '../../suite/priority.js';
import type { CallOptions } from '../../clients/call-options.js';
import { BuildNameError } from '../../clients/dev-server/build-name.js';
import { passedBuild } from '../builds/passed-build.js';
import type { FoundBuilds, PassedBuild } from '../builds/types.js';
import { numberOption } from '../number-option.js';
import { isTimeMs, readState, recordsIn } from './event-state.js';
import type { EventLook, EventRequest, MissedOccurrence, Occurrence, SchedulerEvent } from './types.js';
import { unansweredOf } from './unanswered.js';

/** Options of {@link newBuildEvent} and {@link newChromeEvent}. */
export interface NewBuildEventOptions {
  /**
   * A build that passed longer ago is not tested any more, in ms (C2).
   *
   * @defaultValue 7 days
   */
  readonly catchUpMs?: number | undefined;
}

/**
 * `new_build`: a task is due for every new build of its branches. What was there before the first look is not new.
 *
 * @throws SchedulerOptionError for a time to catch up that cannot work
 */
export function newBuildEvent({ catchUpMs = 7 * 24 * 3600_000 }: NewBuildEventOptions = {}): SchedulerEvent {
  numberOption('catchUpMs', catchUpMs, { min: 1 });
  return {
    keyword: 'new_build',
    priority: priorities.PostBuild,
    timeoutMins: 12 * 60,
    catchUpMs,
    look: (request, options) => look(request, catchUpMs, options),
    skips: () => null,
  };
}

interface NewBuildState {
  readonly cursor: string;
  /** Those that were told last as too old to be tested: a clock that was ahead for a while may have been wrong. */
  readonly late: readonly PassedBuild[];
}

const maxLate = 500;

async function look(request: EventRequest, catchUpMs: number, options?: CallOptions): Promise<EventLook> {
  const { builds, boards, tasks, nowMs } = request;
  const before = newBuildState(request.state);
  const found = await builds.passedSince({ boards, cursor: before.cursor }, options);
  const names = tasks.map(({ name }) => name);
  const about = { nowMs, catchUpMs, tasksOf: () => names };
  const { recent, late, missed } = splitByAge(found.builds, about);
  // Of those that were told as missed before, some are not: the clock was put back.
  const again = splitByAge(before.late, about);
  const next: NewBuildState = { cursor: found.cursor, late: [...again.late, ...late].slice(-maxLate) };
  const occurrences = newBuildsOccurrences([...again.recent, ...recent], found, nowMs);
  return { occurrences, missed, state: JSON.stringify(next) };
}

function newBuildState(text: string | null): {
  readonly cursor: string | null;
  readonly late: readonly PassedBuild[];
} {
  const { cursor, late } = readState(text) ?? {};
  return { cursor: typeof cursor === 'string' ? cursor : null, late: recordsIn(late).flatMap(passedBuildIn) };
}

function passedBuildIn({ name, passedAtMs }: Readonly<Record<string, unknown>>): readonly PassedBuild[] {
  if (typeof name !== 'string' || !isTimeMs(passedAtMs)) return [];
  try {
    return [passedBuild(name, passedAtMs)];
  } catch (error) {
    if (error instanceof BuildNameError) return [];
    throw error;
  }
}

/** One occurrence for all builds that have come, and all boards of which that is not known; none where there is neither. */
export function newBuildsOccurrences(
  builds: readonly PassedBuild[],
  found: Pick<FoundBuilds, 'unanswered'>,
  nowMs: number,
): readonly Occurrence[] {
  const unanswered = unansweredOf(found);
  const [first] = builds;
  if (first === undefined && unanswered.length === 0) return [];
  const occurrence: Occurrence = {
    id: builds.length === 1 && first !== undefined ? first.name : `${builds.length} new builds`,
    dueMs: nowMs,
    builds,
    pick: 'every',
    boards: [...new Set([...builds, ...unanswered].map(({ board }) => board))],
    boardsByTask: null,
    unanswered,
    slot: null,
  };
  return [occurrence];
}

/** Those that are still worth testing, and those that are not, though somebody would have wanted them. */
export function splitByAge(
  builds: readonly PassedBuild[],
  {
    nowMs,
    catchUpMs,
    tasksOf,
  }: {
    readonly nowMs: number;
    readonly catchUpMs: number;
    readonly tasksOf: (build: PassedBuild) => readonly string[];
  },
): {
  readonly recent: readonly PassedBuild[];
  readonly late: readonly PassedBuild[];
  readonly missed: readonly MissedOccurrence[];
} {
  const recent: PassedBuild[] = [];
  const late: PassedBuild[] = [];
  const missed: MissedOccurrence[] = [];
  for (const build of builds) {
    const { name, passedAtMs } = build;
    const tasks = tasksOf(build);
    if (passedAtMs === null || passedAtMs > nowMs - catchUpMs) {
      recent.push(build);
    } else {
      late.push(build);
      if (tasks.length > 0) missed.push({ id: name, dueMs: passedAtMs, tasks });
    }
  }
  return { recent, late, missed };
}
