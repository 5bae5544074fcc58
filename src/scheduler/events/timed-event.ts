import type { CallOptions } from '../../clients/call-options.js';
import type { EventSettings } from '../config/types.js';
import type { Reason } from '../decide/reason.js';
import type { SuiteTask } from '../task.js';
import { isTextList, isTimeMs, readState, recordsIn } from './event-state.js';
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
import { unansweredOf } from './unanswered.js';

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
  readonly open: readonly OpenSlot[];
}

/** A slot that is left for boards whose builds could not be had. */
interface OpenSlot extends Slot {
  readonly boards: readonly string[];
}

async function look(parts: TimedEventParts, request: EventRequest, options?: CallOptions): Promise<EventLook> {
  const { nowMs, settings } = request;
  const before = timedState(request.state, nowMs);
  const slots = slotsToHandle(parts, request, before);
  const due = [...before.open, ...slots.map((slot) => ({ ...slot, boards: null }))];
  const isLate = ({ ms }: Slot) => ms <= nowMs - parts.catchUpMs;

  const occurrences: Occurrence[] = [];
  const open: OpenSlot[] = [];
  for (const { boards, ...slot } of due.filter((one) => !isLate(one))) {
    const occurrence = await occurrenceAt(parts, request, slot, boards, options);
    occurrences.push(occurrence);
    const left = occurrence.unanswered.map(({ board }) => board);
    if (left.length > 0) open.push({ ...slot, boards: left });
  }
  if (settings.alwaysHandle === true && !slots.some(({ ms }) => ms === nowMs)) {
    // It comes again in the next turn, whatever is unanswered.
    occurrences.push(await occurrenceAt(parts, request, parts.slotAt(nowMs), null, options));
  }
  const missed = due.filter(isLate).map((slot) => missedAt(parts, request, slot));
  const state: TimedState = { ...stepTo(before, nowMs, parts.catchUpMs), open };
  return { occurrences, missed: missed.filter((one) => one.tasks.length > 0), state: JSON.stringify(state) };
}

/**
 * Slots up to now that were neither handled nor, being too late, told as missed. A clock that leaps ahead for a while has
 * slots told as missed that are not too late when it is put back, and are handled then.
 */
function slotsToHandle(
  parts: TimedEventParts,
  { nowMs, tasks, settings }: EventRequest,
  { sinceMs, handled, told }: TimedState,
): readonly Slot[] {
  const { catchUpMs } = parts;
  const ranges = spansLeft([earliestMs(sinceMs, nowMs, catchUpMs), nowMs], handled).flatMap((span) =>
    spansLeft(span, spansUpTo(told, nowMs - catchUpMs)),
  );
  return ranges.flatMap(([afterMs, upToMs]) => parts.slots(tasks, { afterMs, upToMs }, settings));
}

function stepTo({ sinceMs, handled, told }: TimedState, nowMs: number, catchUpMs: number): Omit<TimedState, 'open'> {
  const lateMs = Math.max(sinceMs, nowMs - catchUpMs);
  const late = spansLeft([earliestMs(sinceMs, nowMs, catchUpMs), lateMs], handled);
  return {
    sinceMs,
    handled: addSpan(handled, [lateMs, Math.max(lateMs, nowMs)]),
    told: late.reduce(addSpan, told),
  };
}

/** After years without a turn not each of their hours is told. */
function earliestMs(sinceMs: number, nowMs: number, catchUpMs: number): number {
  return Math.max(sinceMs, nowMs - catchUpMs - maxMissedMs);
}

/**
 * A clock that is put back finds its hours handled already. One that was far ahead for a while, by mistake, must not
 * keep the event from occurring until that time has come.
 */
function timedState(text: string | null, nowMs: number): TimedState {
  const { sinceMs, handled, told, open } = readState(text) ?? {};
  if (!isTimeMs(sinceMs) || !isTimeSpans(handled) || !isTimeSpans(told)) {
    return { sinceMs: nowMs - 1, handled: [], told: [], open: [] };
  }
  const wasFarAhead = endOf(handled) > nowMs + maxAheadMs;
  return {
    sinceMs: Math.min(sinceMs, nowMs - 1),
    handled: wasFarAhead ? spansUpTo(handled, nowMs) : handled,
    told: spansUpTo(told, nowMs),
    open: openSlots(open).filter(({ ms }) => ms <= nowMs + maxAheadMs),
  };
}

function openSlots(value: unknown): readonly OpenSlot[] {
  return recordsIn(value).flatMap(({ ms, id, slot, boards }): OpenSlot[] =>
    isTimeMs(ms) && typeof id === 'string' && isTextList(boards)
      ? [{ ms, id, slot: typeof slot === 'number' ? slot : null, boards }]
      : [],
  );
}

const maxAheadMs = 36 * 3600_000;
const maxMissedMs = 400 * 24 * 3600_000;

function missedAt(parts: TimedEventParts, { tasks, settings }: EventRequest, { ms, id, slot }: Slot): MissedOccurrence {
  const meant = tasks.filter((task) => parts.skips(task, slot, settings) === null);
  return { id, dueMs: ms, tasks: meant.map(({ name }) => name) };
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
    buildsWithinMs,
    pick: 'latest',
    boards: only,
    boardsByTask: null,
    unanswered: unansweredOf(found),
  };
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
