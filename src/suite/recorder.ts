import type * as Crypto from 'node:crypto';
import { crashEntries } from '../crashes/crash-entries.js';
import type { CrashReport } from '../crashes/crash-report.js';
import { holdingClock, type Clock } from '../runtime/clock.js';
import type { TestStatus } from '../results/status.js';
import type { StatusEntry } from '../results/status-log.js';
import type { SuiteJob } from '../results/suite-job.js';
import type { TestResult } from '../results/test-result.js';

/**
 * Tells the suite job what happened, one entry after the other: the START, the result and the END of a test stay
 * together, however many tests are under way.
 */
export class Recorder {
  readonly #job: SuiteJob | null;
  readonly #clock: Clock;
  #crypto: Promise<typeof Crypto> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @param job - null: nothing is recorded */
  constructor(job: SuiteJob | null, clock: Clock) {
    this.#job = job;
    this.#clock = clock;
  }

  /** `INFO Start <suite>` */
  suiteStarted(suite: string): Promise<void> {
    return this.#entries([{ ...this.#now(), code: 'INFO', operation: `Start ${suite}`, reason: '' }]);
  }

  /** The status of the suite as a whole. */
  suiteEnded(suite: string, code: 'INFO' | 'GOOD' | 'WARN' | 'FAIL', summary: string): Promise<void> {
    return this.#entries([{ ...this.#now(), code, operation: suite, reason: summary }]);
  }

  /** Something about a test that is no result. */
  info(test: string, reason: string): Promise<void> {
    return this.#entries([{ ...this.#now(), code: 'INFO', operation: test, reason }]);
  }

  /** A test that got no job. */
  notScheduled(test: string, status: TestStatus, reason: string): Promise<void> {
    const about = { ...this.#now(), operation: test };
    return this.#entries([
      { ...about, code: 'START', reason: '' },
      { ...about, code: status, reason },
      { ...about, code: `END ${status}`, reason: '' },
    ]);
  }

  /** A result, with the test's own times, and the keyval that leads from the test's name to its job. */
  async result(result: TestResult): Promise<void> {
    const about = {
      subdir: result.subdir,
      operation: result.testName,
      fields: { job_id: String(result.jobId) },
    };
    await this.#entries([
      { ...about, code: 'START', reason: '', timeMs: result.startedMs },
      { ...about, code: result.status, reason: result.reason, timeMs: result.finishedMs },
      { ...about, code: `END ${result.status}`, reason: '', timeMs: result.finishedMs },
    ]);
    if (result.origin !== 'none') await this.job(result.testName, result.jobId, result.owner);
  }

  /** The crashes of a job. */
  crashes(reports: readonly CrashReport[]): Promise<void> {
    return this.#entries(crashEntries(reports, this.#clock.now()));
  }

  /** Keyvals of the suite job; none are no write. */
  keyvals(keyvals: Readonly<Record<string, string>>): Promise<void> {
    if (Object.keys(keyvals).length === 0) return Promise.resolve();
    return this.#inTurn(async (job) => job.writeKeyvals(keyvals));
  }

  /** The keyval of a test's job: md5 of the test's name → `<job id>-<owner>`. */
  job(test: string, jobId: number, owner: string): Promise<void> {
    return this.#inTurn(async (job) => {
      // Loaded when it is needed: it is a good part of what importing this package would cost.
      this.#crypto ??= import('node:crypto');
      const { createHash } = await this.#crypto;
      const key = createHash('md5').update(test).digest('hex');
      await job.writeKeyvals({ [key]: `${String(jobId)}-${owner}` });
    });
  }

  #entries(entries: readonly StatusEntry[]): Promise<void> {
    return this.#inTurn(async (job) => {
      for (const entry of entries) await job.record(entry);
    });
  }

  #inTurn(work: (job: SuiteJob) => Promise<void>): Promise<void> {
    const job = this.#job;
    if (job === null) return Promise.resolve();
    const done = this.#last.then(() => holdingClock(this.#clock, () => work(job)));
    // The next in turn goes ahead whatever became of this one; whoever asked for this one hears of its failure.
    this.#last = done.catch(() => undefined);
    return done;
  }

  #now(): { readonly subdir: null; readonly timeMs: number } {
    return { subdir: null, timeMs: this.#clock.now() };
  }
}
