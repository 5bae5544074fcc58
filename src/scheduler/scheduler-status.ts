import type { ConfigProblem } from './config/types.js';
import type { Problem } from './turn/problems.js';
import type { TurnReport } from './turn/turn-report.js';

/** How a scheduler is doing: for a health endpoint, a page, an alarm. */
export interface SchedulerStatus {
  readonly atMs: number;
  /** `idle` before `run()` and after it has ended; `waiting-for-lease` while another scheduler works. */
  readonly state: 'idle' | 'waiting-for-lease' | 'running' | 'stopping';
  /** The last turn, without its decisions; null: none yet. */
  readonly lastTurn:
    (Pick<TurnReport, 'atMs' | 'ms'> & { readonly decisions: number; readonly launches: number }) | null;
  /** When the next turn begins, in ms since the epoch; null: not running. */
  readonly nextTurnMs: number | null;
  /** When each task is due next, where that can be known. */
  readonly nextDue: Readonly<Record<string, number>>;
  readonly backlog: {
    /** Suites that are to be started. */
    readonly due: number;
    /** Suites of which nobody knows yet whether they were started. */
    readonly inDoubt: number;
    /** When the oldest of both was due; null: there is none. */
    readonly oldestDueMs: number | null;
  };
  /** What does not work at the moment. */
  readonly problems: readonly Problem[];
  readonly tasks: number;
  /** Sections of the configuration that are malformed: they do nothing, or what they did before they were. */
  readonly malformed: readonly ConfigProblem[];
}
