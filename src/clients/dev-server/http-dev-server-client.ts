import { createLimit } from '../../runtime/limit.js';
import { callWithRetry, type CallSettings } from '../../transport/call-with-retry.js';
import { BadResponseError, HttpStatusError } from '../../transport/errors.js';
import { excerpt } from '../../transport/excerpt.js';
import { gotTransport, type ClosableHttpTransport } from '../../transport/got-transport.js';
import { nestingExceeds } from '../../transport/json-depth.js';
import { isRetryable } from '../../transport/retry-policy.js';
import type { HttpTransport } from '../../transport/types.js';
import type { CallOptions } from '../call-options.js';
import { wireReader } from '../wire-reader.js';
import { boardOfSymbolicBuild, buildOfImagePath } from './build-name.js';
import {
  resolveDevServerOptions,
  type HttpDevServerClientOptions,
  type ResolvedDevServerOptions,
} from './dev-server-options.js';
import { messageOfErrorPage } from './error-page.js';
import { ControlFileNotFoundError, DevServerError } from './errors.js';
import { stageAndWait } from './stage.js';
import type { DevServerClient, StageRequest } from './types.js';

/**
 * A dev server over HTTP.
 *
 * Every call is repeated while the server cannot be reached or its front server answers 502, 503 or 504. Its own 4xx
 * and 500 are final: a `DevServerError`. Every call may reject with `DeadlineError`, `BadResponseError` and
 * `ResponseTooLargeError`.
 */
export class HttpDevServerClient implements DevServerClient {
  readonly url: string;
  readonly #options: ResolvedDevServerOptions;
  readonly #settings: CallSettings;
  readonly #transport: HttpTransport;
  /** Opens nothing as long as it is not used. */
  readonly #ownTransport: ClosableHttpTransport = gotTransport();
  #lacksListSuiteControls = false;

  /** Throws `ClientOptionError` for an option that cannot work. Sends nothing. */
  constructor(options: HttpDevServerClientOptions) {
    this.#options = resolveDevServerOptions(options);
    this.url = this.#options.url;
    this.#transport = this.#options.transport ?? this.#ownTransport;
    const { retry: policy, timeoutMs, clock, random, hooks, logger } = this.#options;
    const limit = createLimit(this.#options.concurrency);
    this.#settings = { service: 'dev server', policy, timeoutMs, clock, random, limit, hooks, logger };
  }

  async stage(request: StageRequest, options: CallOptions = {}): Promise<void> {
    const { clock, pollIntervalMs } = this.#options;
    const { signal, deadlineMs = this.#options.deadlineMs } = options;
    if (request.artifacts.length === 0) throw new TypeError('artifacts: must not be empty');
    const query = { archive_url: this.#archiveUrl(request.build), artifacts: request.artifacts.join(','), files: '' };
    await stageAndWait(request, {
      clock,
      pollIntervalMs,
      deadlineMs,
      signal,
      start: async () => {
        const answer = await this.#getText('stage', { ...query, async: 'True' }, { signal, deadlineMs });
        if (answer.trim() !== 'Success') throw badAnswer('stage', 'expected Success', answer);
      },
      isStaged: async (leftMs) => {
        // One try each: the next question is the retry.
        const once = { signal, deadlineMs: leftMs };
        const answer = (await this.#getText('is_staged', query, once, () => false)).trim();
        if (answer !== 'True' && answer !== 'False') throw badAnswer('is_staged', 'expected True or False', answer);
        return answer === 'True';
      },
    });
  }

  async listControlFiles(
    request: { readonly build: string; readonly suite?: string | undefined },
    options: CallOptions = {},
  ): Promise<readonly string[]> {
    const query = { build: request.build, suite_name: request.suite ?? '' };
    const answer = await this.#getText('controlfiles', query, options);
    if (answer.trimStart().startsWith('<')) throw badAnswer('controlfiles', 'expected a list of paths', answer);
    return answer
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  }

  async getControlFile(
    request: { readonly build: string; readonly path: string },
    options: CallOptions = {},
  ): Promise<Uint8Array> {
    const { build, path } = request;
    // Without a path the server answers with the list of all control files.
    if (path === '') throw new ControlFileNotFoundError({ path, build });
    const body = await this.#get(['controlfiles'], { build, control_path: path }, options);
    // Trap 7: a file that is not there is a 200 with this text, as is any file of a build that is not staged.
    const start = decodeUtf8(body.subarray(0, notFoundStart.length));
    if (start === notFoundStart) throw new ControlFileNotFoundError({ path, build });
    return body;
  }

  async listSuiteControls(
    request: { readonly build: string; readonly suite: string },
    options: CallOptions = {},
  ): Promise<ReadonlyMap<string, string> | undefined> {
    if (this.#lacksListSuiteControls) return undefined;
    const method = 'list_suite_controls';
    let body: Uint8Array;
    try {
      body = await this.#get([method], { build: request.build, suite_name: request.suite }, options);
    } catch (error) {
      if (!(error instanceof DevServerError) || error.status !== 404) throw error;
      this.#lacksListSuiteControls = true;
      return undefined;
    }
    const answer = parseJson(body);
    if (answer === undefined) throw badAnswer(method, 'expected JSON', decodeUtf8(body.subarray(0, 2_000)));
    return new Map(wireReader(answer, method, 'answer').entries((text) => text.string()));
  }

  async resolveBuild(build: string, options: CallOptions = {}): Promise<string> {
    const board = boardOfSymbolicBuild(build);
    if (board === undefined) return build;
    const path = ['xbuddy_translate', 'remote', board, 'latest-official'];
    const answer = decodeUtf8(await this.#get(path, { image_dir: `${this.#options.imageArchive}/` }, options));
    const resolved = buildOfImagePath(answer);
    if (resolved === undefined) throw badAnswer('xbuddy_translate', `expected the build for ${excerpt(build)}`, answer);
    return resolved;
  }

  /** Closes the connections, unless the transport is the caller's. Calls under way fail. */
  close(): void {
    this.#ownTransport.close();
  }

  #archiveUrl(build: string): string {
    return `${this.#options.imageArchive}/${build}`;
  }

  async #getText(
    method: string,
    query: Readonly<Record<string, string>>,
    options: CallOptions,
    mayRetry?: (failure: unknown) => boolean,
  ): Promise<string> {
    return decodeUtf8(await this.#get([method], query, options, mayRetry));
  }

  async #get(
    path: readonly string[],
    query: Readonly<Record<string, string>>,
    options: CallOptions,
    // A dev server's calls may all be repeated, staging included.
    mayRetry: (failure: unknown) => boolean = (failure) => isRetryable(failure, 'repeatable'),
  ): Promise<Uint8Array> {
    const url = requestUrl(this.url, path, query);
    const { signal, deadlineMs = this.#options.deadlineMs } = options;
    const { headers, maxResponseBytes } = this.#options;
    const work = async ({ timeoutMs }: { readonly timeoutMs: number }) => {
      const request = { method: 'GET', url, headers, timeoutMs, maxResponseBytes, signal } as const;
      const { status, body } = await this.#transport.request(request);
      if (status === 200) return body;
      throw new HttpStatusError({ status, url, method: 'GET', body: decodeUtf8(body) });
    };
    try {
      const call = { method: path[0] ?? '', deadlineMs, signal, isRetryable: mayRetry, work };
      return await callWithRetry(call, this.#settings);
    } catch (error) {
      throw error instanceof HttpStatusError ? devServerErrorOf(error) : error;
    }
  }
}

const notFoundStart = 'Unknown control path ';
const maxDepth = 10;

function requestUrl(base: string, path: readonly string[], query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${base}/${path.map(encodeURIComponent).join('/')}?${pairs.join('&')}`;
}

function devServerErrorOf(error: HttpStatusError): DevServerError {
  const { status, url, body } = error;
  const message = messageOfErrorPage(body) ?? `HTTP status ${status}: ${excerpt(body)}`;
  return new DevServerError({ status, url, message, page: body });
}

function badAnswer(call: string, problem: string, received: string): BadResponseError {
  return new BadResponseError({ call, problem, received });
}

function parseJson(body: Uint8Array): unknown {
  if (nestingExceeds(body, maxDepth)) return undefined;
  try {
    return JSON.parse(decodeUtf8(body));
  } catch {
    return undefined;
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
