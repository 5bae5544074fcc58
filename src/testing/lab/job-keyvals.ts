import type { LabTestRow } from './model.js';

/** The keyvals of a job that has ended, as the job's keyval file and the results database have them. */
export function jobKeyvals(row: LabTestRow): Readonly<Record<string, string>> {
  const aborted = row.job.entries.find((entry) => entry.aborted);
  return {
    ...Object.fromEntries(row.job.keyvals),
    ...Object.fromEntries(row.job.suite?.keyvals ?? []),
    ...(row.hostname === '' ? {} : { hostname: row.hostname, drone: 'lab-drone' }),
    ...(aborted === undefined ? {} : { aborted_by: aborted.abortedBy, aborted_on: epochSeconds(row.finishedMs) }),
    job_queued: epochSeconds(row.job.createdMs),
    job_started: epochSeconds(row.jobStartedMs),
    job_finished: epochSeconds(row.jobFinishedMs),
    status_version: '1',
    label: row.job.name,
    user: row.job.owner,
  };
}

function epochSeconds(ms: number): string {
  return String(Math.floor(ms / 1000));
}
