import { callForListInBatches, type ListCall } from '../call-for-list.js';
import type { CallOptions } from '../call-options.js';
import { JsonRpcService, type RpcCallOptions } from '../json-rpc-service.js';
import {
  resolveRpcClientOptions,
  type ResolvedRpcClientOptions,
  type RpcClientOptions,
} from '../rpc-client-options.js';
import { listPages, type ListOptions } from '../list-pages.js';
import { wireReader, type WireReader } from '../wire-reader.js';
import type { AnyMethod, CallParameters } from '../rpc-arguments.js';
import type { TkoMethods } from './tko-methods.js';
import type { PlainTestView, StatusCount, TestView, TestViewFilter, TkoClient } from './types.js';
import { readPlainTestView, readStatusCount, readTestView } from './wire-answers.js';
import { testViewLookups } from './wire-requests.js';

export type HttpTkoClientOptions = RpcClientOptions;

/**
 * TKO over HTTP. Its calls are repeated, and reject, as those of `HttpAfeClient`.
 */
export class HttpTkoClient implements TkoClient {
  readonly #options: ResolvedRpcClientOptions;
  readonly #service: JsonRpcService;

  /** Throws `ClientOptionError` for an option that cannot work. Sends nothing. */
  constructor(options: HttpTkoClientOptions) {
    this.#options = resolveRpcClientOptions(options);
    this.#service = new JsonRpcService('TKO', '/new_tko/server/noauth/rpc/', this.#options);
  }

  async getDetailedTestViews(
    filter: { readonly jobIds: readonly number[] },
    options: CallOptions = {},
  ): Promise<readonly TestView[]> {
    const read = (wire: WireReader) => readTestView(wire, this.#options.labTime);
    const call: ListCall<TestView> = { service: this.#service, method: 'get_detailed_test_views', args: {}, read };
    return byIndex(await callForListInBatches(call, { key: 'afe_job_id__in', values: filter.jobIds }, options));
  }

  /**
   * The test rows of the given jobs without keyvals and attributes, in the order they were written. With
   * `invalid: false` a job that the lab has retried has no rows.
   */
  async getTestViews(
    filter: TestViewFilter & { readonly jobIds: readonly number[] },
    options: CallOptions = {},
  ): Promise<readonly PlainTestView[]> {
    const { jobIds, ...conditions } = filter;
    const args = testViewLookups(conditions);
    const read = (wire: WireReader) => readPlainTestView(wire, this.#options.labTime);
    const call: ListCall<PlainTestView> = { service: this.#service, method: 'get_test_views', args, read };
    return byIndex(await callForListInBatches(call, { key: 'afe_job_id__in', values: jobIds }, options));
  }

  /** How many test rows match. A small answer whatever the number. */
  async getNumTestViews(filter: TestViewFilter, options: CallOptions = {}): Promise<number> {
    if (filter.jobIds?.length === 0) return 0;
    const method = 'get_num_test_views';
    return wireReader(await this.#service.call(method, testViewLookups(filter), options), method).integer();
  }

  /**
   * How many tests passed and how many did not, by the values of some fields of the rows, in TKO's names: `['status']`,
   * `['hostname', 'test_name']`. Rejects with a `TypeError` when `groupBy` is empty, with `RpcError` for a field that
   * TKO does not know.
   */
  async getStatusCounts(
    request: TestViewFilter & { readonly groupBy: readonly string[] },
    options: CallOptions = {},
  ): Promise<readonly StatusCount[]> {
    const { groupBy, ...filter } = request;
    if (groupBy.length === 0) throw new TypeError('groupBy: must not be empty');
    if (filter.jobIds?.length === 0) return [];
    const method = 'get_status_counts';
    const args = { group_by: groupBy, ...testViewLookups(filter) };
    const answer = wireReader(await this.#service.call(method, args, options), method);
    return answer.field('groups').list((wire) => readStatusCount(wire, groupBy));
  }

  /**
   * All test rows, or those of the given jobs, in the order they were written, fetched a page at a time: for lists that
   * are too long for one answer.
   */
  listTestViews(
    filter: { readonly jobIds?: readonly number[] | undefined } = {},
    options: ListOptions = {},
  ): AsyncGenerator<TestView, void, undefined> {
    const lookups = filter.jobIds === undefined ? {} : { afe_job_id__in: filter.jobIds };
    const read = (wire: WireReader) => readTestView(wire, this.#options.labTime);
    const idOf = ({ testIdx }: TestView) => testIdx;
    const method = 'get_detailed_test_views';
    return listPages({ service: this.#service, method, lookups, key: 'test_idx', read, idOf }, options);
  }

  /**
   * Calls any method of TKO, in its own words, and resolves to its result as it came. `TkoMethods` lists them, and takes
   * more.
   *
   * Rejects with a `TypeError` for a call that acts on all that matches its filter, and has none.
   */
  call<Method extends keyof TkoMethods | AnyMethod>(
    method: Method,
    ...parameters: CallParameters<TkoMethods, Method, RpcCallOptions>
  ): Promise<unknown>;
  async call(method: string, args: Readonly<Record<string, unknown>> = {}, options?: RpcCallOptions): Promise<unknown> {
    return await this.#service.call(method, args, options);
  }

  /** Closes the connections, unless the transport is the caller's. Calls under way fail. */
  close(): void {
    this.#service.close();
  }
}

function byIndex<T extends { readonly testIdx: number }>(views: readonly T[]): readonly T[] {
  return views.toSorted((a, b) => a.testIdx - b.testIdx);
}
