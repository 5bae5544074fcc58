import { atLeast } from '../client-options.js';
import {
  resolveDevServerOptions,
  type HttpDevServerClientOptions,
  type ResolvedDevServerOptions,
} from '../dev-server/dev-server-options.js';

/** What the client of a crash server can be told: what that of a dev server can, and its own time limit. */
export interface HttpCrashServerClientOptions extends HttpDevServerClientOptions {
  /**
   * How long a symbolication may take: each try, and all of them with the waits between, in milliseconds. It takes the
   * place of `timeoutMs` and `deadlineMs` there.
   *
   * @defaultValue 600,000 (10 minutes)
   */
  readonly symbolicateTimeoutMs?: number | undefined;
}

/** {@link HttpCrashServerClientOptions} with every gap filled. */
export interface ResolvedCrashServerOptions extends ResolvedDevServerOptions {
  readonly symbolicateTimeoutMs: number;
}

/** Fills in the defaults. Throws `ClientOptionError` for a value that cannot work. */
export function resolveCrashServerOptions(options: HttpCrashServerClientOptions): ResolvedCrashServerOptions {
  return {
    ...resolveDevServerOptions(options),
    symbolicateTimeoutMs: atLeast('symbolicateTimeoutMs', options.symbolicateTimeoutMs, 600_000, 1, 2 ** 31 - 1),
  };
}
