import type { CrashReport } from '../crashes/crash-report.js';
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
    const found = await this.#collect(reporter, { jobTag: jobTagOf(finished), build: ofJob ?? build }, signal);
    if (found.length === 0) return;
    job.crashes.push(...found);
    await this.#recorder.crashes(found);
    for (const crash of found) {
      if (crash.dump === null) this.#warn(crash.jobTag, crash.problem ?? 'no reason given');
      else this.#announcer.tell({ type: 'crash', test: job.test.name, attempt: job.attempt, crash });
    }
  }

  /** A crash server, or a reporter of the caller's own, that fails never fails the suite. */
  async #collect(
    reporter: CrashReporter,
    job: { readonly jobTag: string; readonly build: string },
    signal: AbortSignal | undefined,
  ): Promise<readonly CrashReport[]> {
    try {
      return await reporter.collect(job, { signal });
    } catch (error) {
      signal?.throwIfAborted();
      this.#warn(job.jobTag, error instanceof Error ? error.message : String(error));
      return [];
    }
  }

  #warn(jobTag: string, problem: string): void {
    this.#announcer.warn('crashes-unknown', `Nobody can tell whether job ${jobTag} left crash dumps: ${problem}`);
  }
}
