import { excerpt } from '../../transport/excerpt.js';
import { redactUrl } from '../../transport/redact-url.js';
import type { CallOptions } from '../call-options.js';
import { ClientOptionError } from '../errors.js';
import { wireReader } from '../wire-reader.js';
import { boardOfSymbolicBuild, buildOfImagePath } from './build-name.js';
import { badAnswer, decodeUtf8, DevServerCalls, maxShortAnswer } from './dev-server-calls.js';
import {
  resolveDevServerOptions,
  type HttpDevServerClientOptions,
  type ResolvedDevServerOptions,
} from './dev-server-options.js';
import { ControlFileNotFoundError, DevServerError, StagedFileNotFoundError } from './errors.js';
import { latestBuildOf, saysNoBuild, vetTarget } from './latest-build.js';
import { isPlainPath, pathSegments } from './plain-path.js';
import type { FullServerHealth } from './server-health.js';
import { readStagedListing, type StagedEntry } from './staged-listing.js';
import type { StagingOperation, StagingOptions } from './staging-operation.js';
import { readStagingToken } from './staging-token.js';
import type { BuildFinder, DevServerClient, LatestBuildRequest, StageOptions, StageRequest } from './types.js';

/**
 * A dev server over HTTP.
 *
 * Every call is repeated while the server cannot be reached or its front server answers 502, 503 or 504. Its own 4xx
 * and 500 are final: a `DevServerError`. Every call may reject with `DeadlineError`, `BadResponseError` and
 * `ResponseTooLargeError`.
 */
export class HttpDevServerClient implements DevServerClient, BuildFinder {
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

  async stage(request: StageRequest, options: StageOptions = {}): Promise<void> {
    await this.#calls.stage(request, options);
  }

  /**
   * Has the server begin to fetch parts of a build, and resolves as soon as it has begun.
   *
   * Rejects with `StagingError` when the server refuses, as it does for an artifact that it does not know.
   *
   * @param options - `deadlineMs` is for the whole staging, `signal` for this call only
   */
  async startStaging(request: StageRequest, options: StagingOptions = {}): Promise<StagingOperation> {
    return await this.#calls.startStaging(request, options);
  }

  /**
   * Takes up a staging that was started on this server, perhaps by another process. Sends nothing.
   *
   * @param token - the `token` of a `StagingOperation`
   * @throws ClientOptionError for a token that is none, or of another server
   */
  resumeStaging(token: string, options: Pick<StagingOptions, 'onProgress'> = {}): StagingOperation {
    const content = readStagingToken(token);
    if (content.url !== this.url) {
      throw new ClientOptionError('token', `of another server, ${redactUrl(content.url)}`);
    }
    return this.#calls.takeUpStaging(content, options);
  }

  /**
   * Whether parts of a build are there, without asking for them: what nobody asked for is never there.
   *
   * Rejects with `StagingError` when the server keeps a failure of one of them; its `failures` say what failed. After a
   * new attempt to stage, the first answer may still be of the one before.
   */
  async isStaged(request: StageRequest, options: CallOptions = {}): Promise<boolean> {
    return await this.#calls.isStaged(request, options);
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
    const answer = await this.translateImagePath(`remote/${board}/latest-official`, options);
    const resolved = buildOfImagePath(answer);
    if (resolved === undefined) throw badAnswer(translate, `expected the build for ${excerpt(build)}`, answer);
    return resolved;
  }

  /**
   * The path of an image below the image archive, for one by an alias: `remote/x86-mario/latest-official` gives
   * `x86-mario-release/R19-1998.0.0/chromiumos_test_image.bin`. Newlines that the server puts into it are gone.
   *
   * Rejects with `DevServerError` for a board or an alias that the server does not know.
   */
  async translateImagePath(alias: string, options: CallOptions = {}): Promise<string> {
    const query = { image_dir: `${this.#options.imageArchive}/` };
    const path = [translate, ...pathSegments('alias', alias)];
    const answer = await this.#calls.text({ path, query, maxBytes: maxShortAnswer }, options);
    // The file that names the newest build may end with a newline, which then stands before the slash.
    const image = answer.slice(0, 2_000).replace(/[\r\n]+(?=\/|$)/g, '');
    if (!isPlainPath(image)) throw badAnswer(translate, 'expected the path of an image', answer);
    return image;
  }

  async getLatestBuild(request: LatestBuildRequest, options: CallOptions = {}): Promise<string | undefined> {
    const { target, milestone } = request;
    vetTarget(target);
    const query = { target, ...(milestone === undefined ? {} : { milestone }) };
    try {
      const call = { path: ['latestbuild'], query, maxBytes: maxShortAnswer };
      return latestBuildOf(target, await this.#calls.text(call, options));
    } catch (error) {
      if (saysNoBuild(error)) return undefined;
      throw error;
    }
  }

  /**
   * Where below a staged build's folder a file of its artifacts is, e.g. `autotest/test_suites/control.dummy`. Undefined
   * from a server without that call (before April 2016).
   *
   * Rejects with `StagedFileNotFoundError` when the artifacts are not staged or have no such file.
   */
  async locateFile(
    request: { readonly build: string; readonly filename: string; readonly artifacts: readonly string[] },
    options: CallOptions = {},
  ): Promise<string | undefined> {
    const { build, filename, artifacts } = request;
    const archiveUrl = this.#calls.archiveUrl(build, artifacts);
    const query = { archive_url: archiveUrl, file_name: filename, artifacts: artifacts.join(',') };
    const method = 'locate_file';
    let answer: string;
    try {
      answer = (await this.#calls.text({ path: [method], query, maxBytes: maxShortAnswer }, options)).trim();
    } catch (cause) {
      if (!(cause instanceof DevServerError)) throw cause;
      if (cause.status === 404) return undefined;
      if (!cause.message.includes('can not be found in artifacts')) throw cause;
      throw new StagedFileNotFoundError({ build, path: filename, cause });
    }
    if (!isPlainPath(answer)) throw badAnswer(method, 'expected a path', answer);
    return answer;
  }

  /** What is in a staged build's folder, hidden files included; undefined for a build that is not staged. */
  async listImageDir(
    request: { readonly build: string },
    options: CallOptions = {},
  ): Promise<readonly StagedEntry[] | undefined> {
    const method = 'list_image_dir';
    const query = { archive_url: this.#calls.archiveUrl(request.build) };
    const answer = await this.#calls.text({ path: [method], query }, options);
    const listing = readStagedListing(answer);
    if (listing === null) throw badAnswer(method, 'expected a listing', answer);
    return listing;
  }

  /**
   * A file of a staged build, byte for byte and whole: for files up to the client's `maxResponseBytes`. Larger ones are
   * for `staticUrl` and whatever can write them where they belong.
   *
   * Rejects with `StagedFileNotFoundError`.
   *
   * @param request - `path`: below the build's folder, e.g. `autotest/packages/packages.checksum`
   */
  async getStaticFile(
    request: { readonly build: string; readonly path: string },
    options: CallOptions = {},
  ): Promise<Uint8Array> {
    const { build, path } = request;
    try {
      return await this.#calls.bytes({ path: staticPath(build, path), query: {} }, options);
    } catch (cause) {
      if (!(cause instanceof DevServerError) || cause.status !== 404) throw cause;
      throw new StagedFileNotFoundError({ build, path, cause });
    }
  }

  /** Where a file of a staged build can be downloaded, without user name and password. */
  staticUrl(request: { readonly build: string; readonly path: string }): string {
    return [this.url, ...staticPath(request.build, request.path).map(encodeURIComponent)].join('/');
  }

  /** How the server is doing. Without a `deadlineMs` it takes 6 s at most. */
  async checkHealth(options: CallOptions = {}): Promise<FullServerHealth> {
    return this.#calls.checkHealth(options);
  }

  /** Closes the connections, unless the transport is the caller's. Calls under way fail. */
  close(): void {
    this.#calls.close();
  }
}

const notFoundStart = 'Unknown control path ';
const translate = 'xbuddy_translate';

function staticPath(build: string, path: string): readonly string[] {
  return ['static', ...pathSegments('build', build), ...pathSegments('path', path)];
}
