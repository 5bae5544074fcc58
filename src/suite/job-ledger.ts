import type { Job } from '../clients/afe/types.js';
import type { ControlData } from '../control-files/control-data.js';
import type { CrashReport } from '../crashes/crash-report.js';
import type { FailureKind } from '../results/failure-kind.js';
import type { TestFacts } from '../results/outcome.js';
import { experimentalPrefix, type TestResult } from '../results/test-result.js';
import { infraRetryKeyval } from './job-request.js';
import type { Progress } from './progress.js';
import type { SchedulingFailure } from './scheduling-failure.js';

/** A test of the suite. */
export interface PlannedTest {
  /** The test's name in this suite, with the prefix `experimental_` where it has one. */
  readonly name: string;
  readonly control: ControlData;
}

/** One job of the suite: an attempt of one of its tests. */
export interface LedgerJob {
  readonly jobId: number;
  readonly test: LedgerTest;
  /** 1 for the first. */
  readonly attempt: number;
  /** Why there was another attempt; null for the first. */
  readonly retryFor: FailureKind | null;
  readonly results: TestResult[];
  readonly crashes: CrashReport[];
}

/** A test with what became of it so far. */
export interface LedgerTest {
  readonly name: string;
  /** Null for a job that somebody else added to the suite. */
  readonly control: ControlData | null;
  readonly experimental: boolean;
  readonly jobs: LedgerJob[];
  failure: SchedulingFailure | undefined;
}

/** Which jobs the suite has, which test each one is an attempt of, and which are still open. */
export class JobLedger {
  readonly #suite: string;
  readonly #progress: Progress;
  readonly #tests: LedgerTest[] = [];
  readonly #jobs = new Map<number, LedgerJob>();
  readonly #open = new Set<number>();

  /** @param progress - hears of each job that is entered or closed */
  constructor(suite: string, progress: Progress) {
    this.#suite = suite;
    this.#progress = progress;
  }

  /** Jobs that have not been seen finished. */
  get open(): ReadonlySet<number> {
    return this.#open;
  }

  /** Every job of the suite so far. */
  get jobs(): ReadonlyMap<number, LedgerJob> {
    return this.#jobs;
  }

  addTest(planned: PlannedTest): LedgerTest {
    const { name, control } = planned;
    return this.#addTest({ name, control, experimental: control.experimental || name.startsWith(experimentalPrefix) });
  }

  /**
   * Enters a new job as the next attempt of a test.
   *
   * @param retryFor - why there is another attempt; null for the first
   */
  addJob(test: LedgerTest, jobId: number, retryFor: FailureKind | null): LedgerJob {
    const job: LedgerJob = { jobId, test, attempt: test.jobs.length + 1, retryFor, results: [], crashes: [] };
    test.jobs.push(job);
    this.#jobs.set(jobId, job);
    this.#open.add(jobId);
    this.#progress.opened(job);
    return job;
  }

  /**
   * Enters a job that the suite did not know: a retry of one of ours where it says so; the first attempt of a test of that
   * name which has none, since its creation only seemed to have failed; else a test of its own, by somebody else.
   */
  adopt(job: Pick<Job, 'id' | 'name' | 'keyvals'>): LedgerJob {
    const original = this.#jobs.get(Number(job.keyvals['retry_original_job_id']));
    if (original !== undefined) {
      return this.addJob(original.test, job.id, infraRetryKeyval in job.keyvals ? 'infrastructure' : 'test');
    }
    const name = testNameOf(job.name, this.#suite);
    const waiting = this.#tests.find((test) => test.control !== null && test.name === name && test.jobs.length === 0);
    if (waiting !== undefined) {
      waiting.failure = undefined;
      return this.addJob(waiting, job.id, null);
    }
    const test = this.#addTest({ name, control: null, experimental: name.includes(experimentalPrefix) });
    return this.addJob(test, job.id, null);
  }

  /** Whether a job is one more for an attempt that has a job already, by its test's name and the job that it retries. */
  isRepeat(job: Pick<Job, 'id' | 'name' | 'keyvals'>): boolean {
    if (this.#jobs.has(job.id)) return false;
    const retried = job.keyvals['retry_original_job_id'];
    if (retried === undefined) {
      const name = testNameOf(job.name, this.#suite);
      return this.#tests.some((test) => test.control !== null && test.name === name && test.jobs.length > 0);
    }
    const original = this.#jobs.get(Number(retried));
    return original !== undefined && original.attempt < original.test.jobs.length;
  }

  /** The results of a job that has finished. */
  close(job: LedgerJob, results: readonly TestResult[]): void {
    job.results.push(...results);
    this.#open.delete(job.jobId);
    this.#progress.closed(job, results);
  }

  facts(): TestFacts[] {
    return this.#tests.map((test) => ({
      name: test.name,
      path: test.control?.path ?? null,
      experimental: test.experimental,
      attempts: test.jobs.map(({ jobId, retryFor, results, crashes }) => ({ jobId, retryFor, results, crashes })),
      notScheduled: test.failure,
    }));
  }

  #addTest(test: Pick<LedgerTest, 'name' | 'control' | 'experimental'>): LedgerTest {
    const entered: LedgerTest = { ...test, jobs: [], failure: undefined };
    this.#tests.push(entered);
    return entered;
  }
}

/** Job names are `<build>/<suite>/<test>`; a build has slashes of its own, and so may a test. */
function testNameOf(jobName: string, suite: string): string {
  const separator = `/${suite}/`;
  const start = jobName.indexOf(separator);
  return start < 0 ? jobName : jobName.slice(start + separator.length);
}
