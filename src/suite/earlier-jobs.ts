import type { Job } from '../clients/afe/types.js';
import { keptJobName } from '../clients/afe/wire-requests.js';
import type { CallOptions } from '../clients/call-options.js';
import type { Announcer } from './announcer.js';
import { jobName } from './job-request.js';
import type { LedgerTest } from './job-ledger.js';
import type { Recorder } from './recorder.js';
import type { ResolvedSuiteOptions } from './suite-options.js';

/** Finds the jobs that an earlier process has made for the same suite in the same suite job, before it was killed. */
export class EarlierJobs {
  readonly #options: ResolvedSuiteOptions;
  readonly #recorder: Recorder;
  readonly #announcer: Announcer;

  constructor(options: ResolvedSuiteOptions, parts: { readonly recorder: Recorder; readonly announcer: Announcer }) {
    this.#options = options;
    this.#recorder = parts.recorder;
    this.#announcer = parts.announcer;
  }

  /**
   * Jobs with the names of the tests' jobs. Costs one small call when there are none. Those without host queue entries,
   * the remains of a creation that failed halfway, are left out.
   *
   * Asks again for half an hour when the AFE does not answer, and rejects then.
   */
  async find(tests: readonly LedgerTest[], signal: AbortSignal | undefined): Promise<readonly Job[]> {
    const { clock, template } = this.#options;
    const noted =
      template.parentJobId === null ? await this.#recorder.jobsNotedBefore(tests.map(({ name }) => name)) : [];
    const deadlineMs = clock.now() + patienceMs;
    for (;;) {
      try {
        return await this.#look(tests, noted, { signal, deadlineMs: Math.max(1, deadlineMs - clock.now()) });
      } catch (error) {
        signal?.throwIfAborted();
        if (clock.now() + pauseMs >= deadlineMs) throw error;
        const problem = error instanceof Error ? error.message : String(error);
        this.#announcer.warn('poll-failed', `Cannot see which jobs there are already, asking again: ${problem}`);
      }
      await clock.sleep(pauseMs, { signal });
    }
  }

  async #look(tests: readonly LedgerTest[], noted: readonly number[], options: CallOptions): Promise<readonly Job[]> {
    const { lab, template } = this.#options;
    const { parentJobId } = template;
    let jobs: readonly Job[] = [];
    if (parentJobId === null) {
      if (noted.length > 0) jobs = await lab.afe.getJobs({ ids: noted }, options);
    } else if ((await lab.afe.getNumJobs({ parentJobId }, options)) > 0) {
      jobs = await lab.afe.getJobs({ parentJobId }, options);
    }
    const names = new Set(tests.map(({ name }) => keptJobName(jobName(template, name))));
    const ours = jobs.filter(({ name }) => names.has(name));
    if (ours.length === 0) return [];
    const entries = await lab.afe.getHostQueueEntries({ jobIds: ours.map(({ id }) => id) }, options);
    const complete = new Set(entries.map(({ jobId }) => jobId));
    return ours.filter(({ id }) => complete.has(id));
  }
}

/** As long as a call may take by default. */
const patienceMs = 30 * 60_000;
const pauseMs = 10_000;
