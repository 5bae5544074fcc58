import type { AbortedEntry, Job, JobRequest } from '../clients/afe/types.js';
import type { CallOptions } from '../clients/call-options.js';
import type { ControlData } from '../control-files/control-data.js';
import { findTests, type FoundTests } from '../control-files/find-tests.js';
import { inSuite } from '../control-files/predicates.js';
import { mostSimilar } from '../control-files/similarity.js';
import { suiteOutcome, type SuiteOutcome } from '../results/outcome.js';
import { experimentalPrefix, resultsOfJob, type FinishedJob, type TestResult } from '../results/test-result.js';
import { Announcer } from './announcer.js';
import { FinishedJobs, type Strangers } from './finished-jobs.js';
import { CrashWatch } from './crash-watch.js';
import { FailureWatch } from './failure-watch.js';
import { buildUnderTest, jobRequest } from './job-request.js';
import { isInfraFailure } from './infra-failure.js';
import { JobLedger, type LedgerJob, type PlannedTest } from './job-ledger.js';
import { Progress } from './progress.js';
import { Recorder } from './recorder.js';
import { RetryBook } from './retry-book.js';
import {
  resolveSuiteOptions,
  type ResolvedSuiteOptions,
  type SuiteFromPredicatesOptions,
  type SuiteOptions,
} from './suite-options.js';
import { TestScheduler } from './test-scheduler.js';

/** Options of {@link Suite.results}. */
export interface ResultsOptions {
  /** Stops the wait; the jobs go on in the lab. See {@link Suite.abort}. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Time between two polls, in ms.
   *
   * @defaultValue 5000
   */
  readonly pollIntervalMs?: number | undefined;
}

/** A job that a suite would create. */
export interface PlannedJob {
  /** The test's name, with the prefix `experimental_` where it has one. */
  readonly test: string;
  /** Path of its control file. */
  readonly path: string;
  /** Exactly what the AFE would be asked for. */
  readonly request: JobRequest;
}

/**
 * The tests of a build that belong together, as jobs of a lab: chosen when the suite is created, scheduled once, waited
 * for as long as it takes.
 *
 * @example
 * ```ts
 * const suite = await Suite.createFromPredicates({ predicates: [inSuite('bvt')], ...options });
 * await suite.schedule();
 * for await (const result of suite.results()) console.log(result.testName, result.status);
 * process.exitCode = (await suite.finish()).exitCode;
 * ```
 */
export class Suite {
  readonly #options: ResolvedSuiteOptions;
  readonly #found: FoundTests;
  readonly #planned: readonly PlannedTest[];
  readonly #ledger: JobLedger;
  readonly #progress: Progress;
  readonly #retries: RetryBook;
  readonly #recorder: Recorder;
  readonly #announcer: Announcer;
  readonly #scheduler: TestScheduler;
  readonly #finishedJobs: FinishedJobs;
  readonly #crashWatch: CrashWatch;
  readonly #failureWatch: FailureWatch;
  readonly #undelivered: TestResult[] = [];
  readonly #hostnames = new Set<string>();
  readonly #createdMs: number;
  #scheduled: Promise<void> | undefined;
  #waited = false;
  #timedOut = false;

  /**
   * A suite of the tests that satisfy all predicates. Reads the control files; schedules nothing yet.
   *
   * @throws SuiteArgumentError for a bad option, and whatever the getter throws for a file that it cannot fetch
   */
  static async createFromPredicates(options: SuiteFromPredicatesOptions): Promise<Suite> {
    const resolved = resolveSuiteOptions(options);
    const found = await findTests({
      getter: resolved.controlFiles,
      predicates: options.predicates,
      suite: resolved.template.suite,
      forgiving: resolved.forgiving,
      runProdCode: resolved.runProdCode,
      concurrency: resolved.concurrency,
      signal: options.signal,
    });
    return new Suite(resolved, found);
  }

  /** A suite of the tests whose SUITE list has the suite's name. */
  static createFromName(options: SuiteOptions): Promise<Suite> {
    return Suite.createFromPredicates({ ...options, predicates: [inSuite(options.name)] });
  }

  private constructor(options: ResolvedSuiteOptions, found: FoundTests) {
    const { template, clock } = options;
    const { suite } = template;
    this.#options = options;
    this.#found = found;
    this.#planned = plan(found.tests, options.addExperimental);
    this.#progress = new Progress(clock, options.usableHosts);
    this.#ledger = new JobLedger(suite, this.#progress);
    this.#retries = new RetryBook(options.maxRetries, options.infraRetries);
    this.#recorder = new Recorder(options.job, clock, suite);
    this.#announcer = new Announcer({ suite, clock, logger: options.logger, onEvent: options.onEvent });
    this.#scheduler = new TestScheduler(options, {
      ledger: this.#ledger,
      retries: this.#retries,
      recorder: this.#recorder,
      announcer: this.#announcer,
    });
    this.#crashWatch = new CrashWatch(options.crashes, { recorder: this.#recorder, announcer: this.#announcer });
    this.#failureWatch = new FailureWatch(options.failureReports, {
      jobs: template,
      recorder: this.#recorder,
      announcer: this.#announcer,
      clock,
    });
    this.#finishedJobs = new FinishedJobs(options.lab, template.parentJobId, (job) => this.#ledger.isRepeat(job));
    this.#createdMs = clock.now();
    this.#tellWhatWasFound();
  }

  /** The suite's tests in the order they are scheduled: slowest first, experimental ones last. */
  get tests(): readonly ControlData[] {
    return this.#planned.map(({ control }) => control);
  }

  /** The ids of the jobs that have not been seen finished. */
  get openJobIds(): readonly number[] {
    return [...this.#ledger.open];
  }

  /** The hosts that the jobs which have been seen finished ran on. */
  get hostnames(): readonly string[] {
    return [...this.#hostnames].sort();
  }

  /** What {@link Suite.schedule} would create, in order; nothing is sent (S13). */
  plan(): readonly PlannedJob[] {
    return this.#planned.map(({ control, name }) => {
      return { test: name, path: control.path, request: jobRequest(this.#options.template, control, name) };
    });
  }

  /**
   * Creates a job for each test. A test that cannot be scheduled is recorded, TEST_NA when no host can run it and ERROR
   * otherwise, and stops none of the others (S3, S12). A second call changes nothing.
   *
   * Jobs that an earlier process has made for the same suite in the same suite job, before it was killed, are taken
   * over, retries included, and not made again (S2). Without a parent job they are known by the suite job's keyvals.
   *
   * @returns how many tests have a job
   */
  async schedule(options?: { readonly signal?: AbortSignal | undefined }): Promise<number> {
    this.#scheduled ??= this.#scheduleAll(options?.signal);
    await this.#scheduled;
    return this.#ledger.jobs.size;
  }

  /**
   * Waits for the jobs and gives each result once it is recorded, retrying failed tests where that is asked for. Ends
   * when every job has finished or the time of the suite has run out, their crashes have been looked at and their
   * failures reported; with `abortOnTimeout` what is left when the time has run out is aborted.
   *
   * A poll that fails is a warning and not the end of the wait. Leave the loop and call it again to go on.
   */
  async *results(options: ResultsOptions = {}): AsyncGenerator<TestResult, void, undefined> {
    const { signal, pollIntervalMs = 5000 } = options;
    const { clock, template } = this.#options;
    await this.schedule({ signal });
    this.#waited = true;
    const deadlineMs = this.#createdMs + template.timeoutMins * 60_000;
    for (;;) {
      const pollDeadlineMs = Math.max(1, Math.min(maxPollMs, deadlineMs - clock.now()));
      const next = await this.#poll({ signal, deadlineMs: pollDeadlineMs });
      while (this.#undelivered.length > 0) yield* this.#undelivered.splice(0, 1);
      const leftMs = deadlineMs - clock.now();
      if (next === 'end' || leftMs <= 0) break;
      if (next === 'wait') await clock.sleep(Math.min(pollIntervalMs, leftMs), { signal });
    }
    this.#timedOut = this.#ledger.open.size > 0;
    if (this.#timedOut && this.#options.abortOnTimeout) await this.#abortLeft(signal);
    await this.#crashWatch.settled();
    await this.#failureWatch.settled(signal);
  }

  /** What is known of the suite now; {@link Suite.finish} gives the final word. */
  outcome(): SuiteOutcome {
    const { template, clock } = this.#options;
    return suiteOutcome({
      suite: template.suite,
      board: template.board.slice('board:'.length),
      builds: template.builds,
      suiteJobId: template.parentJobId,
      tests: this.#ledger.facts(),
      skipped: this.#found.skipped.map(({ path, error }) => ({ path, reason: error.message })),
      knownSuites: this.#found.suites,
      nearSuites: this.#nearSuites,
      waited: this.#waited,
      timedOut: this.#timedOut,
      startedMs: this.#createdMs,
      finishedMs: clock.now(),
    });
  }

  /** Records the status of the suite as a whole and gives its outcome. Call it once, when nothing more is to come. */
  async finish(): Promise<SuiteOutcome> {
    const outcome = this.outcome();
    await this.#recorder.suiteEnded(suiteStatus(outcome), outcome.summary);
    this.#announcer.tell({ type: 'finished', outcome });
    return outcome;
  }

  /**
   * Has the lab abort the jobs that are still open. A wait that is under way sees them finish as aborted.
   *
   * @returns the host queue entries that were still open
   */
  async abort(options?: CallOptions): Promise<readonly AbortedEntry[]> {
    const jobIds = this.openJobIds;
    if (jobIds.length === 0) return [];
    return this.#options.lab.afe.abortHostQueueEntries({ jobIds }, options);
  }

  async #scheduleAll(signal: AbortSignal | undefined): Promise<void> {
    await this.#scheduler.scheduleAll(this.#planned, signal);
    // Jobs that others have added are taken in when they finish, or at the end.
    if (this.#ledger.jobs.size > 0) await this.#lookForStrangers({ signal, deadlineMs: 60_000 });
    this.#announcer.tell({ type: 'scheduled', scheduled: this.#ledger.jobs.size, total: this.#planned.length });
  }

  /** Collects what has finished, or, when all jobs have, looks whether somebody added more; says how to go on. */
  async #poll(options: CallOptions): Promise<'wait' | 'again' | 'end'> {
    const { open } = this.#ledger;
    if (open.size === 0) {
      const strangers = await this.#lookForStrangers(options);
      for (const stranger of strangers?.added ?? []) this.#adopt(stranger);
      return strangers?.added.length === 0 ? 'end' : 'wait';
    }
    const found = await this.#ask(() => this.#finishedJobs.collect(open, options), options.signal);
    for (const job of found?.finished ?? []) await this.#take(job, options.signal);
    const { counts, leftMs } = this.#progress;
    this.#announcer.tell({ type: 'progress', finished: counts.finished, total: counts.scheduled, counts, leftMs });
    return open.size === 0 || found?.more === true ? 'again' : 'wait';
  }

  /** Finds jobs of the suite that we do not know, and has those aborted that are doubles of ours (S1). */
  async #lookForStrangers(options: CallOptions): Promise<Strangers | undefined> {
    const known = new Set(this.#ledger.jobs.keys());
    const strangers = await this.#ask(() => this.#finishedJobs.strangers(known, options), options.signal);
    const jobIds = strangers?.doubles.map(({ id }) => id) ?? [];
    if (jobIds.length > 0) {
      const jobs = jobIds.join(', ');
      this.#announcer.warn('job-doubled', `The network sent a request twice: jobs ${jobs} are extra, and are aborted`);
      await this.#ask(() => this.#options.lab.afe.abortHostQueueEntries({ jobIds }, options), options.signal);
    }
    return strangers;
  }

  /** An answer of the lab; undefined, after a warning, when there is none: the next poll asks again. */
  async #ask<T>(question: () => Promise<T>, signal: AbortSignal | undefined): Promise<T | undefined> {
    try {
      return await question();
    } catch (error) {
      signal?.throwIfAborted();
      const problem = error instanceof Error ? error.message : String(error);
      this.#announcer.warn('poll-failed', `Cannot see how the jobs are doing, asking again: ${problem}`);
      return undefined;
    }
  }

  /** Records the results of a finished job, and schedules its retry where one is due. */
  async #take(finished: FinishedJob, signal: AbortSignal | undefined): Promise<void> {
    const keyvals = finished.views[0]?.jobKeyvals ?? {};
    const job = this.#ledger.jobs.get(finished.id) ?? this.#adopt({ ...finished, keyvals });
    const results = resultsOfJob(finished, this.#options.clock.now());
    this.#ledger.close(job, results);
    const infraFailed = isInfraFailure(finished, results);
    for (const { hostname } of finished.entries) if (hostname !== null) this.#hostnames.add(hostname);
    for (const result of results) {
      await this.#recorder.result(result);
      this.#undelivered.push(result);
      this.#announcer.tell({ type: 'test-result', test: job.test.name, attempt: job.attempt, result });
      const why = this.#retries.retryFor(result, infraFailed && result.origin !== 'test');
      if (why !== null) await this.#scheduler.retry(job, why, signal);
    }
    this.#failureWatch.watch(job, results, signal);
    this.#crashWatch.watch(job, finished, buildUnderTest(this.#options.template.builds), signal);
  }

  /** Has the lab abort what is left when the time of the suite is over. That this fails does not fail the suite. */
  async #abortLeft(signal: AbortSignal | undefined): Promise<void> {
    const jobs = this.openJobIds.flatMap((jobId) => {
      const job = this.#ledger.jobs.get(jobId);
      return job === undefined ? [] : [{ test: job.test.name, attempt: job.attempt, jobId }];
    });
    try {
      const entries = await this.abort({ signal, deadlineMs: maxPollMs });
      this.#announcer.tell({ type: 'jobs-aborted', jobs, entries: entries.length });
    } catch (error) {
      signal?.throwIfAborted();
      const problem = error instanceof Error ? error.message : String(error);
      const left = `Jobs of the suite that its time is over for may still run: ${this.openJobIds.join(', ')}`;
      this.#announcer.warn('abort-failed', `${left}; aborting them failed: ${problem}`);
    }
  }

  /** Takes in a child of the suite job that somebody else created, or whose creation seemed to have failed. */
  #adopt(stranger: Pick<Job, 'id' | 'name' | 'keyvals'>): LedgerJob {
    const job = this.#ledger.adopt(stranger);
    const { test, jobId, attempt } = job;
    if (test.control === null || attempt > 1) {
      this.#announcer.warn('job-added', `Somebody else added job ${String(jobId)} (${test.name}) to the suite`);
      return job;
    }
    this.#retries.add(jobId, this.#options.jobRetry ? test.control.jobRetries : 0);
    this.#announcer.tell({ type: 'job-adopted', test: test.name, jobId, attempt, retryOf: null, retryFor: null });
    return job;
  }

  /** What somebody may have meant whose suite has no test. */
  get #nearSuites(): readonly string[] {
    const { tests, suites } = this.#found;
    return tests.length > 0 ? [] : mostSimilar(this.#options.template.suite, suites, 3);
  }

  #tellWhatWasFound(): void {
    const { tests, skipped, listed, suiteUnknownToServer } = this.#found;
    const { suite } = this.#options.template;
    for (const { error } of skipped) this.#announcer.warn('control-file-skipped', error.message);
    if (suiteUnknownToServer) {
      const message = `The dev server's list for suite ${suite} is not of that suite: every listed control file was read`;
      this.#announcer.warn('suite-unknown-to-server', message);
    }
    if (tests.length === 0) {
      const hint = this.#nearSuites.length === 0 ? '' : `; suites with a similar name: ${this.#nearSuites.join(', ')}`;
      this.#announcer.warn('no-tests', `None of ${String(listed)} control files belongs to suite ${suite}${hint}`);
    }
    const names = this.#planned.map(({ name }) => name);
    this.#announcer.tell({ type: 'tests-selected', tests: names, controlFiles: listed });
  }
}

/** How long one look at the jobs may take, over all tries: a server that is away is told, and asked again. */
const maxPollMs = 10 * 60_000;

/** Stable tests first, then, if wanted, experimental ones under their prefixed names. */
function plan(tests: readonly ControlData[], addExperimental: boolean): PlannedTest[] {
  const stable = tests.filter((test) => !test.experimental);
  const experimental = addExperimental ? tests.filter((test) => test.experimental) : [];
  return [
    ...stable.map((control) => ({ control, name: control.name })),
    ...experimental.map((control) => ({ control, name: withExperimentalPrefix(control.name) })),
  ];
}

function withExperimentalPrefix(name: string): string {
  return name.startsWith(experimentalPrefix) ? name : experimentalPrefix + name;
}

/** The suite's own status: INFO says that there was nothing to judge. */
function suiteStatus(outcome: SuiteOutcome): 'INFO' | 'GOOD' | 'WARN' | 'FAIL' {
  if (outcome.tests.length === 0 || !outcome.waited) return 'INFO';
  if (outcome.verdict === 'OK') return 'GOOD';
  return outcome.verdict === 'WARNING' ? 'WARN' : 'FAIL';
}
