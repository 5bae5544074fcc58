import { isWorse, type TestStatus } from '../results/status.js';

/** What decides whether a job's result calls for another try. */
export interface RetryCandidate {
  readonly jobId: number;
  readonly status: TestStatus;
  readonly executed: boolean;
}

/**
 * Keeps account of which jobs may be tried again, and how often.
 *
 * A job has as many retries as its test's JOB_RETRIES; the job that repeats it has one fewer. A limit for the whole
 * suite bounds them all together.
 */
export class RetryBook {
  readonly #jobs = new Map<
    number,
    { state: 'not-attempted' | 'attempted' | 'retried'; readonly retriesLeft: number }
  >();
  #suiteRetriesLeft: number;

  /** @param suiteRetries - limit for the whole suite; null for none */
  constructor(suiteRetries: number | null) {
    this.#suiteRetriesLeft = suiteRetries ?? Number.POSITIVE_INFINITY;
  }

  /** Enters a job with the retries that it has. */
  add(jobId: number, retries: number): void {
    if (this.#jobs.has(jobId)) throw new Error(`Job ${String(jobId)} is in the retry book already`);
    this.#jobs.set(jobId, { state: 'not-attempted', retriesLeft: retries });
  }

  /** Whether a job is to be tried again because of this result: it ran, did worse than WARN, and retries are left. */
  shouldRetry({ jobId, status, executed }: RetryCandidate): boolean {
    const entry = this.#jobs.get(jobId);
    if (entry?.state !== 'not-attempted' || entry.retriesLeft <= 0) return false;
    if (this.#suiteRetriesLeft <= 0 || !executed) return false;
    return isWorse({ status, reason: '' }, { status: 'WARN', reason: '' });
  }

  /** Enters that `retryJobId` repeats `jobId`. */
  retried(jobId: number, retryJobId: number): void {
    const entry = this.#unattempted(jobId);
    this.add(retryJobId, entry.retriesLeft - 1);
    entry.state = 'retried';
    this.#suiteRetriesLeft -= 1;
  }

  /** Enters that no retry of the job could be scheduled: it is not tried again (S4). */
  attempted(jobId: number): void {
    this.#unattempted(jobId).state = 'attempted';
  }

  #unattempted(jobId: number) {
    const entry = this.#jobs.get(jobId);
    if (entry?.state !== 'not-attempted') {
      throw new Error(
        `Job ${String(jobId)} is ${entry === undefined ? 'not in the retry book' : `${entry.state} already`}`,
      );
    }
    return entry;
  }
}
