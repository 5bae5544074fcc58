import type { HostQueueEntry } from '../clients/afe/types.js';
import type { TestView } from '../clients/tko/types.js';
import { isFailure, isTestStatus, type TestStatus } from './status.js';

/** One result of one job: of a test, or of the job itself where no test can tell. */
export interface TestResult {
  /** The test's name; for a row of the job itself `<job name>_<row>`, for a job without rows its name. */
  readonly testName: string;
  readonly status: TestStatus;
  /** What the test, or the lab, said. May have several lines; empty when nothing was said. */
  readonly reason: string;
  /**
   * `test`: a test's own row. `job`: a `SERVER_JOB` or `CLIENT_JOB` row, i.e. the machine or the job failed, not a test.
   * `none`: the job ended without any row, e.g. aborted before it ran.
   */
  readonly origin: 'test' | 'job' | 'none';
  readonly jobId: number;
  readonly jobName: string;
  readonly owner: string;
  readonly hostname: string | null;
  /** The results folder, `<job tag>/<subdir>`; null when there is none. */
  readonly subdir: string | null;
  /** In ms since the epoch; the time the result was read where the database has none. */
  readonly startedMs: number;
  readonly finishedMs: number;
  /** Whether the test began to run, i.e. has a start time. */
  readonly executed: boolean;
  readonly experimental: boolean;
}

/** What is known of a job that has finished. */
export interface FinishedJob {
  readonly id: number;
  readonly name: string;
  readonly owner: string;
  readonly entries: readonly HostQueueEntry[];
  readonly views: readonly TestView[];
}

/** The prefix that marks experimental tests and their jobs. */
export const experimentalPrefix = 'experimental_';

/**
 * The results of a finished job, in the order the lab wrote them.
 *
 * A job's own rows count only when they are not GOOD and none of its tests failed; a job without rows is one ABORT
 * under its own name. Statuses that do not exist, missing times and names are cleaned, never an error (S5, S6).
 *
 * @param nowMs - stands in for a time that the database does not have
 */
export function resultsOfJob(job: FinishedJob, nowMs: number): TestResult[] {
  if (job.views.length === 0) return [withoutRows(job, nowMs)];
  const tests = job.views.filter((view) => !isJobRow(view));
  const testFailed = tests.some((view) => isFailure(cleanStatus(view).status));
  const counted = job.views.filter((view) => !isJobRow(view) || (!testFailed && view.status !== 'GOOD'));
  // A job whose only rows are its own and GOOD ran no test: neither a pass nor lost (S6).
  if (counted.length === 0) return [withoutTests(job, nowMs)];
  return counted.map((view) => fromRow(job, view, nowMs));
}

/** `<job id>-<owner>/<host>`, the name of the job's folder of results. */
export function jobTagOf(job: FinishedJob): string {
  return job.views.find((view) => view.jobTag !== '')?.jobTag ?? tagOn(job, '');
}

function isJobRow(view: TestView): boolean {
  return view.testName.startsWith('SERVER_JOB') || view.testName.startsWith('CLIENT_JOB');
}

function fromRow(job: FinishedJob, view: TestView, nowMs: number): TestResult {
  const ofJob = isJobRow(view);
  const name = view.testName === '' ? 'unnamed test' : view.testName;
  const testName = ofJob ? `${job.name}_${name}` : name;
  const jobTag = view.jobTag || tagOn(job, view.hostname);
  return {
    testName,
    ...cleanStatus(view),
    origin: ofJob ? 'job' : 'test',
    jobId: job.id,
    jobName: job.name,
    owner: job.owner,
    hostname: view.hostname || hostOf(job),
    subdir: ofJob ? jobTag : `${jobTag}/${cleanSubdir(view.subdir)}`,
    startedMs: view.startedMs ?? nowMs,
    finishedMs: view.finishedMs ?? nowMs,
    executed: view.startedMs !== null,
    experimental: isExperimental(testName, job.name),
  };
}

function withoutRows(job: FinishedJob, nowMs: number): TestResult {
  const aborted = job.entries.some((entry) => entry.aborted);
  const what =
    job.entries.length === 0 ? 'has no host queue entries' : aborted ? 'was aborted before it ran' : 'left no results';
  return { ...bareResult(job, nowMs), status: 'ABORT', reason: `Job ${String(job.id)} ${what}` };
}

function withoutTests(job: FinishedJob, nowMs: number): TestResult {
  return {
    ...bareResult(job, nowMs),
    status: 'ABORT',
    reason: `Job ${String(job.id)} finished without running a test`,
  };
}

function bareResult(job: FinishedJob, nowMs: number): Omit<TestResult, 'status' | 'reason'> {
  return {
    testName: job.name,
    origin: 'none',
    jobId: job.id,
    jobName: job.name,
    owner: job.owner,
    hostname: hostOf(job),
    subdir: null,
    startedMs: nowMs,
    finishedMs: nowMs,
    executed: false,
    experimental: isExperimental(job.name),
  };
}

/** A status that nobody knows is no pass: the test counts as ERROR, and the reason says what was there. */
function cleanStatus(view: TestView): { readonly status: TestStatus; readonly reason: string } {
  if (isTestStatus(view.status)) return { status: view.status, reason: view.reason };
  const note = `Unknown status ${JSON.stringify(view.status.slice(0, 50))}`;
  return { status: 'ERROR', reason: view.reason === '' ? note : `${note}: ${view.reason}` };
}

/** Keeps a results folder below its job's: no leading slash, no `..`. */
function cleanSubdir(subdir: string | null): string {
  const parts = (subdir ?? '').split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
  return parts.join('/');
}

function tagOn(job: FinishedJob, hostname: string): string {
  return `${String(job.id)}-${job.owner}/${hostname || (hostOf(job) ?? 'hostless')}`;
}

function hostOf(job: FinishedJob): string | null {
  return job.entries.find((entry) => entry.hostname !== null)?.hostname ?? null;
}

function isExperimental(...names: readonly string[]): boolean {
  return names.some((name) => name.includes(experimentalPrefix));
}
