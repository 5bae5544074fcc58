import { worst } from './status.js';
import type { TestResult } from './test-result.js';

/** Who is to blame for an attempt that failed: the test, or the infrastructure, i.e. the machine, the job or the lab. */
export type FailureKind = 'test' | 'infrastructure';

/**
 * What kind of failure the results of a job come to (S10); null when it did not fail, has no results yet, or its test
 * does not apply.
 *
 * The worst result decides. One of the job itself (`SERVER_JOB`, `CLIENT_JOB`, which is also how a host that could not
 * be given the build is told), or of a job that ended without a row, is the infrastructure's.
 */
export function failureKind(results: readonly Pick<TestResult, 'status' | 'reason' | 'origin'>[]): FailureKind | null {
  const decisive = worst(results);
  switch (decisive?.status) {
    case undefined:
    case 'GOOD':
    case 'ALERT':
    case 'WARN':
      return null;
    case 'TEST_NA':
      return decisive.origin === 'test' ? null : 'infrastructure';
    case 'ABORT':
    case 'ERROR':
    case 'FAIL':
    case 'RUNNING':
    case 'NOSTATUS':
      return decisive.origin === 'test' ? 'test' : 'infrastructure';
  }
}
