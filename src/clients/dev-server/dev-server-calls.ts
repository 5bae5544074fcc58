import { createLimit } from '../../runtime/limit.js';
import { callWithRetry, createRetryLoader, type CallSettings } from '../../transport/call-with-retry.js';
import { BadResponseError, HttpStatusError } from '../../transport/errors.js';
import { excerpt } from '../../transport/excerpt.js';
import { gotTransport } from '../../transport/got-transport.js';
import { nestingExceeds } from '../../transport/json-depth.js';
import { isRetryable } from '../../transport/retry-policy.js';
import type { ClosableHttpTransport, HttpTransport } from '../../transport/types.js';
import type { CallOptions } from '../call-options.js';
import type { ResolvedDevServerOptions } from './dev-server-options.js';
import { messageOfErrorPage } from './error-page.js';
import { DevServerError } from './errors.js';
import { readServerHealth, type FullServerHealth } from './server-health.js';
import { ServerStaging, stagingError } from './server-staging.js';
import type { StagingOptions } from './staging-operation.js';
import type { StagingTokenContent } from './staging-token.js';
import type { StageOptions, StageRequest } from './types.js';

/** One call of a dev server. */
export interface DevServerCall {
  /** The parts of the path; the first is the method, e.g. `stage`. */
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
  /** What to POST. Without it the call is a GET. */
  readonly form?: { readonly contentType: string; readonly body: Uint8Array } | undefined;
  /**
   * How long one try may take, in milliseconds.
   *
   * @defaultValue the client's `timeoutMs`
   */
  readonly timeoutMs?: number | undefined;
  /**
   * A larger answer is given up, in bytes.
   *
   * @defaultValue the client's `maxResponseBytes`, which is never exceeded
   */
  readonly maxBytes?: number | undefined;
  /**
   * Whether the call may be sent again after a failure.
   *
   * @defaultValue as for any call without effect: all of a dev server's calls may be repeated, staging included
   */
  readonly mayRetry?: ((failure: unknown) => boolean) | undefined;
}

/**
 * Calls of the program that dev servers and crash servers run.
 *
 * A call is repeated while the server cannot be reached or its front server answers 502, 503 or 504. The server's own
 * 4xx and 500 are final: a {@link DevServerError} with the one message of its page.
 */
export class DevServerCalls {
  readonly #options: ResolvedDevServerOptions;
  readonly #settings: CallSettings;
  readonly #transport: HttpTransport;
  /** Opens nothing as long as it is not used. */
  readonly #ownTransport: ClosableHttpTransport = gotTransport();

  /** @param service - which kind of server this is, for the hooks and the log */
  constructor(service: string, options: ResolvedDevServerOptions) {
    this.#options = options;
    this.#transport = options.transport ?? this.#ownTransport;
    const { retry: policy, timeoutMs, clock, random, hooks, logger } = options;
    const limit = createLimit(options.concurrency, clock);
    const loadRetry = createRetryLoader(clock);
    this.#settings = { service, policy, timeoutMs, clock, random, limit, loadRetry, hooks, logger };
  }

  /** Where a build is stored; with artifacts, where these are. */
  archiveUrl(build: string, artifacts: readonly string[] = []): string {
    const { imageArchive, canaryArchive } = this.#options;
    return `${artifacts.includes('factory_image') ? canaryArchive : imageArchive}/${build}`;
  }

  /** Has the server begin to stage; rejects with `StagingError` when it refuses. */
  async startStaging(
    request: StageRequest,
    options: StagingOptions & { readonly maxSilenceMs?: number | undefined },
  ): Promise<ServerStaging> {
    const { clock, url } = this.#options;
    const { signal, onProgress, maxSilenceMs = Number.POSITIVE_INFINITY } = options;
    const { build, artifacts, files = [] } = request;
    if (artifacts.length + files.length === 0) throw new TypeError('artifacts: must not be empty');
    if ([...artifacts, ...files].some((name) => name === '' || name.includes(','))) {
      throw new TypeError('artifacts: names must not be empty and have no commas');
    }
    // A deadline there must always be, and one that can be written down.
    const deadlineMs = Math.min(options.deadlineMs ?? this.#options.deadlineMs, Number.MAX_SAFE_INTEGER);
    const startedMs = clock.now();
    const archiveUrl = this.archiveUrl(build, artifacts);
    const query = { ...stagingQuery(archiveUrl, request), async: 'True' };
    try {
      const call = { path: ['stage'], query, maxBytes: maxShortAnswer };
      const answer = await this.text(call, { signal, deadlineMs: Math.min(deadlineMs, maxSilenceMs) });
      if (answer.trim() !== 'Success') throw badAnswer('stage', 'expected Success', answer);
    } catch (error) {
      signal?.throwIfAborted();
      throw stagingError(request, error);
    }
    const content = { url, archiveUrl, request, startedMs, deadlineMs, hasAnswered: false };
    return this.takeUpStaging(content, { onProgress, maxSilenceMs });
  }

  /** A staging that has been begun, here or elsewhere. Sends nothing. */
  takeUpStaging(
    found: StagingTokenContent,
    options: Pick<StagingOptions, 'onProgress'> & { readonly maxSilenceMs?: number | undefined },
  ): ServerStaging {
    const { clock, logger, pollIntervalMs } = this.#options;
    const { onProgress, maxSilenceMs = Number.POSITIVE_INFINITY } = options;
    // Written down where the clock is ahead, it would never come to its deadline.
    const content = { ...found, startedMs: Math.min(found.startedMs, clock.now()) };
    const query = stagingQuery(content.archiveUrl, content.request);
    // One try each: the next question is the retry.
    const isStaged = (call: CallOptions) => this.#isStaged(query, call, () => false);
    return new ServerStaging({ content, isStaged, clock, logger, pollIntervalMs, maxSilenceMs, onProgress });
  }

  /** Stages and waits until everything is there; rejects with `StagingError`. */
  async stage(request: StageRequest, options: StageOptions): Promise<void> {
    const staging = await this.startStaging(request, options);
    await staging.wait({ signal: options.signal });
  }

  /** Asks whether everything is there; rejects with `StagingError` when the server says that something failed. */
  async isStaged(request: StageRequest, options: CallOptions): Promise<boolean> {
    const query = stagingQuery(this.archiveUrl(request.build, request.artifacts), request);
    try {
      return await this.#isStaged(query, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof DevServerError && error.status === 500) throw stagingError(request, error);
      throw error;
    }
  }

  async #isStaged(
    query: Readonly<Record<string, string>>,
    options: CallOptions,
    mayRetry?: (failure: unknown) => boolean,
  ): Promise<boolean> {
    const call = { path: ['is_staged'], query, mayRetry, maxBytes: maxShortAnswer };
    const answer = (await this.text(call, options)).trim();
    if (answer !== 'True' && answer !== 'False') throw badAnswer('is_staged', 'expected True or False', answer);
    return answer === 'True';
  }

  /** How the server is doing. Without a `deadlineMs` it takes 6 s at most. */
  async checkHealth(options: CallOptions): Promise<FullServerHealth> {
    const { signal, deadlineMs = healthDeadlineMs } = options;
    const call = { path: ['check_health'], query: {}, maxBytes: maxShortAnswer };
    return readServerHealth(await this.json(call, { signal, deadlineMs }));
  }

  /** The answer, parsed. */
  async json(call: DevServerCall, options: CallOptions): Promise<unknown> {
    const body = await this.bytes(call, options);
    const answer = parseJson(body);
    if (answer === undefined) throw badAnswer(methodOf(call), 'expected JSON', decodeUtf8(body.subarray(0, 2_000)));
    return answer;
  }

  /** The answer, decoded. */
  async text(call: DevServerCall, options: CallOptions): Promise<string> {
    return decodeUtf8(await this.bytes(call, options));
  }

  /** The answer as it came. */
  async bytes(call: DevServerCall, options: CallOptions): Promise<Uint8Array> {
    const { path, query, form, timeoutMs, maxBytes = Number.POSITIVE_INFINITY, mayRetry = isRepeatable } = call;
    const url = requestUrl(this.#options.url, path, query);
    const method = form === undefined ? 'GET' : 'POST';
    const { signal, deadlineMs = this.#options.deadlineMs } = options;
    const maxResponseBytes = Math.min(this.#options.maxResponseBytes, maxBytes);
    const headers =
      form === undefined ? this.#options.headers : { ...this.#options.headers, 'content-type': form.contentType };
    const work = async (attempt: { readonly timeoutMs: number }) => {
      const { timeoutMs: tryMs } = attempt;
      const request = { method, url, headers, body: form?.body, timeoutMs: tryMs, maxResponseBytes, signal } as const;
      const { status, headers: received, body } = await this.#transport.request(request);
      if (status === 200) return body;
      throw new HttpStatusError({ status, url, method, headers: received, body: decodeUtf8(body) });
    };
    try {
      const retried = { method: methodOf(call), deadlineMs, signal, isRetryable: mayRetry, work };
      return await callWithRetry(retried, { ...this.#settings, timeoutMs: timeoutMs ?? this.#settings.timeoutMs });
    } catch (error) {
      throw error instanceof HttpStatusError ? devServerErrorOf(error) : error;
    }
  }

  /** Closes the connections, unless the transport is the caller's. Calls under way fail. */
  close(): void {
    this.#ownTransport.close();
  }
}

/** An answer that is none. */
export function badAnswer(call: string, problem: string, received: string): BadResponseError {
  return new BadResponseError({ call, problem, received });
}

/** A text that a server sent, whatever it holds. */
export function decodeUtf8(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Of an answer of a word or a line: more is not read, nor kept; room for the page of an error is in it. */
export const maxShortAnswer = 1024 * 1024;

const healthDeadlineMs = 6_000;
const maxDepth = 10;

function stagingQuery(archiveUrl: string, request: StageRequest): Readonly<Record<string, string>> {
  const { artifacts, files = [] } = request;
  return { archive_url: archiveUrl, artifacts: artifacts.join(','), files: files.join(',') };
}

function isRepeatable(failure: unknown): boolean {
  return isRetryable(failure, 'repeatable');
}

function methodOf({ path }: DevServerCall): string {
  return path[0] ?? '';
}

function requestUrl(base: string, path: readonly string[], query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${base}/${path.map(encodeURIComponent).join('/')}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`;
}

function devServerErrorOf(error: HttpStatusError): DevServerError {
  const { status, url, body, location } = error;
  // Who leads elsewhere is a front server, whose page says less than its header.
  const message =
    location === undefined
      ? (messageOfErrorPage(body) ?? `HTTP status ${status}: ${excerpt(body)}`)
      : `HTTP status ${status}: it leads to ${location}, and is not followed`;
  return new DevServerError({ status, url, message, page: body });
}

function parseJson(body: Uint8Array): unknown {
  if (nestingExceeds(body, maxDepth)) return undefined;
  try {
    return JSON.parse(decodeUtf8(body));
  } catch {
    return undefined;
  }
}
