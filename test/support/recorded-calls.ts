import type { HttpAfeClient, HttpTkoClient, JobKeyval } from '../../src/index.js';
import { createLabTime } from '../../src/clients/lab-time.js';

/** What a recorded call is made with, in the service's names. */
export type RecordedArguments = Readonly<Record<string, unknown>>;

/** The typed call that asks for what a recorded one asks for. */
export interface TypedCall {
  readonly act: (clients: { readonly afe: HttpAfeClient; readonly tko: HttpTkoClient }) => Promise<unknown>;
  /** What it must send; null: nothing, since it is refused or its answer is known. */
  readonly sends: RecordedArguments | null;
  /** Why that is not what was recorded. */
  readonly because?: string | undefined;
}

/** The value of the keyval that the client gives to each job it creates. */
export const requestKey = 'request-1';

/** How the typed methods ask for what was recorded, by the service's method. Each throws `NotOffered` for what they cannot. */
export const typedCalls: Readonly<Record<string, (args: RecordedArguments) => TypedCall>> = {
  get_labels: (args) => {
    const namePrefix = taking(args, (take) => take('name__startswith', isText));
    return { act: ({ afe }) => afe.getLabels({ namePrefix }), sends: args };
  },
  get_hosts: (args) => {
    const { one, hostnames, labels } = taking(args, (take) => ({
      one: take('hostname', isText),
      hostnames: take('hostname__in', isTexts),
      labels: take('multiple_labels', isTexts),
    }));
    if (one !== undefined) return inList(args, 'hostname', ({ afe }) => afe.getHosts({ hostnames: [one], labels }));
    const act: TypedCall['act'] = ({ afe }) => afe.getHosts({ hostnames, labels });
    if (hostnames?.length === 0) return { act, sends: null, because: 'an empty list needs no request' };
    return { act, sends: args };
  },
  get_host_attribute: (args) => {
    const { attribute, one } = taking(args, (take) => ({
      attribute: needed(take('attribute', isText)),
      one: needed(take('hostname', isText)),
    }));
    return inList(args, 'hostname', ({ afe }) => afe.getHostAttribute({ attribute, hostnames: [one] }));
  },
  set_host_attribute: (args) => {
    const { attribute, value, one } = taking(args, (take) => ({
      attribute: needed(take('attribute', isText)),
      value: needed(take('value', isTextOrNull)),
      one: take('hostname', isText),
    }));
    const hostnames = one === undefined ? [] : [one];
    const act: TypedCall['act'] = ({ afe }) => afe.setHostAttribute({ attribute, value, hostnames });
    return one === undefined ? { act, sends: null, because: unfiltered } : inList(args, 'hostname', act);
  },
  get_jobs: (args) => {
    const { filter, one } = jobFilter(args);
    if (one) return inList(args, 'id', ({ afe }) => afe.getJobs(filter));
    if (filter.limit === undefined) return { act: ({ afe }) => afe.getJobs(filter), sends: args };
    const because = 'a limited list is asked for in order, so that it has the lowest ids';
    return { act: ({ afe }) => afe.getJobs(filter), sends: { ...args, sort_by: ['id'] }, because };
  },
  get_num_jobs: (args) => {
    const { filter } = jobFilter(args);
    return { act: ({ afe }) => afe.getNumJobs(filter), sends: args };
  },
  get_jobs_summary: (args) => {
    const { filter, one } = jobFilter(args);
    const act: TypedCall['act'] = ({ afe }) => afe.getJobsSummary(filter);
    return one ? inList(args, 'id', act) : { act, sends: args };
  },
  get_host_queue_entries: (args) => {
    const { one, jobIds } = taking(args, (take) => ({
      one: take('job', isNumber),
      jobIds: take('job__id__in', isNumbers),
    }));
    if (one === undefined) {
      const ids = needed(jobIds);
      return { act: ({ afe }) => afe.getHostQueueEntries({ jobIds: ids }), sends: args };
    }
    return inList(args, 'job', ({ afe }) => afe.getHostQueueEntries({ jobIds: [one] }), 'job__id__in');
  },
  abort_host_queue_entries: (args) => {
    const { one, jobIds } = taking(args, (take) => ({
      one: take('job', isNumber),
      jobIds: take('job__id__in', isNumbers),
    }));
    const ids = jobIds ?? (one === undefined ? [] : [one]);
    const act: TypedCall['act'] = ({ afe }) => afe.abortHostQueueEntries({ jobIds: ids });
    if (ids.length === 0) return { act, sends: null, because: unfiltered };
    return one === undefined ? { act, sends: args } : inList(args, 'job', act, 'job__id__in');
  },
  create_job: (args) => {
    const request = taking(args, (take) => ({
      name: needed(take('name', isText)),
      controlFile: needed(take('control_file', isText)),
      controlType: needed(take('control_type', isControlType)),
      priority: needed(take('priority', isNumber)),
      hosts: take('hosts', isTexts),
      metaHosts: take('meta_hosts', isTexts),
      hostless: take('hostless', isBoolean),
      dependencies: take('dependencies', isTexts),
      keyvals: take('keyvals', isKeyvals),
      maxRuntimeMins: take('max_runtime_mins', isNumber),
      timeoutMins: take('timeout_mins', isNumber),
      parentJobId: take('parent_job_id', isNumber),
      testRetry: take('test_retry', isNumber),
      synchCount: take('synch_count', isNumber),
      requireSsp: take('require_ssp', isBoolean),
    }));
    return {
      act: ({ afe }) => afe.createJob(request, { lookForDoubles: false }),
      sends: { ...args, keyvals: { ...request.keyvals, dynamic_suite_request: requestKey } },
      because: 'each job has a keyval by which it is found again',
    };
  },
  create_suite_job: (args) => {
    const { build, builds, ...request } = taking(args, (take) => ({
      build: take('build', isText),
      builds: take('builds', isTextDict),
      name: needed(take('name', isText)),
      board: needed(take('board', isText)),
      pool: take('pool', isText),
      controlFile: take('control_file', isText),
      checkHosts: take('check_hosts', isBoolean),
      num: take('num', isNumber),
      fileBugs: take('file_bugs', isBoolean),
      timeoutMins: take('timeout_mins', isNumber),
      maxRuntimeMins: take('max_runtime_mins', isNumber),
      priority: take('priority', isNumber),
      suiteArgs: take('suite_args', isTextOrNull),
      waitForResults: take('wait_for_results', isBoolean),
      jobRetry: take('job_retry', isBoolean),
      maxRetries: take('max_retries', isNumber),
      suiteMinDuts: take('suite_min_duts', isNumber),
      offloadFailuresOnly: take('offload_failures_only', isBoolean),
      testSourceBuild: take('test_source_build', isText),
      runProdCode: take('run_prod_code', isBoolean),
    }));
    const given = builds ?? (build === undefined ? {} : { 'cros-version': build });
    const { build: _, ...others } = args;
    return {
      act: ({ afe }) => afe.createSuiteJob({ ...request, builds: given }, { lookForDoubles: false }),
      sends: { ...others, builds: given },
      because: build === undefined && builds !== undefined ? undefined : 'builds are given by their version prefixes',
    };
  },
  get_server_time: (args) => ({ act: ({ afe }) => afe.getServerTime(), sends: nothingOf(args) }),
  get_motd: (args) => ({ act: ({ afe }) => afe.getMotd(), sends: nothingOf(args) }),
  get_acl_groups: (args) => ({ act: ({ afe }) => afe.getAclGroups(), sends: nothingOf(args) }),
  get_users: (args) => {
    const one = taking(args, (take) => take('login', isText));
    if (one === undefined) return { act: ({ afe }) => afe.getUsers(), sends: args };
    return inList(args, 'login', ({ afe }) => afe.getUsers({ logins: [one] }));
  },
  get_special_tasks: (args) => {
    const one = needed(taking(args, (take) => take('host__hostname', isText)));
    return inList(args, 'host__hostname', ({ afe }) => afe.getSpecialTasks({ hostnames: [one] }));
  },
  add_label: (args) => {
    const label = taking(args, (take) => ({
      name: needed(take('name', isText)),
      mayExist: take('ignore_exception_if_exists', isBoolean),
    }));
    return { act: ({ afe }) => afe.addLabel(label), sends: args };
  },
  add_host: (args) => {
    const hostname = needed(taking(args, (take) => take('hostname', isText)));
    return { act: ({ afe }) => afe.addHost({ hostname }), sends: args };
  },
  modify_hosts: (args) => {
    const { filter, update } = taking(args, (take) => ({
      filter: needed(take('host_filter_data', isObject)),
      update: needed(take('update_data', isObject)),
    }));
    const hostnames = needed(taking(filter, (take) => take('hostname__in', isTexts)));
    const changes = taking(update, (take) => ({
      locked: take('locked', isBoolean),
      lockReason: take('lock_reason', isText),
    }));
    return { act: ({ afe }) => afe.modifyHosts({ hostnames, changes }), sends: args };
  },
  get_detailed_test_views: (args) => {
    const { one, jobIds, invalid } = taking(args, (take) => ({
      one: take('afe_job_id', isNumber),
      jobIds: take('afe_job_id__in', isNumbers),
      invalid: take('invalid', isNumber),
    }));
    if (one === undefined) {
      const ids = needed(jobIds);
      return { act: ({ tko }) => tko.getDetailedTestViews({ jobIds: ids }), sends: args };
    }
    const act: TypedCall['act'] = ({ tko }) => tko.getDetailedTestViews({ jobIds: [one] });
    if (invalid === undefined) return inList(args, 'afe_job_id', act);
    const because = 'rows are collected unfiltered: a job that was retried has invalid ones alone';
    return { act, sends: { afe_job_id__in: [one] }, because };
  },
  get_test_views: (args) => {
    const { one, jobIds, invalid } = taking(args, (take) => ({
      one: take('afe_job_id', isNumber),
      jobIds: take('afe_job_id__in', isNumbers),
      invalid: take('invalid', isBoolean),
    }));
    const ids = jobIds ?? [needed(one)];
    const act: TypedCall['act'] = ({ tko }) => tko.getTestViews({ jobIds: ids, invalid });
    return one === undefined ? { act, sends: args } : inList(args, 'afe_job_id', act);
  },
  get_num_test_views: (args) => {
    const jobIds = taking(args, (take) => take('afe_job_id__in', isNumbers));
    return { act: ({ tko }) => tko.getNumTestViews({ jobIds }), sends: args };
  },
  get_status_counts: (args) => {
    const request = taking(args, (take) => ({
      groupBy: needed(take('group_by', isTexts)),
      jobIds: take('afe_job_id__in', isNumbers),
      jobTagPrefix: take('job_tag__startswith', isText),
    }));
    return { act: ({ tko }) => tko.getStatusCounts(request), sends: args };
  },
};

/** The typed methods have no word for a recorded call; `call` makes it. */
export class NotOffered extends Error {}

const unfiltered = 'a call that would act on everything is refused';

function inList(args: RecordedArguments, key: string, act: TypedCall['act'], listKey = `${key}__in`): TypedCall {
  const { [key]: one, ...others } = args;
  return { act, sends: { ...others, [listKey]: [one] }, because: `one is asked for as a list of one: ${listKey}` };
}

function jobFilter(args: RecordedArguments) {
  const { one, ids, createdSince, states, ...filter } = taking(args, (take) => ({
    one: take('id', isNumber),
    ids: take('id__in', isNumbers),
    parentJobId: take('parent_job_id', isNumber),
    name: take('name', isText),
    namePrefix: take('name__startswith', isText),
    createdSince: take('created_on__gte', isText),
    limit: take('query_limit', isNumber),
    states: (['not_yet_run', 'running', 'finished'] as const).filter((state) => take(state, isBoolean)),
  }));
  if (states.length > 1) throw new NotOffered('several states');
  const createdSinceMs = createdSince === undefined ? undefined : createLabTime(zone).parse(createdSince);
  if (createdSinceMs === null) throw new NotOffered('no time');
  const known = { ...filter, createdSinceMs, state: states[0], ids: one === undefined ? ids : [one] };
  return { filter: known, one: one !== undefined };
}

const zone = 'America/Los_Angeles';

type Take = <T>(key: string, is: (value: unknown) => value is T) => T | undefined;

/** Reads arguments, all of them. */
function taking<T>(args: RecordedArguments, read: (take: Take) => T): T {
  const left = new Map(Object.entries(args));
  const taken = read((key, is) => {
    const value = left.get(key);
    if (!left.delete(key)) return undefined;
    if (!is(value)) throw new NotOffered(`${key} of another type`);
    return value;
  });
  if (left.size > 0) throw new NotOffered([...left.keys()].join(', '));
  return taken;
}

function needed<T>(value: T | undefined): T {
  if (value === undefined) throw new NotOffered('something is missing');
  return value;
}

function nothingOf(args: RecordedArguments): RecordedArguments {
  return taking(args, () => ({}));
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value);
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
const isNumbers = (value: unknown): value is number[] => Array.isArray(value) && value.every(isNumber);
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isTextDict = (value: unknown): value is Readonly<Record<string, string>> =>
  isObject(value) && Object.values(value).every(isText);
const isControlType = (value: unknown): value is 'Server' | 'Client' => value === 'Server' || value === 'Client';
const isKeyval = (value: unknown): value is JobKeyval =>
  isText(value) || isBoolean(value) || Number.isInteger(value) || isTextDict(value);
const isKeyvals = (value: unknown): value is Readonly<Record<string, JobKeyval>> =>
  isObject(value) && Object.values(value).every(isKeyval);
