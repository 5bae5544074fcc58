import type { LabState } from '../lab/lab-state.js';
import type { LocalTime } from '../lab/local-time.js';
import type { LabTestRow, RowStatus } from '../lab/model.js';
import type { Filter, Model } from './filters.js';
import { toInt } from './json-values.js';

/** What filters can ask of the view of tests. */
export function rowModel(time: LocalTime): Model<LabTestRow> {
  return {
    fields: {
      afe_job_id: { type: 'integer', get: (row) => row.job.id },
      hostname: { type: 'text', get: (row) => row.hostname },
      invalid: { type: 'boolean', get: (row) => row.invalid },
      invalidates_test_idx: { type: 'integer', get: (row) => row.invalidatesTestIdx },
      job_finished_time: { type: 'time', get: (row) => time.text(row.jobFinishedMs) },
      job_idx: { type: 'integer', get: (row) => row.jobIdx },
      job_name: { type: 'text', get: (row) => jobName(row) },
      job_owner: { type: 'text', get: (row) => row.job.owner },
      job_queued_time: { type: 'time', get: (row) => time.text(row.job.createdMs) },
      job_started_time: { type: 'time', get: (row) => time.text(row.jobStartedMs) },
      job_tag: { type: 'text', get: (row) => row.jobTag },
      kernel: { type: 'text', get: (row) => kernelOf(row).kernel },
      kernel_base: { type: 'text', get: (row) => kernelOf(row).kernel_base },
      kernel_hash: { type: 'text', get: (row) => kernelOf(row).kernel_hash },
      kernel_idx: { type: 'integer', get: (row) => kernelOf(row).kernel_idx },
      machine_idx: { type: 'integer', get: (row) => row.machineIdx },
      machine_owner: { type: 'text', get: () => null },
      platform: { type: 'text', get: (row) => row.host?.platform ?? '' },
      reason: { type: 'text', get: (row) => row.reason },
      status: { type: 'text', get: (row) => row.status },
      status_idx: { type: 'integer', get: (row) => statusIdx[row.status] },
      subdir: { type: 'text', get: (row) => row.subdir },
      test_finished_time: { type: 'time', get: (row) => time.text(row.finishedMs) },
      test_idx: { type: 'integer', get: (row) => row.testIdx },
      test_name: { type: 'text', get: (row) => row.testName },
      test_started_time: { type: 'time', get: (row) => time.text(row.startedMs) },
    },
  };
}

/** The rows that a filter can reach, where it names jobs or rows; in the order of their numbers. */
export function rowsIndexed(state: LabState, filter: Filter): readonly LabTestRow[] {
  const ids = jobIdsOf(filter);
  if (ids === undefined) return state.jobs.rows();
  const rows = [...new Set(ids)].flatMap((jobId) => state.jobs.get(jobId)?.rows ?? []);
  return rows.sort((a, b) => a.testIdx - b.testIdx);
}

function jobIdsOf(filter: Filter): readonly number[] | undefined {
  const id = filter['afe_job_id'];
  if (typeof id === 'number') return [id];
  if (typeof id === 'string' && /^\d{1,15}$/.test(id)) return [Number(id)];
  const ids = filter['afe_job_id__in'];
  if (Array.isArray(ids)) return ids.filter((item) => item !== null).map(toInt);
  const tag = filter['job_tag__startswith'] ?? filter['job_tag'];
  const jobId = typeof tag === 'string' ? /^(\d{1,15})-/.exec(tag)?.[1] : undefined;
  return jobId === undefined ? undefined : [Number(jobId)];
}

/** A row of the view, with the days that it can be grouped by. */
export function view(row: LabTestRow, time: LocalTime): object {
  const finished = time.text(row.finishedMs);
  const queued = time.text(row.job.createdMs);
  return {
    ...kernelOf(row),
    test_idx: row.testIdx,
    test_name: row.testName,
    subdir: row.subdir,
    status: row.status,
    status_idx: statusIdx[row.status],
    reason: row.reason,
    hostname: row.hostname,
    platform: row.host?.platform ?? '',
    machine_idx: row.machineIdx,
    machine_owner: null,
    invalid: row.invalid,
    invalidates_test_idx: row.invalidatesTestIdx,
    test_started_time: time.text(row.startedMs),
    test_finished_time: finished,
    'DATE(test_finished_time)': finished.slice(0, 10),
    afe_job_id: row.job.id,
    job_idx: row.jobIdx,
    job_tag: row.jobTag,
    job_name: jobName(row),
    job_owner: row.job.owner,
    job_queued_time: queued,
    'DATE(job_queued_time)': queued.slice(0, 10),
    job_started_time: time.text(row.jobStartedMs),
    job_finished_time: time.text(row.jobFinishedMs),
  };
}

/** What the parser notes of the host, and of a test that came to its end. */
export function attributesOf({ host, subdir, job, status }: LabTestRow): object {
  if (host === undefined) return {};
  const isTest = subdir !== null && subdir !== '----';
  const wasAborted = status === 'ABORT' && job.entries.some((entry) => entry.aborted);
  return {
    'host-platform': host.platform,
    'host-labels': host.labels,
    ...(isTest && !wasAborted ? { 'sysinfo-uname': 'Linux lab 3.4.0' } : {}),
  };
}

/** Only what runs on the device itself knows its kernel. */
function kernelOf({ job }: LabTestRow) {
  return job.controlType === 'Client'
    ? { kernel: '3.4.0', kernel_base: '3.4.0', kernel_hash: '1321b4a11e7642a0f35bd828b82c3a59', kernel_idx: 2 }
    : { kernel: 'UNKNOWN', kernel_base: 'UNKNOWN', kernel_hash: 'UNKNOWN', kernel_idx: 1 };
}

/** The results database has room for 100 characters. */
export function jobName({ job }: LabTestRow): string {
  return job.name.slice(0, 100);
}

const statusIdx: Readonly<Record<RowStatus, number>> = { ABORT: 1, ERROR: 3, FAIL: 4, GOOD: 5, TEST_NA: 8, WARN: 9 };

/** Whether a row is a test's own, rather than one of the job around it. */
export function isTestRow({ testName }: LabTestRow): boolean {
  return testName !== 'SERVER_JOB' && !testName.startsWith('CLIENT_JOB');
}
