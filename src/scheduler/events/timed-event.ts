import type { CallOptions } from '../../clients/call-options.js';
import type { EventSettings } from '../config/types.js';
import type { Reason } from '../decide/reason.js';
import type { SuiteTask } from '../task.js';
import { readState } from './event-state.js';
import { addSpan, endOf, isTimeSpans, spansLeft, spansUpTo, type TimeSpans } from './time-spans.js';
import type {
  EventLook,
  EventRequest,
  MissedOccurrence,
  Occurrence,
  SchedulerEvent,
  TimeRange,
  UpcomingOccurrence,
} from './types.js';

/** A time at which an event is due. */
export interface Slot {
  readonly ms: number;
  readonly id: string;
  /** See `Occurrence.slot`. */
  readonly slot: number | null;
}

/** What one event that goes by the time has of its own. */
export interface TimedEventParts {
  readonly keyword: string;
  readonly priority: number;
  readonly timeoutMins: number;
  readonly catchUpMs: number;
  /** Builds that passed within this time before a slot are tested, the latest of each branch. */
  readonly buildsWithinMs: number;
  /** When it is due, in order; nothing twice. */
  slots(tasks: readonly SuiteTask[], range: TimeRange, settings: EventSettings): readonly Slot[];
  /** The slot that a moment lies in, for an event that is handled in every turn. */
  slotAt(ms: number): Slot;
  skips(task: SuiteTask, slot: number | null, settings: EventSettings): Reason | null;
}

/**
 * An event that occurs at times which can be told beforehand. How far it has been handled is kept, so that after a stop
 * each time is handled that was missed; with the builds that there were then: a stop changes when a suite is started,
 * not which.
 */
export function timedEvent(parts: TimedEventParts): SchedulerEvent {
  const { keyword, priority, timeoutMins, catchUpMs } = parts;
  return {
    ...{ keyword, priority, timeoutMins, catchUpMs },
    look: (request, options) => look(parts, request, options),
    skips: (task, { slot }, settings) => parts.skips(task, slot, settings),
    upcoming: (tasks, range, settings) => upcoming(parts, tasks, range, settings),
  };
}

interface TimedState {
  /** It is not asked for times up to this one: that is when it was first looked at. */
  readonly sinceMs: number;
  /** All slots in these have been handled, but for those that are open. */
  readonly handled: TimeSpans;
  /** All slots in these that were not handled have been told as missed. */
  readonly told: TimeSpans;
  readonly open: readonly { readonly dueMs: number; readonly boards: readonly string[] }[];
}

async function look(parts: TimedEventParts, request: EventRequest, options?: CallOptions): Promise<EventLook> {
  const { nowMs, tasks, settings } = request;
  const before = timedState(request.state, nowMs);
  const slots = slotsToHandle(parts, request, before);
  const isLate = (dueMs: number) => dueMs <= nowMs - parts.catchUpMs;

  const occurrences: Occurrence[] = [];
  const missed: MissedOccurrence[] = [];
  for (const { dueMs, boards } of before.open) {
    const slot = parts.slotAt(dueMs);
    if (isLate(dueMs)) missed.push(missedAt(parts, request, slot));
    else occurrences.push(await occurrenceAt(parts, request, slot, boards, options));
  }
  for (const slot of slots) {
    if (isLate(slot.ms)) missed.push(missedAt(parts, request, slot));
    else occurrences.push(await occurrenceAt(parts, request, slot, null, options));
  }
  if (settings.alwaysHandle === true && !slots.some(({ ms }) => ms === nowMs)) {
    occurrences.push(await occurrenceAt(parts, request, { ...parts.slotAt(nowMs), ms: nowMs }, null, options));
  }

  const open = occurrences
    .filter(({ unanswered }) => unanswered.length > 0)
    .map(({ dueMs, unanswered }) => ({ dueMs, boards: unanswered.map(({ board }) => board) }));
  const state: TimedState = { ...stepTo(before, nowMs, parts.catchUpMs), open };
  return { occurrences, missed, state: JSON.stringify(state) };
}

/**
 * Slots up to now that were neither handled nor, being too late, told as missed. A clock that leaps ahead for a while has
 * slots told as missed that are not too late when it is put back, and are handled then.
 */
function slotsToHandle(
  { slots, catchUpMs }: TimedEventParts,
  { nowMs, tasks, settings }: EventRequest,
  { sinceMs, handled, told }: TimedState,
): readonly Slot[] {
  const ranges = spansLeft([sinceMs, nowMs], handled).flatMap((span) =>
    spansLeft(span, spansUpTo(told, nowMs - catchUpMs)),
  );
  return ranges.flatMap(([afterMs, upToMs]) => slots(tasks, { afterMs, upToMs }, settings));
}

function stepTo({ sinceMs, handled, told }: TimedState, nowMs: number, catchUpMs: number): Omit<TimedState, 'open'> {
  const lateMs = Math.max(sinceMs, nowMs - catchUpMs);
  const late = spansLeft([sinceMs, lateMs], handled);
  return {
    sinceMs,
    handled: addSpan(handled, [lateMs, Math.max(lateMs, nowMs)]),
    told: late.reduce(addSpan, told),
  };
}

/**
 * A clock that is put back finds its hours handled already. One that was far ahead for a while, by mistake, must not
 * keep the event from occurring until that time has come.
 */
function timedState(text: string | null, nowMs: number): TimedState {
  const state = readState<TimedState>(
    text,
    ({ sinceMs, handled, told, open }) =>
      Number.isFinite(sinceMs) && isTimeSpans(handled) && isTimeSpans(told) && Array.isArray(open),
  );
  if (state === null) return { sinceMs: nowMs - 1, handled: [], told: [], open: [] };
  const wasFarAhead = endOf(state.handled) > nowMs + maxAheadMs;
  return {
    sinceMs: Math.min(state.sinceMs, nowMs - 1),
    handled: wasFarAhead ? spansUpTo(state.handled, nowMs) : state.handled,
    told: spansUpTo(state.told, nowMs),
    open: state.open.filter(({ dueMs }) => dueMs <= nowMs + maxAheadMs),
  };
}

const maxAheadMs = 36 * 3600_000;

function missedAt(parts: TimedEventParts, { tasks, settings }: EventRequest, slot: Slot): MissedOccurrence {
  const meant = tasks.filter((task) => parts.skips(task, slot.slot, settings) === null);
  return { id: slot.id, dueMs: slot.ms, tasks: meant.map(({ name }) => name) };
}

async function occurrenceAt(
  { buildsWithinMs }: TimedEventParts,
  { builds, boards }: EventRequest,
  { ms, id, slot }: Slot,
  only: readonly string[] | null,
  options: CallOptions | undefined,
): Promise<Occurrence> {
  const asked = only === null ? boards : only.filter((board) => boards.includes(board));
  const range = { boards: asked, afterMs: ms - buildsWithinMs, upToMs: ms };
  const found = await builds.passedBetween(range, options);
  return {
    ...{ id, dueMs: ms, slot },
    builds: found.builds,
    pick: 'latest',
    boards: only,
    boardsByTask: null,
    unanswered: found.unanswered.map(({ board, error }) => ({ board, problem: problemOf(error) })),
  };
}

function problemOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function upcoming(
  parts: TimedEventParts,
  tasks: readonly SuiteTask[],
  range: TimeRange,
  settings: EventSettings,
): readonly UpcomingOccurrence[] {
  return parts
    .slots(tasks, range, settings)
    .flatMap(({ ms, slot }) =>
      tasks.filter((task) => parts.skips(task, slot, settings) === null).map(({ name }) => ({ task: name, dueMs: ms })),
    );
}
