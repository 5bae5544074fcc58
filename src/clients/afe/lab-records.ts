import type { Job, JobFilter } from './types.js';

/** Conditions on the jobs of `getJobsSummary`, which knows no states. */
export type JobSummaryFilter = Omit<JobFilter, 'state'>;

/** A job, and how far it is. */
export interface JobSummary extends Job {
  /**
   * The full status of its queue entries → how many have it, e.g. `{ Completed: 2, 'Aborted (Queued)': 1 }`. Empty for
   * a job without entries.
   */
  readonly statusCounts: Readonly<Record<string, number>>;
}

/** Somebody whom the AFE knows. */
export interface LabUser {
  readonly id: number;
  readonly login: string;
  /** 100 for superusers, 0 for others. */
  readonly accessLevel: number;
}

/** Which users may use which hosts. */
export interface AclGroup {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  /** By their logins. */
  readonly users: readonly string[];
  /** By their names. */
  readonly hosts: readonly string[];
}

/** Conditions on special tasks; all given ones must hold. */
export interface SpecialTaskFilter {
  readonly hostnames?: readonly string[] | undefined;
  /** Whether they have ended, well or not. */
  readonly complete?: boolean | undefined;
}

/** What the lab itself does to a host: before a job, after it, or since somebody asked for it. */
export interface SpecialTask {
  readonly id: number;
  /** Verify, Repair, Reset, Provision, Cleanup. */
  readonly task: string;
  readonly hostname: string;
  /** The queue entry that it is done for; null for a task of its own. */
  readonly entryId: number | null;
  /** Empty where nobody asked. */
  readonly requestedBy: string;
  readonly requestedOnMs: number | null;
  readonly startedOnMs: number | null;
  readonly finishedOnMs: number | null;
  readonly active: boolean;
  readonly complete: boolean;
  readonly aborted: boolean;
  /** Means something when it is complete. */
  readonly success: boolean;
}

/** A label to make. */
export interface NewLabel {
  readonly name: string;
  /** Whether it names a kind of device. @defaultValue false */
  readonly platform?: boolean | undefined;
  /** Whether a label of that name may be there already; the call then resolves to its id. @defaultValue false */
  readonly mayExist?: boolean | undefined;
}

/** A host to make known to the lab. */
export interface NewHost extends HostChanges {
  readonly hostname: string;
}

/** What to set on hosts; what is left out stays as it is. */
export interface HostChanges {
  /** Ready, Repair Failed, ... */
  readonly status?: string | undefined;
  /** A locked host gets no jobs. To lock one that is locked, or to unlock one that is not, is a `ValidationError`. */
  readonly locked?: boolean | undefined;
  /** Needed to lock a host. */
  readonly lockReason?: string | undefined;
}
