import type { LabEntry, LabTask } from '../lab/model.js';
import { jobTagOf } from '../lab/model.js';
import type { AfeParts } from './afe-parts.js';
import type { JsonObject } from './json-values.js';
import { toInt } from './json-values.js';

/**
 * What was and is done on a host, the latest first: its entries, and between them the tasks before each.
 *
 * @param page - `query_start` and `query_limit`
 * @param entries - of the host, by descending id, as are `tasks`
 */
export function hostDetail(
  parts: AfeParts,
  page: JsonObject,
  entries: readonly LabEntry[],
  tasks: readonly LabTask[],
): readonly object[] {
  const { answers, state, time } = parts;
  const timeOf = (ms: number | undefined) => (ms === undefined ? null : time.text(ms));
  const lines = interleave(entries, tasks).map((item) => {
    const isTask = 'name' in item;
    const type = isTask ? item.name : 'Job';
    const job = isTask ? state.jobs.get(item.jobId ?? 0) : item.job;
    return {
      type,
      id: `${item.id}${type}`,
      oid: item.id,
      host: item.host === undefined ? null : answers.hostWithin(item.host),
      job: job === undefined ? null : answers.bareJob(job),
      status: isTask ? taskStatus(item) : item.status,
      started_on: timeOf(item.startedMs),
      execution_path: isTask ? logPath(item) : jobTagOf(item.job, [item]),
    };
  });
  const start = toInt(page['query_start'] ?? 0);
  const limit = page['query_limit'] ?? null;
  return lines.slice(start, limit === null ? undefined : start + toInt(limit));
}

/** A task stands behind the job that came next on its host, as one reads backwards in time. */
function interleave(entries: readonly LabEntry[], tasks: readonly LabTask[]): readonly (LabEntry | LabTask)[] {
  const interleaved: (LabEntry | LabTask)[] = [];
  const nextJobs = nextJobsOf(entries, tasks);
  let taken = 0;
  const takeTasks = (belongs: (nextJob: number | undefined) => boolean) => {
    for (; taken < tasks.length && belongs(nextJobs[taken]); taken++)
      interleaved.push(...tasks.slice(taken, taken + 1));
  };
  takeTasks((nextJob) => nextJob === undefined);
  for (const entry of entries) {
    interleaved.push(entry);
    takeTasks((nextJob) => nextJob === undefined || nextJob >= entry.job.id);
  }
  takeTasks(() => true);
  return interleaved;
}

/** For each task the job it was for, else the first one that began after it; undefined after the last job. */
function nextJobsOf(entries: readonly LabEntry[], tasks: readonly LabTask[]): readonly (number | undefined)[] {
  let nextJob: number | undefined;
  return tasks.map(({ jobId, startedMs }) => {
    if (jobId !== undefined) nextJob = jobId;
    else if (startedMs !== undefined) nextJob = firstAfter(entries, startedMs) ?? nextJob;
    return nextJob;
  });
}

function firstAfter(entries: readonly LabEntry[], startedMs: number): number | undefined {
  return entries.findLast((entry) => entry.startedMs !== undefined && entry.startedMs >= startedMs)?.job.id;
}

function taskStatus({ startedMs, finishedMs, success }: LabTask): string {
  if (finishedMs !== undefined) return success ? 'Completed' : 'Failed';
  return startedMs === undefined ? 'Queued' : 'Running';
}

/** Where the task leaves its log. */
function logPath({ id, name, host }: LabTask): string {
  return `hosts/${host.hostname}/${id}-${name.toLowerCase()}`;
}
