import type { LabTime } from '../lab-time.js';
import { ControlFileSizeError } from './errors.js';
import type { HostChanges, NewHost, NewLabel, SpecialTaskFilter } from './lab-records.js';
import type { HostFilter, JobFilter, JobKeyval, JobRequest, SuiteJobRequest } from './types.js';

/** Keyword arguments of a call, in the AFE's names. */
export type WireArguments = Readonly<Record<string, unknown>>;

/** The keyval by which a job is found again when the answer to its creation was lost. */
export const requestKeyval = 'dynamic_suite_request';

/**
 * The arguments of `create_job`. What is undefined is left out, so that the AFE's own defaults apply.
 *
 * Throws `ControlFileSizeError` for a control file that the AFE would cut.
 */
export function createJobArguments(request: JobRequest, requestKey: string): WireArguments {
  const { name, controlFile } = request;
  const bytes = Buffer.byteLength(controlFile);
  if (bytes > maxControlFileBytes)
    throw new ControlFileSizeError({ jobName: name, bytes, maxBytes: maxControlFileBytes });
  return withoutUndefined({
    name,
    control_file: controlFile,
    control_type: request.controlType,
    priority: request.priority,
    meta_hosts: request.metaHosts,
    hosts: request.hosts,
    hostless: request.hostless,
    dependencies: request.dependencies,
    keyvals: { ...keyvals(request.keyvals ?? {}), [requestKeyval]: requestKey },
    max_runtime_mins: request.maxRuntimeMins,
    timeout_mins: request.timeoutMins,
    parent_job_id: request.parentJobId,
    test_retry: request.testRetry,
    synch_count: request.synchCount,
    require_ssp: request.requireSsp,
  });
}

/** The lookups of `get_jobs` and `get_num_jobs`; ids and limit are apart, since they decide how a call is divided. */
export function jobLookups(filter: Omit<JobFilter, 'ids' | 'limit'>, labTime: LabTime): WireArguments {
  return withoutUndefined({
    parent_job_id: filter.parentJobId,
    name: filter.name,
    name__startswith: filter.namePrefix,
    name__contains: filter.nameContains,
    id__gt: filter.idAbove,
    created_on__gte: filter.createdSinceMs === undefined ? undefined : labTime.format(filter.createdSinceMs),
    ...(filter.state === undefined ? {} : { [filter.state]: true }),
  });
}

/** The lookups of `get_hosts`. */
export function hostLookups(filter: HostFilter): WireArguments {
  return withoutUndefined({
    hostname__in: filter.hostnames,
    multiple_labels: filter.labels !== undefined && filter.labels.length > 0 ? filter.labels : undefined,
  });
}

/** The lookups of `get_special_tasks`. */
export function specialTaskLookups(filter: SpecialTaskFilter): WireArguments {
  return withoutUndefined({ host__hostname__in: filter.hostnames, is_complete: filter.complete });
}

/** The arguments of `add_label`. */
export function newLabelArguments({ name, platform, mayExist }: NewLabel): WireArguments {
  return withoutUndefined({ name, platform, ignore_exception_if_exists: mayExist });
}

/** The arguments of `add_host`. */
export function newHostArguments({ hostname, ...changes }: NewHost): WireArguments {
  return { hostname, ...hostChanges(changes) };
}

/** The fields of a host to set. */
export function hostChanges({ status, locked, lockReason }: HostChanges): WireArguments {
  return withoutUndefined({ status, locked, lock_reason: lockReason });
}

/** The lookups that find the job of a request: see `createJob`. */
export function createdJobLookups(
  request: Pick<JobRequest, 'name' | 'parentJobId'>,
  createdSinceMs: number,
  labTime: LabTime,
): WireArguments {
  return withoutUndefined({
    parent_job_id: request.parentJobId ?? undefined,
    name: keptJobName(request.name),
    created_on__gte: labTime.format(createdSinceMs),
  });
}

/** A job's name as the AFE keeps it. */
export function keptJobName(name: string): string {
  return name.slice(0, maxNameLength);
}

/** The arguments of `create_suite_job`. What is undefined is left out, so that the AFE's own defaults apply. */
export function createSuiteJobArguments(request: SuiteJobRequest): WireArguments {
  return withoutUndefined({
    name: request.name,
    board: request.board,
    builds: request.builds,
    pool: request.pool,
    control_file: request.controlFile,
    check_hosts: request.checkHosts,
    num: request.num,
    file_bugs: request.fileBugs,
    timeout_mins: request.timeoutMins,
    max_runtime_mins: request.maxRuntimeMins,
    priority: request.priority,
    suite_args: request.suiteArgs,
    wait_for_results: request.waitForResults,
    job_retry: request.jobRetry,
    max_retries: request.maxRetries,
    suite_min_duts: request.suiteMinDuts,
    offload_failures_only: request.offloadFailuresOnly,
    test_source_build: request.testSourceBuild,
    run_prod_code: request.runProdCode,
  });
}

/** The name that the AFE gives to a suite job: the caller's where the control file is the caller's too. */
export function suiteJobName({
  name,
  builds,
  testSourceBuild,
  controlFile,
}: Pick<SuiteJobRequest, 'name' | 'builds' | 'testSourceBuild' | 'controlFile'>): string {
  if (controlFile !== undefined && controlFile !== '') return keptJobName(name);
  const source = testSourceBuild ?? builds['cros-version'] ?? '';
  return keptJobName(`${source}-test_suites/control.${name}`);
}

const maxControlFileBytes = 65_535;
/** The AFE cuts the rest. */
const maxNameLength = 255;

function keyvals(given: Readonly<Record<string, JobKeyval>>): Readonly<Record<string, JobKeyval>> {
  const entries = Object.entries(given).map(([key, value]): [string, JobKeyval] => {
    // A null leaves a half-made job that counts as finished (trap 1); TypeScript does not stop every caller.
    if (value === null || value === undefined) throw new TypeError(`create_job.keyvals.${key}: must not be null`);
    // The AFE cuts numbers to whole ones, but keeps text.
    return [key, typeof value === 'number' && !Number.isInteger(value) ? String(value) : value];
  });
  return Object.fromEntries(entries);
}

function withoutUndefined(args: Readonly<Record<string, unknown>>): WireArguments {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
}
