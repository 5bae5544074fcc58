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
  /** The hour of its tasks that name none, 0 to 23. */
  readonly hour?: number | undefined;
  /** The day of its tasks that name none, 0 (Monday) to 6. */
  readonly day?: number | undefined;
  /** The event is handled in every turn, due or not. */
  readonly alwaysHandle?: boolean | undefined;
}

/** A section that is malformed. It does nothing; the others run. */
export interface ConfigProblem {
  readonly section: string;
  /** From 1. */
  readonly line: number;
  /** What is wrong and what was expected. */
  readonly reason: string;
}
