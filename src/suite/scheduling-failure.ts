import { isDynamicSuiteError } from '../errors.js';
import type { TestStatus } from '../results/status.js';

/** Why a test has no job. */
export interface SchedulingFailure {
  /** `TEST_NA`: no host of the lab can run the test. `ERROR`: something went wrong. */
  readonly status: Extract<TestStatus, 'TEST_NA' | 'ERROR'>;
  readonly reason: string;
}

/**
 * What a `create_job` that failed means for its test: no eligible host, or an unknown board (a validation error about
 * `meta_hosts` and nothing else), makes it TEST_NA; anything else is an error of this one test (S3).
 */
export function schedulingFailure(error: unknown): SchedulingFailure {
  if (isDynamicSuiteError(error, 'ERR_RPC') && 'remoteName' in error) {
    if (error.remoteName === 'NoEligibleHostException') {
      return { status: 'TEST_NA', reason: 'Unsatisfiable DEPENDENCIES' };
    }
    const unknownBoard = onlyProblem(error, 'meta_hosts');
    if (unknownBoard !== undefined) return { status: 'TEST_NA', reason: unknownBoard };
  }
  return {
    status: 'ERROR',
    reason: `Could not be scheduled: ${error instanceof Error ? error.message : String(error)}`,
  };
}

function onlyProblem(error: object, key: string): string | undefined {
  if (!('problemKeys' in error) || typeof error.problemKeys !== 'object' || error.problemKeys === null)
    return undefined;
  const problems = Object.entries(error.problemKeys);
  const [problem] = problems;
  if (problems.length !== 1 || problem?.[0] !== key) return undefined;
  return String(problem[1]);
}
