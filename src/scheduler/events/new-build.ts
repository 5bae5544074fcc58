import { priorities } from '../../suite/priority.js';
import type { CallOptions } from '../../clients/call-options.js';
import type { FoundBuilds, PassedBuild } from '../builds/types.js';
import { readState } from './event-state.js';
import type { EventLook, EventRequest, MissedOccurrence, Occurrence, SchedulerEvent } from './types.js';

export interface NewBuildEventOptions {
  /**
   * A build that passed longer ago is not tested any more, in ms (C2).
   *
   * @defaultValue 7 days
   */
  readonly catchUpMs?: number | undefined;
}

/** `new_build`: a task is due for every new build of its branches. What was there before the first look is not new. */
export function newBuildEvent({ catchUpMs = 7 * 24 * 3600_000 }: NewBuildEventOptions = {}): SchedulerEvent {
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
  readonly late?: readonly PassedBuild[];
}

const maxLate = 500;

async function look(request: EventRequest, catchUpMs: number, options?: CallOptions): Promise<EventLook> {
  const { builds, boards } = request;
  const state = readState<NewBuildState>(request.state, isNewBuildState);
  const found = await builds.passedSince({ boards, cursor: state?.cursor ?? null }, options);
  const { recent, late, missed } = splitByAge(found.builds, request, catchUpMs);
  const before = splitByAge(state?.late ?? [], request, catchUpMs);
  const next: NewBuildState = { cursor: found.cursor, late: [...before.late, ...late].slice(-maxLate) };
  const due = [...before.recent, ...recent];
  const occurrences = due.length === 0 ? [] : [newBuildsOccurrence(due, found, request.nowMs)];
  return { occurrences, missed, state: JSON.stringify(next) };
}

function isNewBuildState({ cursor, late = [] }: NewBuildState): boolean {
  return typeof cursor === 'string' && Array.isArray(late);
}

/** One occurrence for all builds that have come. */
export function newBuildsOccurrence(
  builds: readonly PassedBuild[],
  { unanswered }: FoundBuilds,
  nowMs: number,
): Occurrence {
  return {
    id: builds.length === 1 ? (builds[0]?.name ?? '') : `${builds.length} new builds`,
    dueMs: nowMs,
    builds,
    pick: 'every',
    boards: [...new Set(builds.map(({ board }) => board))],
    boardsByTask: null,
    unanswered: unanswered.map(({ board, error }) => ({
      board,
      problem: error instanceof Error ? error.message : String(error),
    })),
    slot: null,
  };
}

/** Those that are still worth testing, and those that are not. */
export function splitByAge(
  builds: readonly PassedBuild[],
  { nowMs, tasks }: EventRequest,
  catchUpMs: number,
): {
  readonly recent: readonly PassedBuild[];
  readonly late: readonly PassedBuild[];
  readonly missed: readonly MissedOccurrence[];
} {
  const isLate = ({ passedAtMs }: PassedBuild) => passedAtMs !== null && passedAtMs <= nowMs - catchUpMs;
  const names = tasks.map(({ name }) => name);
  const late = builds.filter(isLate);
  return {
    recent: builds.filter((build) => !isLate(build)),
    late,
    missed: late.map(({ name, passedAtMs }) => ({ id: name, dueMs: passedAtMs ?? nowMs, tasks: names })),
  };
}
