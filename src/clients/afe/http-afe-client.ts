import { allOrNone } from '../../runtime/abort.js';
import { tell } from '../../transport/call-events.js';
import { inBatches } from '../batches.js';
import type { CallOptions } from '../call-options.js';
import { atLeast } from '../client-options.js';
import { JsonRpcService, type RpcCallOptions } from '../json-rpc-service.js';
import {
  resolveRpcClientOptions,
  type ResolvedRpcClientOptions,
  type RpcClientOptions,
} from '../rpc-client-options.js';
import { wireReader, type WireReader } from '../wire-reader.js';
import type { AnyMethod, CallParameters } from '../rpc-arguments.js';
import type { AfeMethods } from './afe-methods.js';
import { listPages, type ListOptions } from '../list-pages.js';
import { createJob } from './create-job.js';
import type { DoubledJobEvent, JobCreator } from './create-once.js';
import { createSuiteJob } from './create-suite-job.js';
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
  readHost,
  readHostAttribute,
  readHostQueueEntry,
  readJob,
  readLabel,
} from './wire-answers.js';
import { hostLookups, jobLookups, type WireArguments } from './wire-requests.js';

export interface HttpAfeClientOptions extends RpcClientOptions {
  /**
   * Makes the value of the keyval `dynamic_suite_request` of each job; no two may be the same in a lab.
   *
   * @defaultValue `crypto.randomUUID`
   */
  readonly newId?: (() => string) | undefined;
  /**
   * How long one try of `createSuiteJob` may take, in milliseconds of real time: the AFE stages the build before it
   * answers.
   *
   * @defaultValue 1,200,000 (20 minutes)
   */
  readonly suiteJobTimeoutMs?: number | undefined;
  /** Told when a job turns out to exist more than once, e.g. since the network sent a request twice. */
  readonly onDoubledJob?: ((event: DoubledJobEvent) => void) | undefined;
}

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
    const lookups = jobLookups(filter, this.#options.labTime);
    const read = (wire: WireReader) => readJob(wire, this.#options.labTime);
    const jobs = await this.#listJobs(filter, lookups, read, options);
    return jobs.toSorted((a, b) => a.id - b.id);
  }

  async #listJobs<T>(
    { ids, limit }: JobFilter,
    lookups: WireArguments,
    read: (wire: WireReader) => T,
    options: CallOptions,
  ): Promise<readonly T[]> {
    if (ids?.length === 0) return [];
    if (limit !== undefined) {
      // A limited answer is no larger for many ids, so they need no batches.
      const limited = {
        ...lookups,
        ...(ids === undefined ? {} : { id__in: ids }),
        query_limit: limit,
        sort_by: ['id'],
      };
      return await this.#list('get_jobs', limited, read, options);
    }
    if (ids === undefined) return await this.#list('get_jobs', lookups, read, options);
    return await this.#listInBatches('get_jobs', lookups, { key: 'id__in', values: ids }, read, options);
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
    const read = (wire: WireReader) => readHostQueueEntry(wire, this.#options.labTime);
    const ids = { key: 'job__id__in', values: filter.jobIds };
    const entries = await this.#listInBatches('get_host_queue_entries', {}, ids, read, options);
    return entries.toSorted((a, b) => a.id - b.id);
  }

  async abortHostQueueEntries(
    filter: { readonly jobIds: readonly number[] },
    options: CallOptions = {},
  ): Promise<readonly AbortedEntry[]> {
    if (filter.jobIds.length === 0) throw new TypeError('jobIds: must not be empty, the AFE would abort every job');
    const ids = { key: 'job__id__in', values: filter.jobIds };
    const repeatable: RpcCallOptions = { ...options, kind: 'repeatable' };
    return await this.#listInBatches('abort_host_queue_entries', {}, ids, readAbortedEntry, repeatable);
  }

  async getHosts(filter: HostFilter, options: CallOptions = {}): Promise<readonly Host[]> {
    if (filter.hostnames?.length === 0) return [];
    return await this.#list('get_hosts', hostLookups(filter), readHost, options);
  }

  async getLabels(
    filter: { readonly namePrefix?: string | undefined },
    options: CallOptions = {},
  ): Promise<readonly Label[]> {
    const lookups = filter.namePrefix === undefined ? {} : { name__startswith: filter.namePrefix };
    return await this.#list('get_labels', lookups, readLabel, options);
  }

  async getHostAttribute(
    request: { readonly attribute: string; readonly hostnames: readonly string[] },
    options: CallOptions = {},
  ): Promise<readonly HostAttribute[]> {
    if (request.hostnames.length === 0) return [];
    const args = { attribute: request.attribute, hostname__in: request.hostnames };
    return await this.#list('get_host_attribute', args, readHostAttribute, options);
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
   * Jobs that match every given condition, one after the other by id, fetched a page at a time: for lists that are too
   * long for one answer. Jobs that are made meanwhile come too.
   */
  listJobs(filter: Omit<JobFilter, 'limit'> = {}, options: ListOptions = {}): AsyncGenerator<Job, void, undefined> {
    const { ids, ...conditions } = filter;
    const lookups = { ...jobLookups(conditions, this.#options.labTime), ...(ids === undefined ? {} : { id__in: ids }) };
    const read = (wire: WireReader) => readJob(wire, this.#options.labTime);
    return listPages({ service: this.#service, method: 'get_jobs', lookups, key: 'id', read, idOf: byId }, options);
  }

  /** Hosts that match every given condition, one after the other by id, fetched a page at a time. */
  listHosts(filter: HostFilter = {}, options: ListOptions = {}): AsyncGenerator<Host, void, undefined> {
    const lookups = hostLookups(filter);
    return listPages(
      { service: this.#service, method: 'get_hosts', lookups, key: 'id', read: readHost, idOf: byId },
      options,
    );
  }

  /** The queue entries of all jobs, or of the given ones, one after the other by id, fetched a page at a time. */
  listHostQueueEntries(
    filter: { readonly jobIds?: readonly number[] | undefined } = {},
    options: ListOptions = {},
  ): AsyncGenerator<HostQueueEntry, void, undefined> {
    const lookups = filter.jobIds === undefined ? {} : { job__id__in: filter.jobIds };
    const read = (wire: WireReader) => readHostQueueEntry(wire, this.#options.labTime);
    return listPages(
      { service: this.#service, method: 'get_host_queue_entries', lookups, key: 'id', read, idOf: byId },
      options,
    );
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

  async #list<T>(
    method: string,
    args: Readonly<Record<string, unknown>>,
    read: (wire: WireReader) => T,
    options: RpcCallOptions,
  ): Promise<readonly T[]> {
    return wireReader(await this.#service.call(method, args, options), method).list(read);
  }

  async #listInBatches<T>(
    method: string,
    args: Readonly<Record<string, unknown>>,
    ids: { readonly key: string; readonly values: readonly number[] },
    read: (wire: WireReader) => T,
    options: RpcCallOptions,
  ): Promise<readonly T[]> {
    const tasks = inBatches(ids.values).map(
      (batch) => (signal: AbortSignal) =>
        this.#list(method, { ...args, [ids.key]: batch }, read, { ...options, signal }),
    );
    return (await allOrNone(tasks, options.signal)).flat();
  }
}

function byId({ id }: { readonly id: number }): number {
  return id;
}
