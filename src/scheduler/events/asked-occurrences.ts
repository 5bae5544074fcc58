import type { CallOptions } from '../../clients/call-options.js';
import { isTextList, isTimeMs, readState, recordsIn } from './event-state.js';
import type { OwnEvent } from './own-event.js';
import type { EventLook, EventRequest, MissedOccurrence, Occurrence } from './types.js';
import { unansweredOf } from './unanswered.js';

/** An occurrence that somebody has asked for and that has not been handled yet. */
export interface AskedOccurrence {
  readonly id: string;
  readonly atMs: number;
  /** Only these boards are left; absent: all. */
  readonly boards?: readonly string[] | undefined;
}

/** What was asked for, of the state of an event. */
export function askedOf(state: string | null): readonly AskedOccurrence[] {
  return recordsIn(readState(state)?.asked).flatMap(({ id, atMs, boards }): AskedOccurrence[] =>
    typeof id === 'string' && isTimeMs(atMs) ? [{ id, atMs, ...(isTextList(boards) ? { boards } : {}) }] : [],
  );
}

/** What is to be done for them, and which are left because boards went unanswered. */
export async function lookAtAsked(
  asked: readonly AskedOccurrence[],
  { nowMs, tasks, boards, builds }: EventRequest,
  { catchUpMs, buildsWithinMs }: OwnEvent,
  options: CallOptions | undefined,
): Promise<Omit<EventLook, 'state'> & { readonly left: readonly AskedOccurrence[] }> {
  const occurrences: Occurrence[] = [];
  const missed: MissedOccurrence[] = [];
  const left: AskedOccurrence[] = [];
  for (const { id, atMs, boards: only = null } of asked) {
    if (atMs <= nowMs - catchUpMs) {
      if (tasks.length > 0) missed.push({ id, dueMs: atMs, tasks: tasks.map(({ name }) => name) });
      continue;
    }
    const range = { boards: only ?? boards, afterMs: atMs - buildsWithinMs, upToMs: atMs };
    const found = await builds.passedBetween(range, options);
    const unanswered = unansweredOf(found);
    occurrences.push({
      ...{ id, dueMs: atMs, builds: found.builds, boards: only, unanswered },
      ...{ pick: 'latest', buildsWithinMs, boardsByTask: null, slot: null },
    });
    if (unanswered.length > 0) left.push({ id, atMs, boards: unanswered.map(({ board }) => board) });
  }
  return { occurrences, missed, left };
}
