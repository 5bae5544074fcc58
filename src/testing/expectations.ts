import type { CallLog } from './call-log.js';
import type { LabJob } from './lab/model.js';
import { fullStatus, isComplete } from './lab/model.js';

/** Something that should hold of a lab, and what does not: a line each. */
export interface Expectation {
  readonly expected: string;
  readonly problems: readonly string[];
}

/**
 * No job exists twice: with a parent, the same name and the same job that it retries; without a parent, the same name
 * and keyvals. Jobs that were aborted or never queued do not count.
 */
export function nothingDoubled(jobs: Iterable<LabJob>): Expectation {
  const groups = new Map<string, LabJob[]>();
  for (const job of jobs) {
    const counts = job.entries.length > 0 && !job.entries.every((entry) => entry.aborted);
    if (!counts || job.heldOpen) continue;
    const key = identityOf(job);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [job]);
    else group.push(job);
  }
  const doubled = [...groups.values()].filter((group) => group.length > 1);
  return {
    expected: 'no job should exist twice',
    problems: doubled.map((group) => `${group[0]?.name ?? ''}: jobs ${group.map((job) => job.id).join(', ')}`),
  };
}

/** Every entry of a job has come to its end. Suite jobs made by the lab are the caller's to finish. */
export function everythingFinished(jobs: Iterable<LabJob>): Expectation {
  const open = [...jobs]
    .filter((job) => !job.heldOpen)
    .flatMap((job) => job.entries.filter((entry) => !isComplete(entry)));
  return {
    expected: 'every job should have finished',
    problems: open.map((entry) => `job ${entry.job.id} ${entry.job.name}: ${fullStatus(entry)}`),
  };
}

/** No host was given to somebody while another had it. */
export function noHostUsedTwice(conflicts: readonly string[]): Expectation {
  return { expected: 'no host should be used twice at once', problems: conflicts };
}

/** Nothing was called that the lab does not have: a method of the real services that it leaves out, or none. */
export function noUnexpectedCalls(calls: CallLog): Expectation {
  return {
    expected: 'every call should be one that the lab knows',
    problems: [...calls.unexpected()].map(([method, count]) => `${method}: ${count} times`),
  };
}

function identityOf(job: LabJob): string {
  if (job.parentId === undefined) return JSON.stringify([job.name, [...job.keyvals].sort()]);
  return JSON.stringify([job.parentId, job.name, job.keyvals.get('retry_original_job_id') ?? null]);
}
