import type { CrashReporter } from '../crashes/crash-reporter.js';
import { jobTagOf, type FinishedJob } from '../results/test-result.js';
import type { Announcer } from './announcer.js';
import type { LedgerJob } from './job-ledger.js';
import type { Recorder } from './recorder.js';

/**
 * Looks for the crashes of finished jobs beside the wait for the others: a slow crash server holds up no result.
 */
export class CrashWatch {
  readonly #reporter: CrashReporter | null;
  readonly #recorder: Recorder;
  readonly #announcer: Announcer;
  readonly #pending: Promise<void>[] = [];

  /** @param reporter - null: nobody looks for crashes */
  constructor(reporter: CrashReporter | null, parts: { readonly recorder: Recorder; readonly announcer: Announcer }) {
    this.#reporter = reporter;
    this.#recorder = parts.recorder;
    this.#announcer = parts.announcer;
  }

  /** Starts to look for the crashes of a job. */
  watch(job: LedgerJob, finished: FinishedJob, build: string, signal: AbortSignal | undefined): void {
    const reporter = this.#reporter;
    if (reporter === null || finished.views.length === 0) return;
    const pending = this.#look(reporter, job, finished, build, signal);
    // Whoever waits for all of them hears of a failure; until then it is nobody's unhandled rejection.
    pending.catch(() => undefined);
    this.#pending.push(pending);
  }

  /** Resolves when every job that was watched has been looked at. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending.splice(0));
  }

  async #look(
    reporter: CrashReporter,
    job: LedgerJob,
    finished: FinishedJob,
    build: string,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const ofJob = finished.views.find((view) => view.jobKeyvals['build'] !== undefined)?.jobKeyvals['build'];
    const crashes = await reporter.collect({ jobTag: jobTagOf(finished), build: ofJob ?? build }, { signal });
    if (crashes.length === 0) return;
    job.crashes.push(...crashes);
    await this.#recorder.crashes(crashes);
    for (const crash of crashes) {
      this.#announcer.tell({ type: 'crash', test: job.test.name, attempt: job.attempt, crash });
    }
  }
}
