import type { MemorySuiteJob } from '../memory-suite-job.js';

/** What the lab holds, as plain records. The services turn them into what goes over the wire. */

export interface LabLabel {
  readonly id: number;
  name: string;
  platform: boolean;
  kernelConfig: string;
  /** Whether hosts that have it are kept for jobs that ask for it. */
  onlyIfNeeded: boolean;
  readonly hosts: Set<LabHostRecord>;
  /** Those of `hosts` that a job could have now, the one that has waited longest first. */
  readonly freeHosts: Set<LabHostRecord>;
}

export interface LabUser {
  readonly id: number;
  readonly login: string;
  /** 100 is a superuser, who may do everything. */
  accessLevel: number;
}

/** Whose members may use which hosts. */
export interface LabAclGroup {
  readonly id: number;
  name: string;
  description: string;
  /** By login. */
  readonly users: Map<string, LabUser>;
  readonly hosts: Set<LabHostRecord>;
}

/** A server that runs the jobs of some boards. The lab only keeps its name: all jobs run in one place. */
export interface LabShard {
  readonly id: number;
  readonly hostname: string;
  readonly labels: readonly LabLabel[];
}

export interface LabHostRecord {
  readonly id: number;
  hostname: string;
  readonly acls: Set<LabAclGroup>;
  /** In the order in which they were given. */
  readonly labels: Set<LabLabel>;
  readonly attributes: Map<string, { readonly id: number; readonly value: string }>;
  status: string;
  lock: { readonly by: string; readonly atMs: number; readonly reason: string } | undefined;
  /** 0 lets repair do anything; the higher, the less. */
  protection: number;
  leased: boolean;
  synchId: number | null;
  /** Deleted hosts are still the hosts of the jobs that ran on them. */
  deleted: boolean;
  /** A dead host keeps its place in the database, but fails whatever runs on it. */
  dead: boolean;
  /** Whether a job ran on it since it was cleaned. */
  dirty: boolean;
  /** The entry that has the host now. */
  entry: LabEntry | undefined;
  /** The special task that runs on the host now. */
  task: LabTask | undefined;
  /** Special tasks that have not begun, in the order in which they were made. */
  waitingTasks: readonly LabTask[];
  /** How often each kind of task has begun here, which decides what the host's script says next. */
  readonly attempts: Map<TaskName, number>;
}

/** What the lab does to a host other than run a job on it. */
export type TaskName = 'Verify' | 'Cleanup' | 'Reset' | 'Repair' | 'Provision';

/** A special task. */
export interface LabTask {
  readonly id: number;
  readonly name: TaskName;
  readonly host: LabHostRecord;
  /** Whose host it prepares, or whose preparation it repairs the host after; undefined once the task has ended. */
  entry: LabEntry | undefined;
  /** Of that entry, also when the task has ended: the history of tasks must not keep jobs in memory. */
  readonly entryId: number | undefined;
  readonly jobId: number | undefined;
  readonly requestedBy: string;
  readonly requestedMs: number;
  startedMs: number | undefined;
  finishedMs: number | undefined;
  aborted: boolean;
  success: boolean;
}

/** Whether a job of that user may run on the host. */
export function mayUse(login: string, host: LabHostRecord): boolean {
  for (const group of host.acls) if (group.users.has(login)) return true;
  return false;
}

/** Its relatives are named by id, since those that are over are packed away; see `JobTable`. */
export interface LabJob {
  readonly id: number;
  readonly name: string;
  readonly owner: string;
  readonly controlFile: string;
  readonly controlType: 'Server' | 'Client';
  readonly priority: number;
  readonly parentId: number | undefined;
  readonly childIds: number[];
  readonly createdMs: number;
  readonly keyvals: Map<string, string>;
  /** By label id, as the service lists them. */
  readonly dependencies: readonly LabLabel[];
  readonly timeoutHours: number;
  readonly timeoutMins: number;
  readonly maxRuntimeMins: number;
  readonly synchCount: number;
  readonly testRetry: number;
  readonly requireSsp: boolean | null;
  readonly runReset: boolean;
  readonly runVerify: boolean;
  readonly rebootBefore: number;
  readonly rebootAfter: number;
  readonly parseFailedRepair: boolean;
  readonly emailList: string;
  readonly hostless: boolean;
  readonly entries: LabEntry[];
  /** What its runs have left in the results database, in the order of their numbers. */
  readonly rows: LabTestRow[];
  /** The NAME of its control file, or the name of its suite. */
  readonly testName: string;
  /** 1, or one more than the job that this one retries. */
  readonly attempt: number;
  /** A suite job of the lab's user: it runs until it is told to finish. */
  readonly heldOpen: boolean;
  /** What the suite that runs in this job has recorded so far; undefined for any other job. */
  readonly suite: MemorySuiteJob | undefined;
}

export interface LabEntry {
  readonly id: number;
  readonly job: LabJob;
  readonly metaHost: LabLabel | undefined;
  host: LabHostRecord | undefined;
  status: EntryStatus;
  aborted: boolean;
  abortedBy: string;
  executionSubdir: string;
  startedMs: number | undefined;
  finishedMs: number | undefined;
}

export type EntryStatus =
  | 'Queued'
  | 'Cleaning'
  | 'Verifying'
  | 'Resetting'
  | 'Provisioning'
  | 'Pending'
  | 'Running'
  | 'Gathering'
  | 'Parsing'
  | 'Aborted'
  | 'Completed'
  | 'Failed';

export interface LabTestRow {
  readonly testIdx: number;
  readonly jobIdx: number;
  readonly machineIdx: number;
  readonly job: LabJob;
  readonly jobTag: string;
  readonly hostname: string;
  /** What the host was when the job ended; undefined for a job without one. */
  readonly host: HostFacts | undefined;
  readonly testName: string;
  readonly subdir: string | null;
  readonly status: RowStatus;
  readonly reason: string;
  readonly startedMs: number;
  readonly finishedMs: number;
  readonly jobStartedMs: number;
  readonly jobFinishedMs: number;
  readonly invalidatesTestIdx: number | null;
  invalid: boolean;
}

export interface HostFacts {
  readonly platform: string;
  /** Percent-encoded, joined by commas. */
  readonly labels: string;
}

export type RowStatus = 'GOOD' | 'FAIL' | 'ERROR' | 'WARN' | 'TEST_NA' | 'ABORT';

/** `<id>-<owner>/<host>`, by which the results of the entries that ran together are known. */
export function jobTagOf(job: LabJob, entries: readonly LabEntry[]): string {
  return `${job.id}-${job.owner}/${entries[0]?.executionSubdir ?? ''}`;
}

export function isComplete(entry: LabEntry): boolean {
  return entry.status === 'Aborted' || entry.status === 'Completed' || entry.status === 'Failed';
}

/** Whether all of a job's entries are at their end; a job that was never queued has none. */
export function isOver(job: LabJob): boolean {
  return job.entries.every(isComplete);
}

export function isActive(entry: LabEntry): boolean {
  return !isComplete(entry) && entry.status !== 'Queued' && entry.status !== 'Parsing';
}

/** Whether a job could have the host now. */
export function isFree({ status, lock, entry, task }: LabHostRecord): boolean {
  return status === 'Ready' && lock === undefined && entry === undefined && task === undefined;
}

/** The status with what the status does not say: that somebody asked for an abort which has not happened yet. */
export function fullStatus(entry: LabEntry): string {
  return entry.aborted && entry.status !== 'Aborted' ? `Aborted (${entry.status})` : entry.status;
}

/** Labels that the lab gives to a host by putting something on it, rather than looks for. */
export function isProvisionable(labelName: string): boolean {
  return provisionablePrefixes.some((prefix) => labelName.startsWith(prefix));
}

/** `cros-version:` of `cros-version:lumpy-release/R28-1.0.0`. */
export function labelPrefix(labelName: string): string {
  return labelName.slice(0, labelName.indexOf(':') + 1);
}

const provisionablePrefixes = ['cros-version:', 'fwrw-version:', 'fwro-version:', 'ab-version:'];
