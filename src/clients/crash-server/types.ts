import type { CallOptions } from '../call-options.js';
import type { ServerHealth } from '../dev-server/server-health.js';

/** A crash server: a dev server that turns crash dumps into stack traces, with the debug symbols of a build. */
export interface CrashServerClient {
  /** The server's base URL, without a trailing slash and without credentials. */
  readonly url: string;
  /** How the server is doing; `leastLoadedCrashServer` chooses by it. */
  checkHealth(options?: CallOptions): Promise<ServerHealth>;
  /**
   * Has the server fetch a build's debug symbols and waits until they are there.
   *
   * Rejects with `StagingError` when the server says that it failed, or when the deadline passes.
   */
  stageSymbols(request: { readonly build: string }, options?: CallOptions): Promise<void>;
  /**
   * The stack trace of a crash dump, as `minidump_stackwalk` prints it.
   *
   * Rejects with `SymbolicationError` when the server cannot read the dump.
   */
  symbolicate(request: SymbolicateRequest, options?: CallOptions): Promise<string>;
}

/** A crash dump, and the build whose debug symbols it needs. */
export interface SymbolicateRequest {
  /** e.g. `x86-mario-release/R19-1998.0.0` */
  readonly build: string;
  /** The bytes of a minidump. */
  readonly dump: Uint8Array;
  /** Its name, for the server's log; a path is cut down to the name. */
  readonly filename: string;
}
