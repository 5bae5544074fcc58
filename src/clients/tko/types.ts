import type { CallOptions } from '../call-options.js';

/** The results database (TKO) of the lab. */
export interface TkoClient {
  /**
   * All test rows of the given jobs, in the order they were written, invalidated ones included: a job that the lab
   * retried has no other rows.
   */
  getDetailedTestViews(
    filter: { readonly jobIds: readonly number[] },
    options?: CallOptions,
  ): Promise<readonly TestView[]>;
}

/** One row of results: a test, or a job's own `SERVER_JOB` or `CLIENT_JOB.0` row. */
export interface TestView {
  readonly testIdx: number;
  readonly testName: string;
  /** GOOD, FAIL, ...; whatever the database holds. */
  readonly status: string;
  readonly reason: string;
  /** The test's folder below the job's; `----` or null in a job's own row. */
  readonly subdir: string | null;
  readonly hostname: string;
  /** `<job id>-<owner>/<host>` */
  readonly jobTag: string;
  readonly jobId: number;
  readonly jobName: string;
  readonly startedMs: number | null;
  readonly finishedMs: number | null;
  /** A retry has replaced this row. */
  readonly invalid: boolean;
  readonly jobKeyvals: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, string>>;
}
