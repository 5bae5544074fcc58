import type { AfeClient, SuiteJobCreator } from '../../clients/afe/types.js';
import { findSuiteJob } from './find-suite-job.js';
import { launchFailure } from './launch-failure.js';
import { suiteJobRequestOf } from './suite-job-request.js';
import type { Launcher } from './types.js';

/** Options of {@link afeLauncher}. */
export interface AfeLauncherOptions {
  /** e.g. `new HttpAfeClient({ url })`, or the `afe` of `labFromConfig`. */
  readonly afe: SuiteJobCreator & Pick<AfeClient, 'getJobs' | 'getHostQueueEntries'>;
}

/**
 * Starts suites by the AFE's `create_suite_job`: the lab's own server runs them.
 *
 * With `fileBugs` the suite job waits for the results of its tests, else it ends when they are scheduled. A launch is
 * refused when the build has no usable control file for the suite, or the AFE refuses an argument; that a dev server
 * cannot stage the build, or cannot say which control files it has, may pass.
 */
export function afeLauncher({ afe }: AfeLauncherOptions): Launcher {
  return {
    async launch(launch, options) {
      try {
        return { jobId: await afe.createSuiteJob(suiteJobRequestOf(launch), options) };
      } catch (error) {
        options?.signal?.throwIfAborted();
        throw launchFailure(launch, error);
      }
    },
    find: (launch, { sinceMs }, options) => findSuiteJob(afe, launch, sinceMs, options),
  };
}
