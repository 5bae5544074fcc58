import type { CallOptions } from '../../clients/call-options.js';
import type { BuildSource, PassedBuild } from '../builds/types.js';
import type { EventSettings } from '../config/types.js';
import type { Reason } from '../decide/reason.js';
import type { SuiteTask } from '../task.js';

/**
 * Something that starts suites: a time of day, a new build, a new Chrome. The keyword is what tasks name in `run_on`.
 *
 * An event has no memory of its own. What it has to know the next time is the text `state`, which the scheduler keeps
 * in its ledger, and gives back even after the process was stopped.
 */
export interface SchedulerEvent {
  readonly keyword: string;
  /** Of the suites that it starts: 10 (weekly) to 70 (commit queue). */
  readonly priority: number;
  /** How long the lab may take for a suite that it starts, in minutes. */
  readonly timeoutMins: number;
  /** How long after it was due an occurrence is still handled, in ms; beyond it is reported as missed (C2). */
  readonly catchUpMs: number;
  /**
   * What has occurred since the last look. The same state and the same facts give the same answer: when the process is
   * stopped before the state is kept, it is asked again.
   */
  look(request: EventRequest, options?: CallOptions): Promise<EventLook>;
  /** Why an occurrence is not one of a task, e.g. that it is not the task's hour; null where it is. */
  skips(task: SuiteTask, occurrence: Occurrence, settings: EventSettings): Reason | null;
  /**
   * The state to keep when an occurrence has been decided upon.
   *
   * @defaultValue the state that the look gave
   */
  settle?(look: EventLook, fitted: readonly FittedTask[]): string;
  /**
   * When it occurs within a time to come, as far as that can be known, for whom.
   *
   * @defaultValue nobody can know
   */
  upcoming?(tasks: readonly SuiteTask[], range: TimeRange, settings: EventSettings): readonly UpcomingOccurrence[];
  /**
   * The state after somebody has asked for an occurrence from outside.
   *
   * @defaultValue nobody can ask for it
   */
  request?(state: string | null, occurrence: { readonly id: string; readonly atMs: number }): string;
}

/** After `afterMs`, up to and with `upToMs`; in ms since the epoch. */
export interface TimeRange {
  readonly afterMs: number;
  readonly upToMs: number;
}

/** What an event may go by. */
export interface EventRequest {
  /** What it gave to be kept the last time; null: it was never asked before. */
  readonly state: string | null;
  readonly nowMs: number;
  /** The tasks that name it. */
  readonly tasks: readonly SuiteTask[];
  readonly settings: EventSettings;
  /** Without `board:`. */
  readonly boards: readonly string[];
  readonly builds: BuildSource;
}

/** What an event has seen. */
export interface EventLook {
  /** What is to be handled, from the one that was due first. */
  readonly occurrences: readonly Occurrence[];
  /** What was due too long ago. */
  readonly missed: readonly MissedOccurrence[];
  /** To be kept once the occurrences have been handled. */
  readonly state: string;
}

/** One time that an event occurred. */
export interface Occurrence {
  /** Which one, for people: `2026-01-05 21:00`. */
  readonly id: string;
  /** When it was due, in ms since the epoch. */
  readonly dueMs: number;
  /** The builds that it is about. */
  readonly builds: readonly PassedBuild[];
  /** Which of them are tested: the latest of each branch and type, or every one. */
  readonly pick: 'latest' | 'every';
  /**
   * How far back from `dueMs` its builds go, in ms, for the reason of a board that has none.
   *
   * @defaultValue the reason does not say
   */
  readonly buildsWithinMs?: number | undefined;
  /** The boards that it is about; null: all. */
  readonly boards: readonly string[] | null;
  /** The boards that it is about by the name of the task, where they differ; null: `boards`. */
  readonly boardsByTask: Readonly<Record<string, readonly string[]>> | null;
  /** Boards whose builds could not be had; it will occur again for them. */
  readonly unanswered: readonly { readonly board: string; readonly problem: string }[];
  /** Which of the times of the event it is, for `skips`: an hour, a day of the week; null: all tasks are meant. */
  readonly slot: number | null;
}

/** A task, and a board for which an occurrence had a build that fits the task. */
export interface FittedTask {
  readonly task: string;
  readonly board: string;
}

/** One time that an event occurred too long ago to be handled. */
export interface MissedOccurrence {
  readonly id: string;
  readonly dueMs: number;
  /** The tasks that it would have been for. */
  readonly tasks: readonly string[];
}

/** A time at which a task will be due. */
export interface UpcomingOccurrence {
  readonly task: string;
  readonly dueMs: number;
}
