import { allOrNone } from '../../runtime/abort.js';
import { inBatches } from '../batches.js';
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
import type { TestView, TkoClient } from './types.js';
import { readTestView } from './wire-answers.js';

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
    const method = 'get_detailed_test_views';
    const tasks = inBatches(filter.jobIds).map((batch) => async (signal: AbortSignal) => {
      const answer = await this.#service.call(method, { afe_job_id__in: batch }, { ...options, signal });
      return wireReader(answer, method).list((wire) => readTestView(wire, this.#options.labTime));
    });
    const views = (await allOrNone(tasks, options.signal)).flat();
    return views.toSorted((a, b) => a.testIdx - b.testIdx);
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
