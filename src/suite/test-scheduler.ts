import type { Job, JobRequest } from '../clients/afe/types.js';
import { isDynamicSuiteError } from '../errors.js';
import type { FailureKind } from '../results/failure-kind.js';
import { allOrNone } from '../runtime/abort.js';
import { createLimit } from '../runtime/limit.js';
import type { Announcer } from './announcer.js';
import { EarlierJobs } from './earlier-jobs.js';
import { infraRetryRequest, jobName, jobRequest, unsendableReason } from './job-request.js';
import type { JobLedger, LedgerJob, LedgerTest, PlannedTest } from './job-ledger.js';
import { matchJobs } from './match-jobs.js';
import type { Recorder } from './recorder.js';
import type { RetryBook } from './retry-book.js';
import { RetryHosts } from './retry-hosts.js';
import { schedulingFailure, type SchedulingFailure } from './scheduling-failure.js';
import type { ResolvedSuiteOptions } from './suite-options.js';

/** Turns tests into jobs, the first ones and the retries, and enters, records and tells each. */
export class TestScheduler {
  readonly #options: ResolvedSuiteOptions;
  readonly #ledger: JobLedger;
  readonly #retries: RetryBook;
  readonly #recorder: Recorder;
  readonly #announcer: Announcer;
  readonly #earlierJobs: EarlierJobs;
  readonly #retryHosts: RetryHosts;
  #owner: Promise<string> | undefined;
  #unreachableInARow = 0;
  /** Why no job may be made. */
  #blocked: SchedulingFailure | null = null;

  constructor(
    options: ResolvedSuiteOptions,
    parts: {
      readonly ledger: JobLedger;
      readonly retries: RetryBook;
      readonly recorder: Recorder;
      readonly announcer: Announcer;
    },
  ) {
    this.#options = options;
    this.#ledger = parts.ledger;
    this.#retries = parts.retries;
    this.#recorder = parts.recorder;
    this.#announcer = parts.announcer;
    this.#earlierJobs = new EarlierJobs(options, parts);
    this.#retryHosts = new RetryHosts(options.template.board, { ...parts, afe: options.lab.afe });
  }

  /** Schedules all tests, the experimental ones when the others have been asked for; one failure stops no other. */
  async scheduleAll(planned: readonly PlannedTest[], signal: AbortSignal | undefined): Promise<void> {
    await this.#recorder.suiteStarted();
    const limit = createLimit(this.#options.concurrency, this.#options.clock);
    const tests = planned.map((test) => this.#ledger.addTest(test));
    await this.#adoptEarlierJobs(tests, signal);
    for (const experimental of [false, true]) {
      const missing = tests.filter((test) => test.jobs.length === 0);
      const group = missing.filter((test) => test.control?.experimental === experimental);
      const tasks = group.map(
        (test) => (taskSignal: AbortSignal) =>
          limit.run(() => this.#scheduleFirst(test, taskSignal), { signal: taskSignal }),
      );
      await allOrNone(tasks, signal);
    }
  }

  /** Schedules the retry of a job. One that cannot be scheduled counts as attempted, whatever the reason (S4). */
  async retry(job: LedgerJob, why: FailureKind, signal: AbortSignal | undefined): Promise<void> {
    const { test } = job;
    const failure = await this.#createJob(test, { of: job.jobId, why }, signal);
    if (failure === null) return;
    this.#retries.attempted(job.jobId);
    const { status, reason } = failure;
    if (status === 'TEST_NA') await this.#recorder.notScheduled(test.name, status, reason);
    else await this.#recorder.info(test.name, `No retry of job ${String(job.jobId)}: ${reason}`);
    this.#announcer.tell({ type: 'test-not-scheduled', test: test.name, attempt: job.attempt + 1, status, reason });
  }

  /** Takes over what an earlier process has made before it was killed (S2). */
  async #adoptEarlierJobs(tests: readonly LedgerTest[], signal: AbortSignal | undefined): Promise<void> {
    let earlier: readonly Job[];
    try {
      earlier = await this.#earlierJobs.find(tests, signal);
    } catch (error) {
      signal?.throwIfAborted();
      // Whoever cannot see which jobs there are must not make any: they might be there already.
      const problem = error instanceof Error ? error.message : String(error);
      this.#blocked = { status: 'ERROR', reason: `Not scheduled: cannot see which jobs there are already: ${problem}` };
      return;
    }
    for (const { test, job, retryOf, retryFor } of matchJobs(tests, earlier, (test) =>
      jobName(this.#options.template, test.name),
    )) {
      const { id: jobId, owner } = job;
      const { attempt } = this.#ledger.addJob(test, jobId, retryFor);
      if (retryOf !== null && retryFor !== null) this.#retries.retried(retryOf, jobId, retryFor);
      else this.#retries.add(jobId, this.#retriesOf(test));
      this.#announcer.tell({ type: 'job-adopted', test: test.name, jobId, attempt, retryOf, retryFor });
      this.#owner ??= Promise.resolve(owner);
      await this.#recorder.job(test.name, jobId, owner);
    }
  }

  async #scheduleFirst(test: LedgerTest, signal: AbortSignal): Promise<void> {
    // A server that could not be reached for a whole round is down: the rest need not find that out one by one.
    const serverDown = this.#unreachableInARow >= this.#options.concurrency;
    const hopeless = this.#blocked ?? (serverDown ? notTried : null);
    const failure = hopeless ?? (await this.#createJob(test, null, signal));
    if (failure === null) return;
    const { status, reason } = failure;
    test.failure = { status, reason };
    await this.#recorder.notScheduled(test.name, status, reason);
    this.#announcer.tell({ type: 'test-not-scheduled', test: test.name, attempt: 1, status, reason });
  }

  /** Creates the next job of a test; resolves to why that failed, or to null. */
  async #createJob(
    test: LedgerTest,
    retry: Retry | null,
    signal: AbortSignal | undefined,
  ): Promise<SchedulingFailure | null> {
    const { template } = this.#options;
    const { control } = test;
    if (control === null)
      return { status: 'ERROR', reason: 'Somebody else added this test: its control file is not known' };
    const unsendable = unsendableReason(control);
    if (unsendable !== null) return { status: 'ERROR', reason: unsendable };
    let made: MadeJob;
    try {
      const request = jobRequest(template, control, test.name, retry?.of ?? null);
      made =
        retry?.why === 'infrastructure'
          ? await this.#sendElsewhere(test, request, signal)
          : await this.#send(request, signal);
      this.#unreachableInARow = 0;
    } catch (error) {
      signal?.throwIfAborted();
      if (isUnreachable(error)) this.#unreachableInARow += 1;
      return schedulingFailure(error);
    }
    const { jobId, hosts } = made;
    const retryFor = retry?.why ?? null;
    const { attempt } = this.#ledger.addJob(test, jobId, retryFor);
    if (retry !== null) this.#retries.retried(retry.of, jobId, retry.why);
    else this.#retries.add(jobId, this.#retriesOf(test));
    const retryOf = retry?.of ?? null;
    this.#announcer.tell({ type: 'test-scheduled', test: test.name, jobId, attempt, retryOf, retryFor, hosts });
    await this.#noteJob(test.name, jobId, signal);
    return null;
  }

  async #send(request: JobRequest, signal: AbortSignal | undefined): Promise<MadeJob> {
    const { template, lab } = this.#options;
    const jobId = await lab.afe.createJob(request, { signal, lookForDoubles: template.parentJobId === null });
    return { jobId };
  }

  /** Sends the retry of a test that the infrastructure failed, to another host where there is one. */
  async #sendElsewhere(test: LedgerTest, request: JobRequest, signal: AbortSignal | undefined): Promise<MadeJob> {
    const hosts = await this.#retryHosts.choose(test, request, signal);
    if (hosts.length > 0) {
      try {
        const { jobId } = await this.#send(infraRetryRequest(request, hosts), signal);
        this.#retryHosts.bind(jobId, hosts);
        return { jobId, hosts };
      } catch (error) {
        // The AFE knows better which hosts the job may have; it has made none. Any host is better than no retry.
        if (!isDynamicSuiteError(error, 'ERR_RPC')) throw error;
      }
    }
    return this.#send(infraRetryRequest(request, []), signal);
  }

  #retriesOf({ control }: LedgerTest): number {
    return this.#options.jobRetry ? (control?.jobRetries ?? 0) : 0;
  }

  /** Notes the job as a keyval. Who created one job of the suite created them all, so the AFE is asked for the owner once. */
  async #noteJob(testName: string, jobId: number, signal: AbortSignal | undefined): Promise<void> {
    const { afe } = this.#options.lab;
    this.#owner ??= afe.getJobs({ ids: [jobId] }, { signal }).then(([job]) => {
      if (job === undefined) throw new Error(`The AFE does not show job ${String(jobId)}`);
      return job.owner;
    });
    let owner: string;
    try {
      owner = await this.#owner;
    } catch (error) {
      signal?.throwIfAborted();
      this.#owner = undefined;
      const problem = error instanceof Error ? error.message : String(error);
      this.#announcer.warn('owner-unknown', `Job ${String(jobId)} is not noted as a keyval before it ends: ${problem}`);
      return;
    }
    await this.#recorder.job(testName, jobId, owner);
  }
}

/** Which job is repeated, and which kind of failure that makes up for. */
interface Retry {
  readonly of: number;
  readonly why: FailureKind;
}

/** A job, with the hosts that it is bound to where there are some. */
interface MadeJob {
  readonly jobId: number;
  readonly hosts?: readonly string[] | undefined;
}

const notTried: SchedulingFailure = { status: 'ERROR', reason: 'Not tried: the AFE cannot be reached' };

function isUnreachable(error: unknown): boolean {
  return isDynamicSuiteError(error, 'ERR_DEADLINE') || isDynamicSuiteError(error, 'ERR_CONNECTION');
}
