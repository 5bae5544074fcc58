import type { CallOptions } from '../call-options.js';
import type { PythonValue } from '../python-literal.js';

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

/** A row of results without what is kept beside it: a smaller answer. */
export type PlainTestView = Omit<TestView, 'jobKeyvals' | 'attributes'>;

/** Conditions on test rows; all given ones must hold. */
export interface TestViewFilter {
  readonly jobIds?: readonly number[] | undefined;
  /** How the job tag begins: `<job id>-`, say. Upper and lower case differ. */
  readonly jobTagPrefix?: string | undefined;
  /** Whether a retry has replaced them. @defaultValue both */
  readonly invalid?: boolean | undefined;
}

/** How the tests of a group ended. */
export interface StatusCount {
  /** The fields that were grouped by → the group's values. */
  readonly group: Readonly<Record<string, string | number | boolean | null>>;
  /** TKO's own name for the group, in TKO's order of the values; null for one that is no Python literal. */
  readonly groupId: PythonValue;
  /** How many tests there are. */
  readonly total: number;
  readonly passed: number;
  /** Those that have ended. */
  readonly complete: number;
  /** Those that have not. */
  readonly incomplete: number;
}
