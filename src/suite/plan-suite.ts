import { withPreparedSuite } from './prepare-suite.js';
import type { ReimageAndRunOptions } from './run-options.js';
import type { PlannedJob } from './suite.js';

/** What a suite would schedule. */
export interface SuitePlan {
  readonly suite: string;
  /** Prefix → build, symbolic builds resolved. */
  readonly builds: Readonly<Record<string, string>>;
  /** In the order in which they would be asked for. */
  readonly jobs: readonly PlannedJob[];
  /** Control files that could not be read, and why. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
}

/**
 * A dry run of `reimageAndRun` (S13): does everything up to the choice of the tests, and tells what would be scheduled.
 * The build is staged, since its control files are read; nothing is scheduled, and nothing recorded in the suite job.
 *
 * @throws what `reimageAndRun` throws before it schedules anything
 */
export function planSuite(options: ReimageAndRunOptions): Promise<SuitePlan> {
  return withPreparedSuite(options, {
    use({ suite, spec }) {
      const { skipped } = suite.outcome();
      return Promise.resolve({ suite: spec.name, builds: spec.builds, jobs: suite.plan(), skipped });
    },
  });
}
