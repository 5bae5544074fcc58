import { isWorse } from '../results/status.js';
import type { TestResult } from '../results/test-result.js';

/** What decides, besides the result, whether it is reported. */
export interface ReportSituation {
  /** Whether the job is tried again: its last attempt is the one that counts. */
  readonly retryToCome: boolean;
  readonly experimental: boolean;
  readonly fileExperimentalBugs: boolean;
}

/**
 * Whether a result is a failure to report: it is worse than GOOD, it was executed, it is not TEST_NA, no retry is to
 * come, and it is not experimental unless such are asked for.
 */
export function isReportable(
  { status, executed, experimental }: Pick<TestResult, 'status' | 'executed' | 'experimental'>,
  situation: ReportSituation,
): boolean {
  if (!executed || status === 'TEST_NA' || situation.retryToCome) return false;
  // Of the status alone: a pass that says something is still a pass.
  if (!isWorse({ status, reason: '' }, { status: 'GOOD', reason: '' })) return false;
  return situation.fileExperimentalBugs || !(experimental || situation.experimental);
}

/** How a failure is told of. */
export type ReportRoute = 'bug' | 'mail';

/** Failures of the suites that releases depend on become bugs, those of all others an e-mail. */
export function reportRoute(suite: string): ReportRoute {
  return suitesWithBugs.has(suite) ? 'bug' : 'mail';
}

const suitesWithBugs: ReadonlySet<string> = new Set([
  'au',
  'bvt',
  'bvt-cq',
  'bvt-inline',
  'paygen_au_beta',
  'paygen_au_canary',
  'paygen_au_dev',
  'paygen_au_stable',
  'push_to_prod',
  'sanity',
]);
