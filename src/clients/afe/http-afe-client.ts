import { tell } from '../../transport/call-events.js';
import { callForList, callForListInBatches, type ListCall } from '../call-for-list.js';
import type { CallOptions } from '../call-options.js';
import { atLeast } from '../client-options.js';
import { JsonRpcService, type RpcCallOptions } from '../json-rpc-service.js';
import { resolveRpcClientOptions, type ResolvedRpcClientOptions } from '../rpc-client-options.js';
import { wireReader, type WireReader } from '../wire-reader.js';
import type { AnyMethod, CallParameters } from '../rpc-arguments.js';
import type { HttpAfeClientOptions } from './afe-client-options.js';
import type { AfeMethods } from './afe-methods.js';
import { listPages, type ListOptions } from '../list-pages.js';
import { callForJobs } from './call-for-jobs.js';
import { createJob } from './create-job.js';
import type { DoubledJobEvent, JobCreator } from './create-once.js';
import { createSuiteJob } from './create-suite-job.js';
import { addHost, addLabel, modifyHosts } from './lab-changes.js';
import type {
  AclGroup,
  HostChanges,
  JobSummary,
  JobSummaryFilter,
  LabUser,
  NewHost,
  NewLabel,
  SpecialTask,
  SpecialTaskFilter,
} from './lab-records.js';
import type {
  AbortedEntry,
  AfeClient,
  CreateJobOptions,
  Host,
  HostAttribute,
  HostFilter,
  HostQueueEntry,
  Job,
  JobFilter,
  JobRequest,
  Label,
  SuiteJobCreator,
  SuiteJobRequest,
} from './types.js';
import {
  readAbortedEntry,
  readAclGroup,
  readHost,
  readHostAttribute,
  readHostQueueEntry,
  readJob,
  readJobSummary,
  readLabel,
  readLabUser,
  readServerTime,
  readSpecialTask,
} from './wire-answers.js';
import { hostLookups, jobLookups, specialTaskLookups, type WireArguments } from './wire-requests.js';

/**
 * The AFE over HTTP.
 *
 * Reads are repeated on connection failures, time-outs, 500, 502, 503 and 504; calls that change something without
 * doubling it on the same but 500; `createJob` never doubles a job. What the AFE states is final: an `RpcError`.
 * Every call may reject with `DeadlineError`, `HttpStatusError`, `BadResponseError`, `ResponseTooLargeError` and
 * `NonAsciiError`.
 */
export class HttpAfeClient implements AfeClient, SuiteJobCreator {
  readonly #options: ResolvedRpcClientOptions;
  readonly #service: JsonRpcService;
  readonly #newId: () => string;
  readonly #suiteJobTimeoutMs: number;
  readonly #onDoubledJob: HttpAfeClientOptions['onDoubledJob'];

  /** Throws `ClientOptionError` for an option that cannot work. Sends nothing. */
  constructor(options: HttpAfeClientOptions) {
    this.#options = resolveRpcClientOptions(options);
    this.#service = new JsonRpcService('AFE', '/afe/server/noauth/rpc/', this.#options);
    this.#onDoubledJob = options.onDoubledJob;
    this.#suiteJobTimeoutMs = atLeast('suiteJobTimeoutMs', options.suiteJobTimeoutMs, 20 * 60_000, 1);
    this.#newId = options.newId ?? (() => crypto.randomUUID());
  }

  /**
   * Rejects, besides what the port says, with `CreateJobStateUnknownError` when it could not be found out whether the
   * job exists, and with `ControlFileSizeError` or `NonAsciiError` for a control file that the AFE cannot take.
   */
  async createJob(request: JobRequest, options: CreateJobOptions = {}): Promise<number> {
    return await createJob(this.#creator, this.#newId, request, options);
  }

  /** Rejects, besides what the interface says, as {@link HttpAfeClient.createJob} does. */
  async createSuiteJob(request: SuiteJobRequest, options: CreateJobOptions = {}): Promise<number> {
    return await createSuiteJob(this.#creator, this.#suiteJobTimeoutMs, request, options);
  }

  async getJobs(filter: JobFilter, options: CallOptions = {}): Promise<readonly Job[]> {
    const call = this.#listCall('get_jobs', jobLookups(filter, this.#options.labTime), this.#readJob);
    return await callForJobs(call, filter, options);
  }

  /**
   * Jobs that match every given condition, ordered by id, each with the counts of its queue entries by their status: one
   * call in place of two, but a large answer.
   */
  async getJobsSummary(filter: JobSummaryFilter, options: CallOptions = {}): Promise<readonly JobSummary[]> {
    const { labTime } = this.#options;
    const lookups = jobLookups({ ...filter, state: undefined }, labTime);
    const call = this.#listCall('get_jobs_summary', lookups, (wire) => readJobSummary(wire, labTime));
    return await callForJobs(call, filter, options);
  }

  async getNumJobs(filter: JobFilter, options: CallOptions = {}): Promise<number> {
    const lookups = jobLookups(filter, this.#options.labTime);
    if (filter.ids?.length === 0) return 0;
    const args = filter.ids === undefined ? lookups : { ...lookups, id__in: filter.ids };
    return wireReader(await this.#service.call('get_num_jobs', args, options), 'get_num_jobs').integer();
  }

  async getHostQueueEntries(
    filter: { readonly jobIds: readonly number[] },
    options: CallOptions = {},
  ): Promise<readonly HostQueueEntry[]> {
    const call = this.#listCall('get_host_queue_entries', {}, this.#readEntry);
    const entries = await callForListInBatches(call, { key: 'job__id__in', values: filter.jobIds }, options);
    return entries.toSorted((a, b) => a.id - b.id);
  }

  async abortHostQueueEntries(
    filter: { readonly jobIds: readonly number[] },
    options: CallOptions = {},
  ): Promise<readonly AbortedEntry[]> {
    if (filter.jobIds.length === 0) throw new TypeError('jobIds: must not be empty, the AFE would abort every job');
    const call = this.#listCall('abort_host_queue_entries', {}, readAbortedEntry);
    const jobIds = { key: 'job__id__in', values: filter.jobIds };
    return await callForListInBatches(call, jobIds, { ...options, kind: 'repeatable' });
  }

  async getHosts(filter: HostFilter, options: CallOptions = {}): Promise<readonly Host[]> {
    if (filter.hostnames?.length === 0) return [];
    return await callForList(this.#listCall('get_hosts', hostLookups(filter), readHost), options);
  }

  async getLabels(
    filter: { readonly namePrefix?: string | undefined },
    options: CallOptions = {},
  ): Promise<readonly Label[]> {
    const lookups = filter.namePrefix === undefined ? {} : { name__startswith: filter.namePrefix };
    return await callForList(this.#listCall('get_labels', lookups, readLabel), options);
  }

  async getHostAttribute(
    request: { readonly attribute: string; readonly hostnames: readonly string[] },
    options: CallOptions = {},
  ): Promise<readonly HostAttribute[]> {
    if (request.hostnames.length === 0) return [];
    const args = { attribute: request.attribute, hostname__in: request.hostnames };
    return await callForList(this.#listCall('get_host_attribute', args, readHostAttribute), options);
  }

  async setHostAttribute(
    request: { readonly attribute: string; readonly value: string | null; readonly hostnames: readonly string[] },
    options: CallOptions = {},
  ): Promise<void> {
    const { attribute, value, hostnames } = request;
    if (hostnames.length === 0) throw new TypeError('hostnames: must not be empty');
    const args = { attribute, value, hostname__in: hostnames };
    await this.#service.call('set_host_attribute', args, { ...options, kind: 'repeatable' });
  }

  /**
   * Users, optionally only those with the given logins. The AFE makes a user without rights of each login that it has
   * not heard before.
   */
  async getUsers(
    filter: { readonly logins?: readonly string[] | undefined } = {},
    options: CallOptions = {},
  ): Promise<readonly LabUser[]> {
    if (filter.logins?.length === 0) return [];
    const lookups = filter.logins === undefined ? {} : { login__in: filter.logins };
    return await callForList(this.#listCall('get_users', lookups, readLabUser), options);
  }

  /** Access groups, optionally only those with the given names. */
  async getAclGroups(
    filter: { readonly names?: readonly string[] | undefined } = {},
    options: CallOptions = {},
  ): Promise<readonly AclGroup[]> {
    if (filter.names?.length === 0) return [];
    const lookups = filter.names === undefined ? {} : { name__in: filter.names };
    return await callForList(this.#listCall('get_acl_groups', lookups, readAclGroup), options);
  }

  /** What the lab itself does, or did, to hosts: a large answer without `hostnames`. */
  async getSpecialTasks(filter: SpecialTaskFilter, options: CallOptions = {}): Promise<readonly SpecialTask[]> {
    if (filter.hostnames?.length === 0) return [];
    const read = (wire: WireReader) => readSpecialTask(wire, this.#options.labTime);
    return await callForList(this.#listCall('get_special_tasks', specialTaskLookups(filter), read), options);
  }

  /** The AFE's clock, in milliseconds since the epoch: the beginning of the minute, since it tells no seconds. */
  async getServerTime(options: CallOptions = {}): Promise<number> {
    const method = 'get_server_time';
    return readServerTime(wireReader(await this.#service.call(method, {}, options), method), this.#options.labTime);
  }

  /** The lab's message of the day; empty where there is none. */
  async getMotd(options: CallOptions = {}): Promise<string> {
    return wireReader(await this.#service.call('get_motd', {}, options), 'get_motd').text();
  }

  /**
   * Makes a label and resolves to its id. Rejects with `ValidationError` when there is one of that name, unless it may
   * exist; only then is the call repeated when its answer is lost.
   */
  async addLabel(label: NewLabel, options: CallOptions = {}): Promise<number> {
    return await addLabel(this.#service, label, options);
  }

  /**
   * Makes a host known to the lab and resolves to its id. Rejects with `ValidationError` when there is one of that name.
   * Not repeated when its answer is lost: `getHosts` tells whether the host is there.
   */
  async addHost(host: NewHost, options: CallOptions = {}): Promise<number> {
    return await addHost(this.#service, host, options);
  }

  /**
   * Changes the given hosts. Rejects with a `TypeError` when `hostnames` is empty or nothing is to change, with
   * `ValidationError` when one of the hosts is locked, or unlocked, already: so locking and unlocking are not repeated
   * when their answer is lost.
   */
  async modifyHosts(
    request: { readonly hostnames: readonly string[]; readonly changes: HostChanges },
    options: CallOptions = {},
  ): Promise<void> {
    await modifyHosts(this.#service, request, options);
  }

  /**
   * Jobs that match every given condition, one after the other by id, fetched a page at a time: for lists that are too
   * long for one answer. Jobs that are made meanwhile come too.
   */
  listJobs(filter: Omit<JobFilter, 'limit'> = {}, options: ListOptions = {}): AsyncGenerator<Job, void, undefined> {
    const { ids, ...conditions } = filter;
    const lookups = { ...jobLookups(conditions, this.#options.labTime), ...(ids === undefined ? {} : { id__in: ids }) };
    return this.#pages('get_jobs', lookups, this.#readJob, options);
  }

  /** Hosts that match every given condition, one after the other by id, fetched a page at a time. */
  listHosts(filter: HostFilter = {}, options: ListOptions = {}): AsyncGenerator<Host, void, undefined> {
    return this.#pages('get_hosts', hostLookups(filter), readHost, options);
  }

  /** The queue entries of all jobs, or of the given ones, one after the other by id, fetched a page at a time. */
  listHostQueueEntries(
    filter: { readonly jobIds?: readonly number[] | undefined } = {},
    options: ListOptions = {},
  ): AsyncGenerator<HostQueueEntry, void, undefined> {
    const lookups = filter.jobIds === undefined ? {} : { job__id__in: filter.jobIds };
    return this.#pages('get_host_queue_entries', lookups, this.#readEntry, options);
  }

  /**
   * Calls any method of the AFE, in its own words, and resolves to its result as it came. `AfeMethods` lists them, and
   * takes more.
   *
   * Rejects with a `TypeError` for a call that acts on all that matches its filter, and has none.
   */
  call<Method extends keyof AfeMethods | AnyMethod>(
    method: Method,
    ...parameters: CallParameters<AfeMethods, Method, RpcCallOptions>
  ): Promise<unknown>;
  async call(method: string, args: Readonly<Record<string, unknown>> = {}, options?: RpcCallOptions): Promise<unknown> {
    return await this.#service.call(method, args, options);
  }

  /** Closes the connections, unless the transport is the caller's. Calls under way fail. */
  close(): void {
    this.#service.close();
  }

  get #creator(): JobCreator {
    const { labTime, logger, clock } = this.#options;
    const tellDoubled = (event: DoubledJobEvent) => tell(this.#onDoubledJob, event, logger);
    return { service: this.#service, labTime, logger, now: () => clock.now(), tellDoubled };
  }

  readonly #readJob = (wire: WireReader): Job => readJob(wire, this.#options.labTime);

  readonly #readEntry = (wire: WireReader): HostQueueEntry => readHostQueueEntry(wire, this.#options.labTime);

  #pages<T extends { readonly id: number }>(
    method: string,
    lookups: WireArguments,
    read: (wire: WireReader) => T,
    options: ListOptions,
  ): AsyncGenerator<T, void, undefined> {
    const idOf = ({ id }: T) => id;
    return listPages({ service: this.#service, method, lookups, key: 'id', read, idOf }, options);
  }

  #listCall<T>(method: string, args: WireArguments, read: (wire: WireReader) => T): ListCall<T> {
    return { service: this.#service, method, args, read };
  }
}
