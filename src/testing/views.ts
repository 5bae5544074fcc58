import type { LabEntry, LabHostRecord, LabJob } from './lab/model.js';
import { fullStatus } from './lab/model.js';

/** A job of the lab, as it is now. */
export interface LabJobView {
  readonly id: number;
  readonly name: string;
  readonly owner: string;
  /** The test that it runs: the NAME of its control file. */
  readonly test: string;
  /** 1, or one more than the job that it retries. */
  readonly attempt: number;
  readonly parentId: number | null;
  readonly priority: number;
  readonly createdMs: number;
  readonly dependencies: readonly string[];
  readonly keyvals: Readonly<Record<string, string>>;
  readonly entries: readonly LabEntryView[];
}

/** One job on one host, or on none yet. */
export interface LabEntryView {
  readonly host: string | null;
  /** As the AFE's `full_status`: `Aborted (Queued)` until the lab has acted on an abort. */
  readonly status: string;
  readonly startedMs: number | null;
  readonly finishedMs: number | null;
}

/** A host of the lab, as it is now. */
export interface LabHostView {
  readonly hostname: string;
  readonly status: string;
  readonly locked: boolean;
  readonly labels: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  /** The job that has the host. */
  readonly jobId: number | null;
}

export function viewJob(job: LabJob): LabJobView {
  return {
    id: job.id,
    name: job.name,
    owner: job.owner,
    test: job.testName,
    attempt: job.attempt,
    parentId: job.parentId ?? null,
    priority: job.priority,
    createdMs: job.createdMs,
    dependencies: job.dependencies.map((label) => label.name),
    keyvals: Object.fromEntries(job.keyvals),
    entries: job.entries.map(viewEntry),
  };
}

export function viewHost(host: LabHostRecord): LabHostView {
  return {
    hostname: host.hostname,
    status: host.status,
    locked: host.lock !== undefined,
    labels: [...host.labels].map((label) => label.name),
    attributes: Object.fromEntries([...host.attributes].map(([key, { value }]) => [key, value])),
    jobId: host.entry?.job.id ?? null,
  };
}

/** All jobs and hosts as lines to read. */
export function describeLab(jobs: readonly LabJobView[], hosts: readonly LabHostView[]): string {
  return [
    `${jobs.length} jobs`,
    ...jobs.map((job) => `  ${job.id} ${job.name} (attempt ${job.attempt}): ${statusOf(job)}`),
    `${hosts.length} hosts`,
    ...hosts.map(
      (host) => `  ${host.hostname} ${host.status}${host.locked ? ', locked' : ''}: ${host.labels.join(' ')}`,
    ),
  ].join('\n');
}

function viewEntry(entry: LabEntry): LabEntryView {
  return {
    host: entry.host?.hostname ?? null,
    status: fullStatus(entry),
    startedMs: entry.startedMs ?? null,
    finishedMs: entry.finishedMs ?? null,
  };
}

/** Its entries' statuses and hosts, in short. */
export function statusOf(job: LabJobView): string {
  if (job.entries.length === 0) return 'never queued';
  return job.entries.map(({ host, status }) => (host === null ? status : `${status} on ${host}`)).join(', ');
}
