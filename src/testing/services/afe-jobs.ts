import type { LabState } from '../lab/lab-state.js';
import type { LabEntry, LabJob } from '../lab/model.js';
import { isComplete } from '../lab/model.js';
import { checkAbortAccess } from './access.js';
import type { AfeParts } from './afe-hosts.js';
import { createJob } from './create-job.js';
import type { Filter } from './filters.js';
import { count, select } from './filters.js';
import type { JsonObject } from './json-values.js';
import { toInt, toList } from './json-values.js';
import { isTruthy } from './python.js';
import { RpcError } from './rpc-error.js';
import type { RpcMethod } from './rpc-method.js';

/** The methods about jobs and their queue entries. */
export function jobMethods(parts: AfeParts): Readonly<Record<string, RpcMethod>> {
  const { state, simulation, models, answers } = parts;
  const jobCandidates = (named: JsonObject, filter: Filter) => {
    const passes = stateTest(named);
    const candidates = jobsIndexed(state, filter);
    return passes === undefined ? candidates : having(candidates, passes);
  };
  const entriesWhere = (filter: Filter) => select(models.entries, entriesIndexed(state, filter), filter);
  return {
    create_job: {
      required: ['name', 'priority', 'control_file', 'control_type'],
      optional: createJobOptions,
      takesOthers: true,
      run: ({ named }, user) => {
        const job = createJob(state, named, user, simulation.now);
        simulation.enqueue(job);
        return job.id;
      },
    },
    get_jobs: {
      optional: stateOptions,
      takesOthers: true,
      run: ({ named, others }) =>
        select(models.jobs, jobCandidates(named, others), others).map((job) => answers.job(job)),
    },
    get_num_jobs: {
      optional: stateOptions,
      takesOthers: true,
      run: ({ named, others }) => count(models.jobs, jobCandidates(named, others), others),
    },
    get_jobs_summary: {
      takesOthers: true,
      run: ({ others }) =>
        select(models.jobs, jobsIndexed(state, others), others).map((job) => answers.jobSummary(job)),
    },
    get_host_queue_entries: {
      optional: timeOptions,
      takesOthers: true,
      run: ({ named, others }) => entriesWhere(withTimes(named, others)).map((entry) => answers.entry(entry)),
    },
    get_num_host_queue_entries: {
      optional: timeOptions,
      takesOthers: true,
      run: ({ named, others }) => {
        const filter = withTimes(named, others);
        return count(models.entries, entriesIndexed(state, filter), filter);
      },
    },
    abort_host_queue_entries: {
      takesOthers: true,
      run: ({ others }, user) => {
        const open = entriesWhere(others).filter((entry) => !isComplete(entry) && !entry.aborted);
        checkAbortAccess(state, user, open);
        const reached = new Set(open);
        for (const entry of open) addDescendants(state, entry.job, reached);
        simulation.abort([...reached], user);
        return open.map((entry) => ({ HostQueueEntry: entry.id, Job: entry.job.id, 'Job name': entry.job.name }));
      },
    },
  };
}

const createJobOptions = [
  'hosts',
  'meta_hosts',
  'one_time_hosts',
  'atomic_group_name',
  'synch_count',
  'is_template',
  'timeout',
  'timeout_mins',
  'max_runtime_mins',
  'run_verify',
  'email_list',
  'dependencies',
  'reboot_before',
  'reboot_after',
  'parse_failed_repair',
  'hostless',
  'keyvals',
  'drone_set',
  'image',
  'parent_job_id',
  'test_retry',
  'run_reset',
  'require_ssp',
  'args',
];

const stateOptions = ['not_yet_run', 'running', 'finished', 'suite', 'sub', 'standalone'];
const timeOptions = ['start_time', 'end_time'];

/** A job without entries counts as not yet run and as finished: the service asks whether any entry says otherwise. */
function stateTest(named: JsonObject): ((job: LabJob) => boolean) | undefined {
  const byProgress = [
    isTruthy(named['not_yet_run'] ?? false) && ((job: LabJob) => !isUnderWay(job)),
    isTruthy(named['running'] ?? false) && ((job: LabJob) => isUnderWay(job) && !isFinished(job)),
    isTruthy(named['finished'] ?? false) && isFinished,
  ].filter((test) => test !== false);
  const byKind = [
    isTruthy(named['suite'] ?? false) && ((job: LabJob) => job.childIds.length > 0),
    isTruthy(named['sub'] ?? false) && ((job: LabJob) => job.parentId !== undefined),
    isTruthy(named['standalone'] ?? false) &&
      ((job: LabJob) => job.parentId === undefined && job.childIds.length === 0),
  ].filter((test) => test !== false);
  if (byKind.length > 1) throw new RpcError('AssertionError', 'Cannot specify more than one filter to this function');
  if (byProgress.length + byKind.length === 0) return undefined;
  return (job) =>
    (byProgress.length === 0 || byProgress.some((test) => test(job))) && byKind.every((test) => test(job));
}

function isUnderWay(job: LabJob): boolean {
  return job.entries.some((entry) => entry.status !== 'Queued');
}

function isFinished(job: LabJob): boolean {
  return job.entries.every(isComplete);
}

/** One after the other: a lab may have more jobs than there is room for at once. */
function* having(jobs: Iterable<LabJob>, passes: (job: LabJob) => boolean): Generator<LabJob> {
  for (const job of jobs) if (passes(job)) yield job;
}

function childrenOf(state: LabState, id: number): readonly LabJob[] {
  const job = state.jobs.get(id);
  return job === undefined ? [] : state.jobs.childrenOf(job);
}

/** Only the jobs that a filter can reach, where it names ids or a parent. */
function jobsIndexed(state: LabState, filter: Filter): Iterable<LabJob> {
  const ids = idsOf(filter, ['id', 'pk'], 'id__in');
  if (ids !== undefined) return ids.flatMap((id) => state.jobs.get(id) ?? []);
  const parents = idsOf(filter, ['parent_job_id', 'parent_job'], 'parent_job__in');
  if (parents !== undefined) return parents.flatMap((id) => childrenOf(state, id));
  return state.jobs;
}

function entriesIndexed(state: LabState, filter: Filter): Iterable<LabEntry> {
  const jobIds = idsOf(filter, ['job', 'job_id', 'job__id'], 'job__id__in') ?? idsOf(filter, [], 'job__in');
  if (jobIds !== undefined) return jobIds.flatMap((id) => state.jobs.get(id)?.entries ?? []);
  return state.jobs.entries();
}

/** Ids in ascending order; undefined when the filter does not name any, or none that an index can serve. */
function idsOf(filter: Filter, exact: readonly string[], listed: string): readonly number[] | undefined {
  for (const keyword of exact) {
    const value = filter[keyword];
    if (typeof value === 'number') return [value];
  }
  const list = filter[listed];
  if (!Array.isArray(list)) return undefined;
  return [...new Set(toList(list).map(toInt))].sort((a, b) => a - b);
}

function withTimes(named: JsonObject, filter: Filter): Filter {
  const start = named['start_time'] ?? null;
  const end = named['end_time'] ?? null;
  return {
    ...filter,
    ...(start === null ? {} : { started_on__gte: start }),
    ...(end === null ? {} : { started_on__lte: end }),
  };
}

function addDescendants(state: LabState, job: LabJob, reached: Set<LabEntry>): void {
  for (const child of state.jobs.childrenOf(job)) {
    for (const entry of child.entries) reached.add(entry);
    addDescendants(state, child, reached);
  }
}
