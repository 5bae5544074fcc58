import type { LabEntry, LabJob } from '../lab/model.js';
import { isComplete } from '../lab/model.js';
import { checkAbortAccess } from './access.js';
import { entriesIndexed, jobsIndexed } from './afe-indexes.js';
import type { AfeParts } from './afe-parts.js';
import { createJob } from './create-job.js';
import type { Filter } from './filters.js';
import { count, select } from './filters.js';
import type { JsonObject } from './json-values.js';
import { isTruthy } from './python.js';
import { RpcError, validationError } from './rpc-error.js';
import type { RpcMethod } from './rpc-method.js';

/** The methods about jobs and their queue entries. */
export function jobMethods(parts: AfeParts): Readonly<Record<string, RpcMethod>> {
  const { state, simulation, models, answers } = parts;
  const entriesWhere = (filter: Filter) => select(models.entries, entriesIndexed(parts, filter), filter);
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
        select(models.jobs, jobCandidates(parts, named, others), others).map((job) => answers.job(job)),
    },
    get_num_jobs: {
      optional: stateOptions,
      takesOthers: true,
      run: ({ named, others }) => count(models.jobs, jobCandidates(parts, named, others), others),
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
        return count(models.entries, entriesIndexed(parts, filter), filter);
      },
    },
    abort_host_queue_entries: {
      takesOthers: true,
      run: ({ others }, user) => {
        const open = entriesWhere(others).filter((entry) => !isComplete(entry) && !entry.aborted);
        checkAbortAccess(state, user, open);
        checkWholeExecutions(open);
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

export const stateOptions: readonly string[] = ['not_yet_run', 'running', 'finished', 'suite', 'sub', 'standalone'];
const timeOptions = ['start_time', 'end_time'];

/** The jobs that `get_jobs` may choose from: those that an index finds, in the state and of the kind that is asked for. */
export function jobCandidates(
  parts: Pick<AfeParts, 'state' | 'time'>,
  named: JsonObject,
  filter: Filter,
): Iterable<LabJob> {
  const passes = stateTest(named);
  const candidates = jobsIndexed(parts, filter);
  return passes === undefined ? candidates : having(candidates, passes);
}

function* having(jobs: Iterable<LabJob>, passes: (job: LabJob) => boolean): Generator<LabJob> {
  for (const job of jobs) if (passes(job)) yield job;
}

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

function withTimes(named: JsonObject, filter: Filter): Filter {
  const start = named['start_time'] ?? null;
  const end = named['end_time'] ?? null;
  return {
    ...filter,
    ...(start === null ? {} : { started_on__gte: start }),
    ...(end === null ? {} : { started_on__lte: end }),
  };
}

/** Hosts that run one job together are aborted together. */
function checkWholeExecutions(entries: readonly LabEntry[]): void {
  const included = new Map<string, number>();
  const keyOf = ({ job, executionSubdir }: LabEntry) => `${job.id}/${executionSubdir}`;
  for (const entry of entries) included.set(keyOf(entry), (included.get(keyOf(entry)) ?? 0) + 1);
  for (const entry of entries) {
    const number = included.get(keyOf(entry)) ?? 0;
    if (entry.executionSubdir === '' || number >= entry.job.synchCount) continue;
    const numbers = `${number} included, ${entry.job.synchCount} expected`;
    const problem = `You cannot abort part of a synchronous job execution (${keyOf(entry)}), ${numbers}`;
    throw validationError('', problem, 'u');
  }
}

function addDescendants(state: AfeParts['state'], job: LabJob, reached: Set<LabEntry>): void {
  for (const child of state.jobs.childrenOf(job)) {
    for (const entry of child.entries) reached.add(entry);
    addDescendants(state, child, reached);
  }
}
