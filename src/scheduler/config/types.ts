import type { CallOptions } from '../../clients/call-options.js';
import type { SuiteTask } from '../task.js';

/** What a suite scheduler is told to do. */
export interface SchedulerConfig {
  readonly tasks: readonly SuiteTask[];
  /** What sections such as `[nightly_params]` say, by the keyword of the event. */
  readonly events: Readonly<Record<string, EventSettings>>;
  /** The sections that are left out, in the order of the file. */
  readonly problems: readonly ConfigProblem[];
  /**
   * Reads it again from where it came; the scheduler does so at the beginning of each turn. Resolves to the same object
   * where nothing has changed. A rejection, or a file of which nothing can be used, keeps the tasks that there are (C9).
   *
   * @defaultValue it never changes
   */
  readonly reread?: ((options?: CallOptions) => Promise<SchedulerConfig>) | undefined;
}

/** What a configuration says of an event. What is left out is the event's own default. */
export interface EventSettings {
  /** 0 to 23: the hour of nightly tasks that name none; of the weekly event, the hour at which its tasks are looked at. */
  readonly hour?: number | undefined;
  /** The day of its tasks that name none, 0 (Monday) to 6. */
  readonly day?: number | undefined;
  /** The event is handled in every turn, due or not. */
  readonly alwaysHandle?: boolean | undefined;
}

/** A section that is left out, because it is malformed or does the same as an earlier one. The others run. */
export interface ConfigProblem {
  readonly section: string;
  /** Of the first thing that is wrong, or of the section's head where something is missing; from 1. */
  readonly line: number;
  /** All that is wrong and what was expected, in one line. */
  readonly reason: string;
}
