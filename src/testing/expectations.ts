import type { CallLog } from './call-log.js';
import { LabExpectationError } from './errors.js';
import type { LabJob } from './lab/model.js';
import { fullStatus, isComplete } from './lab/model.js';

/**
 * Throws when a job exists twice: with a parent, the same name and the same job that it retries; without a parent, the
 * same name and keyvals. Jobs that were aborted or never queued do not count.
 */
export function expectNothingDoubled(jobs: Iterable<LabJob>): void {
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
  if (doubled.length === 0) return;
  throw new LabExpectationError(
    'no job should exist twice',
    doubled.map((group) => `${group[0]?.name ?? ''}: jobs ${group.map((job) => job.id).join(', ')}`),
  );
}

/** Throws when an entry of a job has not come to its end. Suite jobs made by the lab are the caller's to finish. */
export function expectEverythingFinished(jobs: Iterable<LabJob>): void {
  const open = [...jobs]
    .filter((job) => !job.heldOpen)
    .flatMap((job) => job.entries.filter((entry) => !isComplete(entry)));
  if (open.length === 0) return;
  throw new LabExpectationError(
    'every job should have finished',
    open.map((entry) => `job ${entry.job.id} ${entry.job.name}: ${fullStatus(entry)}`),
  );
}

/** Throws when a host was given to somebody while another had it. */
export function expectNoHostUsedTwice(conflicts: readonly string[]): void {
  if (conflicts.length > 0) throw new LabExpectationError('no host should be used twice at once', conflicts);
}

/** Throws when something called what the lab does not have: a method of the real services that it leaves out, or none. */
export function expectNoUnexpectedCalls(calls: CallLog): void {
  const unexpected = calls.unexpected();
  if (unexpected.size === 0) return;
  throw new LabExpectationError(
    'every call should be one that the lab knows',
    [...unexpected].map(([method, count]) => `${method}: ${count} times`),
  );
}

function identityOf(job: LabJob): string {
  if (job.parentId === undefined) return JSON.stringify([job.name, [...job.keyvals].sort()]);
  return JSON.stringify([job.parentId, job.name, job.keyvals.get('retry_original_job_id') ?? null]);
}
