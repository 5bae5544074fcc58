import { defaultLabTimeZone, formatLabTime } from '../clients/lab-time.js';
import type { SuiteOutcome } from '../results/outcome.js';
import { holdingClock } from '../runtime/clock.js';
import { removeJobRepoUrls } from './job-repo-url.js';
import { withPreparedSuite, type PreparedSuite } from './prepare-suite.js';
import type { ReimageAndRunOptions, RunOptions } from './run-options.js';
import type { SuiteSpec } from './suite-spec.js';
import type { Suite } from './suite.js';

/**
 * Puts a build on devices of a lab and runs a suite of its tests on them: stages the build on the dev server, creates a
 * job per test whose labels make the lab provision a device first, waits, retries, records every result in the suite
 * job, and cleans up.
 *
 * A failed test is part of the outcome; only what keeps the suite from running is an error.
 *
 * @returns how it went; with `waitForResults: false` what was scheduled
 * @throws SuiteArgumentError for a missing or wrong argument; nothing has been done then
 * @throws StagingError when the dev server cannot stage the build; nothing has been scheduled then
 * @throws BoardNotAvailableError with `checkHosts: 'require'` when no usable host is there
 * @throws the signal's reason when aborted
 */
export function reimageAndRun(options: ReimageAndRunOptions): Promise<SuiteOutcome> {
  return withPreparedSuite(options, {
    onStaged: noteArtifactsFinished,
    async use(prepared) {
      const { suite, spec, run } = prepared;
      await suite.schedule({ signal: run.signal });
      if (spec.waitForResults) {
        await waitForAll(suite, run);
        await cleanUp(prepared);
      }
      return suite.finish();
    },
  });
}

async function noteArtifactsFinished(spec: SuiteSpec, { clock, lab }: RunOptions): Promise<void> {
  const time = formatLabTime(clock.now(), lab.timeZone ?? defaultLabTimeZone);
  await holdingClock(clock, async () => {
    await spec.job.writeKeyvals({ artifact_finished_time: time });
  });
}

async function waitForAll(suite: Suite, { signal, pollIntervalMs }: RunOptions): Promise<void> {
  // Each result has been recorded and told when it comes out here; the outcome holds them all.
  for await (const _result of suite.results({ signal, pollIntervalMs }));
}

async function cleanUp({ suite, spec, clients, announcer, run }: PreparedSuite): Promise<void> {
  const { signal } = run;
  try {
    await removeJobRepoUrls(clients.afe, suite.hostnames, Object.values(spec.builds), { signal });
  } catch (error) {
    signal?.throwIfAborted();
    const problem = error instanceof Error ? error.message : String(error);
    announcer.warn('clean-up-failed', `The attribute job_repo_url may still be on the suite's hosts: ${problem}`);
  }
}
