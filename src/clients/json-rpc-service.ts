import { createLimit } from '../runtime/limit.js';
import { callWithRetry, createRetryLoader, type Attempt, type CallSettings } from '../transport/call-with-retry.js';
import { gotTransport } from '../transport/got-transport.js';
import { decodeRpcResponse, encodeRpcRequest } from '../transport/json-rpc.js';
import { isRetryable, type CallKind } from '../transport/retry-policy.js';
import type { ClosableHttpTransport, HttpTransport } from '../transport/types.js';
import { rpcErrorOf } from './afe/errors.js';
import type { CallOptions } from './call-options.js';
import type { ResolvedRpcClientOptions } from './rpc-client-options.js';
import { refuseUnfiltered } from './unfiltered-calls.js';

/** How a method of a server may be called. */
export interface RpcCallOptions extends CallOptions {
  /**
   * What a second request would do, and so when the call may be repeated.
   *
   * @defaultValue `read` for methods that begin with `get_`, else `create`: never repeated unless the first request
   * cannot have reached the server
   */
  readonly kind?: CallKind | undefined;
}

/** One of the lab's servers that speak JSON-RPC: AFE and TKO differ in their path and methods only. */
export class JsonRpcService {
  readonly #options: ResolvedRpcClientOptions;
  readonly #settings: CallSettings;
  readonly #url: string;
  readonly #transport: HttpTransport;
  /** Opens nothing as long as it is not used. */
  readonly #ownTransport: ClosableHttpTransport = gotTransport();
  #lastId = 0;

  /**
   * @param service - the server's name in errors, hooks and the log, e.g. `AFE`
   * @param path - where it takes calls, below the base URL
   */
  constructor(service: string, path: string, options: ResolvedRpcClientOptions) {
    this.#options = options;
    this.#url = `${options.url}${path}`;
    this.#transport = options.transport ?? this.#ownTransport;
    const { retry: policy, timeoutMs, clock, random, hooks, logger } = options;
    const limit = createLimit(options.concurrency, clock);
    const loadRetry = createRetryLoader(clock);
    this.#settings = { service, policy, timeoutMs, clock, random, limit, loadRetry, hooks, logger };
  }

  /**
   * Calls a method and resolves to its result. Rejects with an `RpcError` when the server states a failure, and with a
   * `TypeError` for a call that would act on everything: see `refuseUnfiltered`.
   */
  async call(method: string, args: Readonly<Record<string, unknown>>, options: RpcCallOptions = {}): Promise<unknown> {
    refuseUnfiltered(method, args);
    const kind = options.kind ?? (method.startsWith('get_') ? 'read' : 'create');
    return await this.run(method, options, {
      isRetryable: (failure) => isRetryable(failure, kind),
      work: (attempt) =>
        this.request(method, args, { ...attempt, signal: options.signal, freshConnection: kind === 'create' }),
    });
  }

  /** The time for one try of an ordinary call, in milliseconds. */
  get timeoutMs(): number {
    return this.#options.timeoutMs;
  }

  /** The time for an ordinary call over all its tries, in milliseconds. */
  get deadlineMs(): number {
    return this.#options.deadlineMs;
  }

  /** Runs work that may send several requests, repeated as a whole: see `callWithRetry`. */
  async run<T>(
    method: string,
    options: CallOptions,
    call: {
      readonly timeoutMs?: number | undefined;
      readonly isRetryable: (failure: unknown) => boolean;
      readonly work: (attempt: Attempt) => Promise<T>;
    },
  ): Promise<T> {
    const { signal, deadlineMs = this.#options.deadlineMs } = options;
    return await callWithRetry({ method, signal, deadlineMs, ...call }, this.#settings);
  }

  /** Sends one request, without a second try. */
  async request(
    method: string,
    args: Readonly<Record<string, unknown>>,
    options: {
      readonly timeoutMs: number;
      readonly signal?: AbortSignal | undefined;
      readonly freshConnection?: boolean | undefined;
    },
  ): Promise<unknown> {
    this.#lastId += 1;
    const request = { method, args, id: this.#lastId };
    const response = await this.#transport.request({
      method: 'POST',
      url: this.#url,
      headers: { 'content-type': 'application/json', ...this.#options.headers },
      body: encodeRpcRequest(request),
      maxResponseBytes: this.#options.maxResponseBytes,
      timeoutMs: options.timeoutMs,
      signal: options.signal,
      freshConnection: options.freshConnection,
    });
    const outcome = decodeRpcResponse({ ...request, url: this.#url }, response);
    if (!outcome.ok) throw rpcErrorOf({ method, ...outcome });
    return outcome.result;
  }

  /** Closes the connections, unless the transport is the caller's. */
  close(): void {
    this.#ownTransport.close();
  }
}
