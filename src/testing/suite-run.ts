import type { SuiteOutcome } from '../index.js';
import type { MemorySuiteJob } from './memory-suite-job.js';
import type { LabSuiteArguments } from './suite-arguments.js';

/**
 * Runs the suite of a job that was made by `create_suite_job`, in place of the code of its control file.
 *
 * When it ends the job ends, Completed whatever the suite's tests did, as in the real lab; when it throws the job fails,
 * and the error's message is the reason. It has to stop when `suite.signal` aborts: the job is over then.
 *
 * The outcome that it returns, if any, is kept for `lab.suiteRun()`, and its verdict is recorded as the status of the suite where
 * the function has not done so.
 */
export type RunSuite = (suite: LabSuiteRun) => Promise<SuiteOutcome | undefined>;

/** A suite job of the lab that runs now. */
export interface LabSuiteRun {
  readonly jobId: number;
  /** `<id>-<owner>/hostless` */
  readonly tag: string;
  /** The suite's name, e.g. `bvt`: that of the control file that was looked up, or the NAME of the one that was given. */
  readonly suite: string;
  /** What stands at the head of the control file, by the names of `create_suite_job`, e.g. `job_retry`. */
  readonly args: Readonly<Record<string, unknown>>;
  /** The same for `reimageAndRun`: with the lab's clients and clock, in the suite job, and with `signal`. */
  readonly options: LabSuiteArguments;
  /** Aborts when the job is aborted, by somebody or because its time is over, and when the lab is closed. */
  readonly signal: AbortSignal;
}

/** How far a suite job of the lab has come, and what became of it. */
export interface LabSuiteState {
  readonly jobId: number;
  readonly tag: string;
  /** The suite's name. */
  readonly suite: string;
  /**
   * - `waiting`: its job has not begun
   * - `running`
   * - `finished`: the function that runs suites has returned
   * - `failed`: it has thrown `error`
   * - `aborted`: its job was aborted, or the lab closed, before that
   */
  readonly state: 'waiting' | 'running' | 'finished' | 'failed' | 'aborted';
  /** What the function has returned. */
  readonly outcome: SuiteOutcome | undefined;
  /** What the function has thrown, also after its job was aborted. */
  readonly error: unknown;
  /** What the suite has recorded so far. */
  readonly job: MemorySuiteJob;
}
