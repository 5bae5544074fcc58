import { describe } from '../../suite/argument-checks.js';
import { priorities, type Priority } from '../../suite/priority.js';
import { numberOption } from '../number-option.js';
import { ownValue } from '../own-value.js';
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

/** An event of one's own, with every gap filled. */
export interface OwnEvent {
  readonly keyword: string;
  readonly priority: number;
  readonly timeoutMins: number;
  readonly catchUpMs: number;
  readonly buildsWithinMs: number;
}

/** Fills in what is left out. Throws {@link SchedulerOptionError} for a value that cannot work. */
export function ownEvent(options: OwnEventOptions): OwnEvent {
  const { keyword, priority = 'Daily', timeoutMins = 24 * 60, catchUpMs = dayMs, buildsWithinMs = dayMs } = options;
  if (typeof keyword !== 'string' || !/^[a-z][a-z\d_]{0,99}$/.test(keyword)) {
    throw new SchedulerOptionError(
      'keyword',
      `expected small letters, digits and underscores, found ${describe(keyword)}`,
    );
  }
  return {
    keyword,
    priority: rankOf(priority),
    timeoutMins: numberOption('timeoutMins', timeoutMins, { min: 1, isWhole: true }),
    catchUpMs: numberOption('catchUpMs', catchUpMs, { min: 1 }),
    buildsWithinMs: numberOption('buildsWithinMs', buildsWithinMs, { min: 1 }),
  };
}

function rankOf(priority: Priority): number {
  const rank = typeof priority === 'number' ? priority : ownValue<number>(priorities, priority);
  if (Number.isSafeInteger(rank) && rank !== undefined) return rank;
  const known = Object.keys(priorities).join(', ');
  throw new SchedulerOptionError(
    'priority',
    `expected one of ${known}, or a whole number, found ${describe(priority)}`,
  );
}

const dayMs = 24 * 3600_000;
