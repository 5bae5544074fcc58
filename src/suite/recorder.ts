import type * as Crypto from 'node:crypto';
import { crashEntries } from '../crashes/crash-entries.js';
import type { CrashReport } from '../crashes/crash-report.js';
import { holdingClock, type Clock } from '../runtime/clock.js';
import { EntryKeys } from '../results/entry-keys.js';
import type { TestStatus } from '../results/status.js';
import { safeKey, type Keyval } from '../results/keyval-file.js';
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
  readonly #suite: string;
  readonly #keys = new EntryKeys();
  #noted: Promise<readonly Keyval[]> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @param job - null: nothing is recorded */
  constructor(job: SuiteJob | null, clock: Clock, suite: string) {
    this.#job = job;
    this.#clock = clock;
    this.#suite = suite;
  }

  /** `INFO Start <suite>` */
  suiteStarted(): Promise<void> {
    return this.#single({ ...this.#now(), code: 'INFO', operation: `Start ${this.#suite}`, reason: '' });
  }

  /** The status of the suite as a whole. */
  suiteEnded(code: 'INFO' | 'GOOD' | 'WARN' | 'FAIL', summary: string): Promise<void> {
    return this.#single({ ...this.#now(), code, operation: this.#suite, reason: summary });
  }

  /** Something about a test that is no result. */
  info(test: string, reason: string): Promise<void> {
    return this.#single({ ...this.#now(), ...this.#ofSuite(), code: 'INFO', operation: test, reason });
  }

  /** A test that got no job. */
  notScheduled(test: string, status: TestStatus, reason: string): Promise<void> {
    const { timeMs, subdir } = this.#now();
    const about = { ...this.#ofSuite(), subdir, operation: test };
    return this.#group(about, { status, reason, startedMs: timeMs, finishedMs: timeMs });
  }

  /** A result, with the test's own times, and the keyval that leads from the test's name to its job. */
  async result(result: TestResult): Promise<void> {
    const about = {
      subdir: result.subdir,
      operation: result.testName,
      fields: { job_id: String(result.jobId) },
    };
    await this.#group(about, result);
    if (result.origin !== 'none') await this.job(result.testName, result.jobId, result.owner);
  }

  /** The crashes of a job. */
  crashes(reports: readonly CrashReport[]): Promise<void> {
    const ofJob = (tag: string | undefined) => ({ job_id: /^\d+/u.exec(tag ?? '')?.[0] ?? '' });
    const fields = ofJob(reports[0]?.jobTag);
    const entries = crashEntries(reports, this.#clock.now()).map((entry): StatusEntry => ({ ...entry, fields }));
    return this.#entries(entries.map((entry) => this.#keyed(entry)));
  }

  /** Keyvals of the suite job; none are no write. */
  keyvals(keyvals: Readonly<Record<string, string>>): Promise<void> {
    if (Object.keys(keyvals).length === 0) return Promise.resolve();
    return this.#inTurn(async (job) => job.writeKeyvals(keyvals));
  }

  /**
   * The keyval of a test's job: md5 of the test's name → `<job id>-<owner>`. Passed over when it was there before this
   * suite began: written again it would hide that of a later attempt.
   */
  job(test: string, jobId: number, owner: string): Promise<void> {
    return this.#inTurn(async (job) => {
      const key = await this.#keyOf(test);
      const value = `${String(jobId)}-${owner}`;
      const noted = await this.#notedBefore(job);
      if (noted.some(([notedKey, notedValue]) => notedKey === key && notedValue === value)) return;
      await job.writeKeyvals({ [key]: value });
    });
  }

  /** The ids of the jobs that were noted for tests of these names before this suite began. */
  async jobsNotedBefore(tests: readonly string[]): Promise<readonly number[]> {
    const keys = new Set(await Promise.all(tests.map((test) => this.#keyOf(test))));
    let ids: readonly number[] = [];
    await this.#inTurn(async (job) => {
      const noted = (await this.#notedBefore(job)).filter(([key]) => keys.has(key));
      ids = noted.map(([, value]) => Number(/^(\d{1,15})-/u.exec(value)?.[1] ?? 0)).filter((id) => id > 0);
    });
    return [...new Set(ids)].sort((a, b) => a - b);
  }

  /** Whether a keyval of this key was noted before this suite began: by a process that was killed. */
  async wasNotedBefore(key: string): Promise<boolean> {
    let found = false;
    await this.#inTurn(async (job) => {
      const noted = await this.#notedBefore(job);
      found = noted.some(([notedKey]) => safeKey(notedKey) === safeKey(key));
    });
    return found;
  }

  async #keyOf(test: string): Promise<string> {
    // Loaded when it is needed: it is a good part of what importing this package would cost.
    this.#crypto ??= import('node:crypto');
    const { createHash } = await this.#crypto;
    return createHash('md5').update(test).digest('hex');
  }

  /** START, result and END of a test. */
  #group(
    about: Pick<StatusEntry, 'subdir' | 'operation' | 'fields'>,
    result: Pick<TestResult, 'status' | 'reason' | 'startedMs' | 'finishedMs'>,
  ): Promise<void> {
    const { status, reason, startedMs, finishedMs } = result;
    const { key } = this.#keyed({ ...about, code: status, reason, timeMs: finishedMs });
    return this.#entries([
      { ...about, key, code: 'START', reason: '', timeMs: startedMs },
      { ...about, key, code: status, reason, timeMs: finishedMs },
      { ...about, key, code: `END ${status}`, reason: '', timeMs: finishedMs },
    ]);
  }

  #single(entry: StatusEntry): Promise<void> {
    return this.#entries([this.#keyed(entry)]);
  }

  #keyed(entry: StatusEntry): StatusEntry {
    return { ...entry, key: this.#keys.next(entry) };
  }

  #notedBefore(job: SuiteJob): Promise<readonly Keyval[]> {
    // Read before the first is written.
    this.#noted ??= (async () => (await job.readKeyvals?.()) ?? [])();
    return this.#noted;
  }

  #entries(entries: readonly StatusEntry[]): Promise<void> {
    return this.#inTurn(async (job) => {
      if (entries.length === 0) return;
      if (job.recordAll !== undefined) await job.recordAll(entries);
      else for (const entry of entries) await job.record(entry);
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

  /** Tells a test without a job from one of the same name in another suite of the same job. */
  #ofSuite(): Pick<StatusEntry, 'fields'> {
    return { fields: { suite: this.#suite } };
  }
}
