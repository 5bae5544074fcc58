import type { CrashReport } from '../crashes/crash-report.js';
import type { FailureKind } from './failure-kind.js';
import type { SuiteOutcome } from './outcome.js';
import type { TestStatus } from './status.js';
import type { TestResult } from './test-result.js';

/**
 * What a suite tells while it runs. Every event has `type`, the `suite` and `timeMs`, when it happened, in ms since the
 * epoch by the suite's clock.
 */
export type SuiteEvent = { readonly suite: string; readonly timeMs: number } & SuiteEventDetails;

/** Takes the events of a suite as they happen. An error that it throws is logged and otherwise ignored. */
export type SuiteEventListener = (event: SuiteEvent) => void;

/** How many jobs of a suite are in which state. */
export interface SuiteCounts {
  /** Created so far, retries included. */
  readonly scheduled: number;
  /** Not seen finished: they run, or wait for a host. */
  readonly open: number;
  readonly finished: number;
  /** Of those that have finished, those that failed, be it the test or the infrastructure. */
  readonly failed: number;
  /** Of those created, those that repeat another. */
  readonly retried: number;
}

/** The events by their `type`. */
export type SuiteEventDetails =
  /** Something deserves attention but does not stop the suite: a deprecated argument, an unreadable control file. */
  | { readonly type: 'warning'; readonly code: string; readonly message: string }
  /** The dev server was asked to stage the build. */
  | {
      readonly type: 'staging';
      readonly build: string;
      readonly artifacts: readonly string[];
      readonly devServer: string;
    }
  | { readonly type: 'staged'; readonly build: string; readonly ms: number }
  /** The control files have been read and the suite's tests chosen. */
  | { readonly type: 'tests-selected'; readonly tests: readonly string[]; readonly controlFiles: number }
  /**
   * A job was created; `attempt` is 1 for the first, `retryOf` the job that it repeats, `retryFor` the kind of failure
   * that it makes up for. `hosts` are those that it is bound to, where the infrastructure failed on another.
   */
  | {
      readonly type: 'test-scheduled';
      readonly test: string;
      readonly jobId: number;
      readonly attempt: number;
      readonly retryOf: number | null;
      readonly retryFor?: FailureKind | null | undefined;
      readonly hosts?: readonly string[] | undefined;
    }
  /**
   * A job has been taken over that this suite made before it was killed, or whose creation seemed to have failed;
   * `attempt` and the others as above.
   */
  | {
      readonly type: 'job-adopted';
      readonly test: string;
      readonly jobId: number;
      readonly attempt: number;
      readonly retryOf: number | null;
      readonly retryFor?: FailureKind | null | undefined;
    }
  /** No job could be made: TEST_NA when no host can run the test, ERROR when something went wrong. */
  | {
      readonly type: 'test-not-scheduled';
      readonly test: string;
      readonly attempt: number;
      readonly status: TestStatus;
      readonly reason: string;
    }
  /** All tests have been asked for, and no call of the scheduling is under way; `scheduled` of them have a job. */
  | { readonly type: 'scheduled'; readonly scheduled: number; readonly total: number }
  /** A result came in and has been recorded. */
  | { readonly type: 'test-result'; readonly test: string; readonly attempt: number; readonly result: TestResult }
  /** A job left a crash dump; it has been symbolicated, or `crash.problem` says why not. */
  | { readonly type: 'crash'; readonly test: string; readonly attempt: number; readonly crash: CrashReport }
  /**
   * A failure was reported: as a bug, `bugId` and how often it has been seen where the reporter says so, or by e-mail.
   * `anchor` is what the failure is known by from run to run.
   */
  | {
      readonly type: 'failure-reported';
      readonly test: string;
      readonly attempt: number;
      readonly result: TestResult;
      readonly route: 'bug' | 'mail';
      readonly anchor: string;
      readonly bugId: string | null;
      readonly count: number | null;
    }
  /**
   * The time of the suite is over, and the jobs that were left have been aborted: `jobs` are those that were asked to be,
   * `entries` is how many host queue entries were still open.
   */
  | {
      readonly type: 'jobs-aborted';
      readonly jobs: readonly { readonly test: string; readonly attempt: number; readonly jobId: number }[];
      readonly entries: number;
    }
  /**
   * After each poll: how many of the jobs created so far have finished, all `counts`, and an estimate of how long the
   * others take from now on, in ms; null when nobody can tell. The estimate is made of the TIME of the tests, of what
   * tests have taken so far, and of the number of usable hosts, as far as it is known.
   */
  | {
      readonly type: 'progress';
      readonly finished: number;
      readonly total: number;
      readonly counts: SuiteCounts;
      readonly leftMs: number | null;
    }
  /** The wait has ended, or was not wanted. */
  | { readonly type: 'finished'; readonly outcome: SuiteOutcome };
