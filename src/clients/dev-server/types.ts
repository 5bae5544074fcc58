import type { CallOptions } from '../call-options.js';

/** A dev server: it fetches builds from the image storage, unpacks them and serves their files to the lab. */
export interface DevServerClient {
  /** The server's base URL, without a trailing slash and without credentials. */
  readonly url: string;
  /**
   * Has the server fetch parts of a build and waits until they are there.
   *
   * Rejects with `StagingError` when the server says that it failed, or when the deadline passes.
   */
  stage(request: StageRequest, options?: CallOptions): Promise<void>;
  /**
   * Paths of a staged build's control files, in no particular order. With `suite` the server narrows them to what its
   * map says of the suite; a server that does not know the suite lists every control file.
   */
  listControlFiles(
    request: { readonly build: string; readonly suite?: string | undefined },
    options?: CallOptions,
  ): Promise<readonly string[]>;
  /** One control file of a staged build, byte for byte. Rejects with `ControlFileNotFoundError`. */
  getControlFile(
    request: { readonly build: string; readonly path: string },
    options?: CallOptions,
  ): Promise<Uint8Array>;
  /**
   * Path → text of a suite's control files in one request, or undefined from a server without that call (before
   * April 2016).
   */
  listSuiteControls(
    request: { readonly build: string; readonly suite: string },
    options?: CallOptions,
  ): Promise<ReadonlyMap<string, string> | undefined>;
  /** The name of a real build for a symbolic one (`x86-mario-release/LATEST`); any other name comes back unchanged. */
  resolveBuild(build: string, options?: CallOptions): Promise<string>;
}

/** Which parts of which build to stage. */
export interface StageRequest {
  /** e.g. `x86-mario-release/R19-1998.0.0` */
  readonly build: string;
  /** e.g. `['control_files', 'test_suites']`; at least one, or one of `files`. */
  readonly artifacts: readonly string[];
  /**
   * Single files of the build in the image storage, by name.
   *
   * @defaultValue none
   */
  readonly files?: readonly string[] | undefined;
}

/** How a staging is waited for. */
export interface StageOptions extends CallOptions {
  /**
   * Give up when the server has not answered for so long, in milliseconds, though the deadline has not come: another
   * server may do it.
   *
   * @defaultValue at the deadline only
   */
  readonly maxSilenceMs?: number | undefined;
}

/**
 * Who knows the newest build that is staged. Apart from {@link DevServerClient}, which stays as small as what suites
 * need: whoever writes a client for suites need not answer this.
 */
export interface BuildFinder {
  /**
   * The newest staged build of a target, e.g. `x86-mario-release/R20-2345.0.0`; undefined when none is staged.
   *
   * Newest by Python's `LooseVersion`, as `compareVersions` compares.
   */
  getLatestBuild(request: LatestBuildRequest, options?: CallOptions): Promise<string | undefined>;
}

/** Of which builds to find the newest one. */
export interface LatestBuildRequest {
  /** Board and type, e.g. `x86-mario-release`. */
  readonly target: string;
  /**
   * A part of the version, in small or capital letters, e.g. `R20`; `R2` also finds `R20`.
   *
   * @defaultValue any
   */
  readonly milestone?: string | undefined;
}
