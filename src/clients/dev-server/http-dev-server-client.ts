import { excerpt } from '../../transport/excerpt.js';
import type { CallOptions } from '../call-options.js';
import { wireReader } from '../wire-reader.js';
import { boardOfSymbolicBuild, buildOfImagePath } from './build-name.js';
import { badAnswer, decodeUtf8, DevServerCalls } from './dev-server-calls.js';
import {
  resolveDevServerOptions,
  type HttpDevServerClientOptions,
  type ResolvedDevServerOptions,
} from './dev-server-options.js';
import { ControlFileNotFoundError, DevServerError } from './errors.js';
import type { ServerHealth } from './server-health.js';
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
  readonly #calls: DevServerCalls;
  #lacksListSuiteControls = false;

  /** Throws `ClientOptionError` for an option that cannot work. Sends nothing. */
  constructor(options: HttpDevServerClientOptions) {
    this.#options = resolveDevServerOptions(options);
    this.url = this.#options.url;
    this.#calls = new DevServerCalls('dev server', this.#options);
  }

  async stage(request: StageRequest, options: CallOptions = {}): Promise<void> {
    await this.#calls.stage(request, options);
  }

  async listControlFiles(
    request: { readonly build: string; readonly suite?: string | undefined },
    options: CallOptions = {},
  ): Promise<readonly string[]> {
    const query = { build: request.build, suite_name: request.suite ?? '' };
    const answer = await this.#calls.text({ path: ['controlfiles'], query }, options);
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
    const query = { build, control_path: path };
    const body = await this.#calls.bytes({ path: ['controlfiles'], query }, options);
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
    const query = { build: request.build, suite_name: request.suite };
    let answer: unknown;
    try {
      answer = await this.#calls.json({ path: [method], query }, options);
    } catch (error) {
      if (!(error instanceof DevServerError) || error.status !== 404) throw error;
      this.#lacksListSuiteControls = true;
      return undefined;
    }
    return new Map(wireReader(answer, method, 'answer').entries((text) => text.string()));
  }

  async resolveBuild(build: string, options: CallOptions = {}): Promise<string> {
    const board = boardOfSymbolicBuild(build);
    if (board === undefined) return build;
    const path = ['xbuddy_translate', 'remote', board, 'latest-official'];
    const answer = await this.#calls.text({ path, query: { image_dir: `${this.#options.imageArchive}/` } }, options);
    const resolved = buildOfImagePath(answer);
    if (resolved === undefined) throw badAnswer('xbuddy_translate', `expected the build for ${excerpt(build)}`, answer);
    return resolved;
  }

  /** How the server is doing. Without a `deadlineMs` it takes 6 s at most. */
  async checkHealth(options: CallOptions = {}): Promise<ServerHealth> {
    return this.#calls.checkHealth(options);
  }

  /** Closes the connections, unless the transport is the caller's. Calls under way fail. */
  close(): void {
    this.#calls.close();
  }
}

const notFoundStart = 'Unknown control path ';
