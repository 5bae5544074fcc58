import type { AfeClient } from '../../clients/afe/types.js';
import type { Clock } from '../../runtime/clock.js';
import type { Logger } from '../../runtime/logger.js';
import { createSuiteJob } from '../../suite/create-suite-job.js';
import type { SuiteJobLab } from '../../suite/suite-job-options.js';
import { findSuiteJob } from './find-suite-job.js';
import { launchFailure } from './launch-failure.js';
import { suiteJobRequestOf } from './suite-job-request.js';
import type { Launcher } from './types.js';

/** Options of {@link suiteJobLauncher}. */
export interface SuiteJobLauncherOptions {
  /** The AFE as a client, and the dev servers, e.g. what `labFromConfig` gives. */
  readonly lab: SuiteJobLab & { readonly afe: AfeClient };
  /**
   * Base URL of the dev server.
   *
   * @defaultValue that of `lab`; required where it names none
   */
  readonly devserverUrl?: string | undefined;
  /** @defaultValue the computer's clock */
  readonly clock?: Clock | undefined;
  /** @defaultValue a logger that drops everything */
  readonly logger?: Logger | undefined;
}

/**
 * Starts suites as suite jobs that it makes itself, with `createSuiteJob`: for an AFE that cannot do so, or whose dev
 * servers are others than ours. The lab's own server runs them, as it does those of `afeLauncher`, and either finds
 * what the other has started.
 */
export function suiteJobLauncher(options: SuiteJobLauncherOptions): Launcher {
  const { lab, devserverUrl, clock, logger } = options;
  return {
    async launch(launch, { signal, deadlineMs } = {}) {
      try {
        const request = suiteJobRequestOf(launch);
        const { jobId } = await createSuiteJob({ ...request, lab, devserverUrl, clock, logger, signal, deadlineMs });
        return { jobId };
      } catch (error) {
        signal?.throwIfAborted();
        throw launchFailure(launch, error);
      }
    },
    find: (launch, { sinceMs }, call) => findSuiteJob(lab.afe, launch, sinceMs, call),
  };
}
