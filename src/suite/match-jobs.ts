import type { Job } from '../clients/afe/types.js';
import { keptJobName } from '../clients/afe/wire-requests.js';
import type { FailureKind } from '../results/failure-kind.js';
import type { LedgerTest } from './job-ledger.js';
import { infraRetryKeyval } from './job-request.js';

/** A job that is an attempt of a test. */
export interface MatchedJob<T> {
  readonly test: T;
  readonly job: Job;
  /** The attempt before it; null for the first. */
  readonly retryOf: number | null;
  /** Why there was another attempt; null for the first. */
  readonly retryFor: FailureKind | null;
}

/**
 * Which tests the jobs of an earlier process are attempts of, each test's in their order.
 *
 * A first attempt is known by its name, a retry by the job that it says it repeats. Where there are several for the same
 * attempt the oldest counts, the same that whoever created them would have kept; the others are left out.
 *
 * @param nameOf - what a test's jobs are called
 */
export function matchJobs<T extends Pick<LedgerTest, 'control'>>(
  tests: readonly T[],
  jobs: readonly Job[],
  nameOf: (test: T) => string,
): readonly MatchedJob<T>[] {
  const oldestFirst = [...jobs].sort((a, b) => a.id - b.id);
  const firsts = oldestFirst.filter((job) => retriedBy(job) === null);
  const retries = new Map<number, Job>();
  for (const job of oldestFirst) {
    const original = retriedBy(job);
    if (original !== null && !retries.has(original)) retries.set(original, job);
  }
  const free = new Map<string, T[]>();
  for (const test of tests) {
    const name = keptJobName(nameOf(test));
    const sameName = free.get(name);
    if (sameName === undefined) free.set(name, [test]);
    else sameName.push(test);
  }
  return firsts.flatMap((first) => {
    const test = takeTest(free.get(first.name) ?? [], first);
    return test === undefined ? [] : chain(test, first, retries);
  });
}

/** Of several tests of the same name the one with the job's control file. */
function takeTest<T extends Pick<LedgerTest, 'control'>>(free: T[], job: Job): T | undefined {
  const index = free.findIndex(({ control }) => control?.text === job.controlFile);
  return free.splice(Math.max(0, index), 1)[0];
}

function chain<T>(test: T, first: Job, retries: ReadonlyMap<number, Job>): MatchedJob<T>[] {
  const found: MatchedJob<T>[] = [{ test, job: first, retryOf: null, retryFor: null }];
  for (let last = first; ;) {
    const next = retries.get(last.id);
    // A retry is younger than what it repeats: whatever the keyvals say, this comes to an end.
    if (next === undefined || next.id <= last.id) return found;
    const retryFor = infraRetryKeyval in next.keyvals ? 'infrastructure' : 'test';
    found.push({ test, job: next, retryOf: last.id, retryFor });
    last = next;
  }
}

function retriedBy({ keyvals }: Job): number | null {
  const original = keyvals['retry_original_job_id'];
  return original === undefined ? null : Number(original);
}
