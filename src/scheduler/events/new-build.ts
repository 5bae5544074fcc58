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
}

async function look(request: EventRequest, catchUpMs: number, options?: CallOptions): Promise<EventLook> {
  const { builds, boards } = request;
  const state = readState<NewBuildState>(request.state, ({ cursor }) => typeof cursor === 'string');
  const found = await builds.passedSince({ boards, cursor: state?.cursor ?? null }, options);
  const { recent, missed } = splitByAge(found.builds, request, catchUpMs);
  const next: NewBuildState = { cursor: found.cursor };
  const occurrences = recent.length === 0 ? [] : [newBuildsOccurrence(recent, found, request.nowMs)];
  return { occurrences, missed, state: JSON.stringify(next) };
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
): { readonly recent: readonly PassedBuild[]; readonly missed: readonly MissedOccurrence[] } {
  const isLate = ({ passedAtMs }: PassedBuild) => passedAtMs !== null && passedAtMs <= nowMs - catchUpMs;
  const names = tasks.map(({ name }) => name);
  return {
    recent: builds.filter((build) => !isLate(build)),
    missed: builds
      .filter(isLate)
      .map(({ name, passedAtMs }) => ({ id: name, dueMs: passedAtMs ?? nowMs, tasks: names })),
  };
}
