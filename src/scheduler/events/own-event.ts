import { priorities, type Priority } from '../../suite/priority.js';
import { SchedulerOptionError } from '../scheduler-option-error.js';

/** What every event of one's own can be told. */
export interface OwnEventOptions {
  /** What tasks name in `run_on`: small letters, digits and underscores. */
  readonly keyword: string;
  /** Of the suites that it starts. @defaultValue `'Daily'` (20) */
  readonly priority?: Priority | undefined;
  /** How long the lab may take for a suite, in minutes. @defaultValue 1440 (24 hours) */
  readonly timeoutMins?: number | undefined;
  /** How long after it was due it is still handled, in ms. @defaultValue 24 hours */
  readonly catchUpMs?: number | undefined;
  /**
   * It tests the latest build of each branch that passed within this time before, in ms.
   *
   * @defaultValue 24 hours
   */
  readonly buildsWithinMs?: number | undefined;
}

export interface OwnEvent {
  readonly keyword: string;
  readonly priority: number;
  readonly timeoutMins: number;
  readonly catchUpMs: number;
  readonly buildsWithinMs: number;
}

/** Fills in what is left out. Throws {@link SchedulerOptionError} for a keyword that no task could name. */
export function ownEvent(options: OwnEventOptions): OwnEvent {
  const { keyword, priority = 'Daily', timeoutMins = 24 * 60, catchUpMs = dayMs, buildsWithinMs = dayMs } = options;
  if (!/^[a-z][a-z\d_]{0,99}$/.test(keyword)) {
    throw new SchedulerOptionError('keyword', `expected small letters, digits and underscores, found "${keyword}"`);
  }
  const rank = typeof priority === 'number' ? priority : priorities[priority];
  return { keyword, priority: rank, timeoutMins, catchUpMs, buildsWithinMs };
}

const dayMs = 24 * 3600_000;
