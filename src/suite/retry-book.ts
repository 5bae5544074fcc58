import type { FailureKind } from '../results/failure-kind.js';
import { isWorse, type TestStatus } from '../results/status.js';
import type { InfraRetryLimits } from './infra-retry-options.js';

/** What decides whether a job's result calls for another try. */
export interface RetryCandidate {
  readonly jobId: number;
  readonly status: TestStatus;
  readonly executed: boolean;
}

interface Entry {
  state: 'not-attempted' | 'attempted' | 'retried';
  readonly retriesLeft: number;
  readonly infraRetriesLeft: number;
}

/**
 * Keeps account of which jobs may be tried again, and how often.
 *
 * A job has as many retries as its test's JOB_RETRIES; the job that repeats it has one fewer. A limit for the whole
 * suite bounds them all together. Retries because the infrastructure failed are counted apart, by limits of their own.
 */
export class RetryBook {
  readonly #jobs = new Map<number, Entry>();
  readonly #infraRetries: number;
  #suiteRetriesLeft: number;
  #suiteInfraRetriesLeft: number;

  /**
   * @param suiteRetries - limit for the whole suite; null for none
   * @param infra - of retries because the infrastructure failed
   */
  constructor(suiteRetries: number | null, infra: InfraRetryLimits = { infraRetries: 0, maxInfraRetries: 0 }) {
    this.#suiteRetriesLeft = suiteRetries ?? Number.POSITIVE_INFINITY;
    this.#infraRetries = infra.infraRetries;
    this.#suiteInfraRetriesLeft = infra.maxInfraRetries ?? Number.POSITIVE_INFINITY;
  }

  /** Enters a first job with the retries that its test has. */
  add(jobId: number, retries: number): void {
    this.#enter(jobId, { retriesLeft: retries, infraRetriesLeft: this.#infraRetries });
  }

  /**
   * Why a job is to be tried again because of this result; null when it is not.
   *
   * @param infraFailed - whether the infrastructure is to blame for the result
   */
  retryFor(candidate: RetryCandidate, infraFailed: boolean): FailureKind | null {
    if (infraFailed && this.#mayRetryInfra(candidate.jobId)) return 'infrastructure';
    return this.shouldRetry(candidate) ? 'test' : null;
  }

  /** Whether a job is to be tried again because of this result: it ran, did worse than WARN, and retries are left. */
  shouldRetry({ jobId, status, executed }: RetryCandidate): boolean {
    const entry = this.#jobs.get(jobId);
    if (entry?.state !== 'not-attempted' || entry.retriesLeft <= 0) return false;
    if (this.#suiteRetriesLeft <= 0 || !executed) return false;
    return isWorse({ status, reason: '' }, { status: 'WARN', reason: '' });
  }

  /** Enters that `retryJobId` repeats `jobId`, and why. */
  retried(jobId: number, retryJobId: number, why: FailureKind = 'test'): void {
    const entry = this.#unattempted(jobId);
    const { retriesLeft, infraRetriesLeft } = entry;
    if (why === 'test') {
      this.#enter(retryJobId, { retriesLeft: retriesLeft - 1, infraRetriesLeft });
      this.#suiteRetriesLeft -= 1;
    } else {
      this.#enter(retryJobId, { retriesLeft, infraRetriesLeft: infraRetriesLeft - 1 });
      this.#suiteInfraRetriesLeft -= 1;
    }
    entry.state = 'retried';
  }

  /** Enters that no retry of the job could be scheduled: it is not tried again (S4). */
  attempted(jobId: number): void {
    this.#unattempted(jobId).state = 'attempted';
  }

  #mayRetryInfra(jobId: number): boolean {
    const entry = this.#jobs.get(jobId);
    return entry?.state === 'not-attempted' && entry.infraRetriesLeft > 0 && this.#suiteInfraRetriesLeft > 0;
  }

  #enter(jobId: number, retries: Omit<Entry, 'state'>): void {
    if (this.#jobs.has(jobId)) throw new Error(`Job ${String(jobId)} is in the retry book already`);
    this.#jobs.set(jobId, { state: 'not-attempted', ...retries });
  }

  #unattempted(jobId: number): Entry {
    const entry = this.#jobs.get(jobId);
    if (entry?.state !== 'not-attempted') {
      throw new Error(
        `Job ${String(jobId)} is ${entry === undefined ? 'not in the retry book' : `${entry.state} already`}`,
      );
    }
    return entry;
  }
}
