import type { CallOptions } from '../call-options.js';

/**
 * The Autotest Frontend (AFE): the service that knows the lab's hosts and runs jobs on them.
 *
 * Method names are the service's own, in camel case. Values are of the domain: camel-case fields, times in
 * milliseconds since the epoch, filters without Django lookups. How a call is retried, and that a lost answer never
 * doubles a job, is the business of the implementation.
 *
 * Deliberately not part of the contract: paging, and calls that act on every job or host of the lab at once.
 */
export interface AfeClient {
  /**
   * Creates a job and resolves to its id.
   *
   * Rejects with `NoEligibleHostError` when no host satisfies the dependencies, with `ValidationError` (see its
   * `problemKeys`) when the AFE refuses an argument.
   */
  createJob(request: JobRequest, options?: CreateJobOptions): Promise<number>;
  /** Jobs that match every given condition, ordered by id. A large answer: each job carries its control file. */
  getJobs(filter: JobFilter, options?: CallOptions): Promise<readonly Job[]>;
  /** How many jobs match. A small answer whatever the number. */
  getNumJobs(filter: JobFilter, options?: CallOptions): Promise<number>;
  /** The queue entries (job × host) of the given jobs, ordered by id. */
  getHostQueueEntries(
    filter: { readonly jobIds: readonly number[] },
    options?: CallOptions,
  ): Promise<readonly HostQueueEntry[]>;
  /**
   * Aborts the given jobs and their children. Resolves to the entries of the given jobs that were still open.
   * Rejects with a `TypeError` when `jobIds` is empty: to the service that would mean every job of the lab.
   */
  abortHostQueueEntries(
    filter: { readonly jobIds: readonly number[] },
    options?: CallOptions,
  ): Promise<readonly AbortedEntry[]>;
  /** Hosts that match every given condition. */
  getHosts(filter: HostFilter, options?: CallOptions): Promise<readonly Host[]>;
  /** Labels, optionally only those whose name starts with a prefix, e.g. `board:`. */
  getLabels(filter: { readonly namePrefix?: string | undefined }, options?: CallOptions): Promise<readonly Label[]>;
  /** The values of one attribute on the given hosts; hosts without it are left out. */
  getHostAttribute(
    request: { readonly attribute: string; readonly hostnames: readonly string[] },
    options?: CallOptions,
  ): Promise<readonly HostAttribute[]>;
  /** Sets one attribute on the given hosts; `null` removes it. Rejects with a `TypeError` when `hostnames` is empty. */
  setHostAttribute(
    request: { readonly attribute: string; readonly value: string | null; readonly hostnames: readonly string[] },
    options?: CallOptions,
  ): Promise<void>;
}

/** How a job is created. */
export interface CreateJobOptions extends CallOptions {
  /**
   * Whether to look, when the job is there, if the network sent the request twice: a small call more. The extra job is
   * aborted and told of. A suite switches it off and looks once for all its jobs.
   *
   * @defaultValue true
   */
  readonly lookForDoubles?: boolean | undefined;
}

/** Has suites run by the lab itself: the AFE makes a suite job, which runs the suite's control file on the lab's server. */
export interface SuiteJobCreator {
  /**
   * Creates a suite job and resolves to its id.
   *
   * Rejects with `SuiteJobArgumentError`, with `SuiteControlFileError` when the build has no usable
   * `test_suites/control.<suite>`, with `SuiteJobStagingError` when no dev server can stage the build.
   */
  createSuiteJob(request: SuiteJobRequest, options?: CreateJobOptions): Promise<number>;
}

/** What `create_suite_job` is asked for. What is left out has the AFE's default, which is given where it is known. */
export interface SuiteJobRequest {
  /** The suite. */
  readonly name: string;
  /** Without `board:`. */
  readonly board: string;
  /** Version prefix → build, e.g. `{ 'cros-version': 'x86-mario-release/R19-1998.0.0' }`. */
  readonly builds: Readonly<Record<string, string>>;
  /** Without `pool:`. */
  readonly pool?: string | undefined;
  /**
   * The text to run in place of the build's `test_suites/control.<suite>`; the job is then named `name`.
   *
   * @defaultValue the build's
   */
  readonly controlFile?: string | undefined;
  /** @defaultValue true */
  readonly checkHosts?: boolean | undefined;
  /** Kept by the AFE and without effect. */
  readonly num?: number | null | undefined;
  /** @defaultValue false */
  readonly fileBugs?: boolean | undefined;
  /** @defaultValue 1440 (24 hours) */
  readonly timeoutMins?: number | undefined;
  /** @defaultValue that of `timeoutMins` */
  readonly maxRuntimeMins?: number | undefined;
  /** 10 (weekly) to 70 (commit queue); higher runs first. */
  readonly priority?: number | undefined;
  /** Text that the suite's control file makes sense of. */
  readonly suiteArgs?: string | null | undefined;
  /** @defaultValue true */
  readonly waitForResults?: boolean | undefined;
  /** @defaultValue false */
  readonly jobRetry?: boolean | undefined;
  /** @defaultValue no limit */
  readonly maxRetries?: number | null | undefined;
  /** How many usable devices the suite is worth starting with. @defaultValue 0 */
  readonly suiteMinDuts?: number | undefined;
  /** @defaultValue false */
  readonly offloadFailuresOnly?: boolean | undefined;
  /** The build whose tests are run. @defaultValue that of `cros-version` */
  readonly testSourceBuild?: string | undefined;
  /** Run the tests of the lab's own tree. @defaultValue false */
  readonly runProdCode?: boolean | undefined;
}

/** A keyval of a job as it is sent. The AFE stores each value as Python would print it. Never null. */
export type JobKeyval = string | number | boolean | Readonly<Record<string, string>>;

/** What `create_job` is asked for. */
export interface JobRequest {
  /** At most 255 characters; the AFE cuts the rest. */
  readonly name: string;
  /** The control file's text, ASCII, at most 65,535 bytes. */
  readonly controlFile: string;
  readonly controlType: 'Server' | 'Client';
  /** 10 (weekly) to 70 (commit queue); higher runs first. */
  readonly priority: number;
  /** Labels, one for each host wanted; usually the board label. */
  readonly metaHosts?: readonly string[] | undefined;
  /** Hosts by name. */
  readonly hosts?: readonly string[] | undefined;
  /** A job without a host, e.g. a suite job. */
  readonly hostless?: boolean | undefined;
  /** Labels that each host must have. */
  readonly dependencies?: readonly string[] | undefined;
  readonly keyvals?: Readonly<Record<string, JobKeyval>> | undefined;
  readonly maxRuntimeMins?: number | undefined;
  readonly timeoutMins?: number | undefined;
  readonly parentJobId?: number | null | undefined;
  /** How often the lab itself repeats the test within the job. */
  readonly testRetry?: number | undefined;
  readonly synchCount?: number | undefined;
  /** Server-side packaging; null leaves it to the lab. */
  readonly requireSsp?: boolean | null | undefined;
}

/** Conditions on jobs; all given ones must hold. */
export interface JobFilter {
  readonly ids?: readonly number[] | undefined;
  readonly parentJobId?: number | undefined;
  readonly name?: string | undefined;
  readonly namePrefix?: string | undefined;
  /** A part of the name, in the same case. */
  readonly nameContains?: string | undefined;
  /** Made after the job of this id. */
  readonly idAbove?: number | undefined;
  /** Created at or after this time, in ms since the epoch. */
  readonly createdSinceMs?: number | undefined;
  /** `finished`: all entries complete, or a job without entries. At most one state. */
  readonly state?: 'not_yet_run' | 'running' | 'finished' | undefined;
  /** At most so many jobs, those with the lowest ids. Means nothing to `getNumJobs`. */
  readonly limit?: number | undefined;
}

/** A job as the AFE knows it. */
export interface Job {
  readonly id: number;
  readonly name: string;
  readonly owner: string;
  readonly parentJobId: number | null;
  readonly priority: number;
  readonly createdOnMs: number | null;
  /** Values in Python's spelling: `"False"`, `"{'cros-version': '...'}"`. */
  readonly keyvals: Readonly<Record<string, string>>;
  readonly dependencies: readonly string[];
  readonly controlFile: string;
}

/** One job on one host, or on none yet. */
export interface HostQueueEntry {
  readonly id: number;
  readonly jobId: number;
  /** Queued, Starting, Resetting, Verifying, Provisioning, Pending, Running, ..., Aborted, Completed, Failed, Stopped. */
  readonly status: string;
  readonly complete: boolean;
  readonly active: boolean;
  /** Somebody asked for the abort; the status may lag behind. */
  readonly aborted: boolean;
  /** The folder of the results below the job's; empty before the job started. */
  readonly executionSubdir: string;
  readonly startedOnMs: number | null;
  readonly finishedOnMs: number | null;
  readonly hostname: string | null;
  readonly metaHost: string | null;
}

/** An entry that an abort call reached. */
export interface AbortedEntry {
  readonly entryId: number;
  readonly jobId: number;
  readonly jobName: string;
}

/** Conditions on hosts; all given ones must hold. */
export interface HostFilter {
  readonly hostnames?: readonly string[] | undefined;
  /** Labels that a host must all have; with a label that the AFE does not know, no host matches. */
  readonly labels?: readonly string[] | undefined;
}

/** A device of the lab. */
export interface Host {
  readonly id: number;
  readonly hostname: string;
  /** Ready, Running, Verifying, Provisioning, Repairing, Repair Failed, ... */
  readonly status: string;
  readonly locked: boolean;
  readonly lockReason: string;
  readonly labels: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Label {
  readonly id: number;
  readonly name: string;
}

export interface HostAttribute {
  readonly hostname: string;
  readonly attribute: string;
  readonly value: string;
}
