import { failureKind } from '../results/failure-kind.js';
import type { FinishedJob, TestResult } from '../results/test-result.js';

/**
 * Whether a job failed because of the infrastructure in a way that another try may mend (S10).
 *
 * Not one that somebody asked to abort, be it a person or a time-out: whoever aborts a job does not want it again. And
 * not one that ran to its end without running a test: it would do so again.
 */
export function isInfraFailure(job: FinishedJob, results: readonly TestResult[]): boolean {
  if (job.entries.some(({ aborted }) => aborted)) return false;
  const ranNoTest = job.views.length > 0 && results.every(({ origin }) => origin === 'none');
  return !ranNoTest && failureKind(results) === 'infrastructure';
}
