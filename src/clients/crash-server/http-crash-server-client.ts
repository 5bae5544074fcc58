import { TimeoutError } from '../../transport/errors.js';
import { isRetryable } from '../../transport/retry-policy.js';
import type { CallOptions } from '../call-options.js';
import { badAnswer, DevServerCalls } from '../dev-server/dev-server-calls.js';
import { DevServerError } from '../dev-server/errors.js';
import type { FullServerHealth } from '../dev-server/server-health.js';
import {
  resolveCrashServerOptions,
  type HttpCrashServerClientOptions,
  type ResolvedCrashServerOptions,
} from './crash-server-options.js';
import { SymbolicationError } from './errors.js';
import { multipartForm } from './multipart.js';
import type { CrashServerClient, SymbolicateRequest } from './types.js';

/**
 * A crash server over HTTP.
 *
 * Every call is repeated while the server cannot be reached or its front server answers 502, 503 or 504. Its own 4xx
 * and 500 are final: a `DevServerError`, or a `SymbolicationError` for a dump that cannot be read. Every call may
 * reject with `DeadlineError`, `BadResponseError` and `ResponseTooLargeError`, `symbolicate` with `TimeoutError` too.
 */
export class HttpCrashServerClient implements CrashServerClient {
  readonly url: string;
  readonly #options: ResolvedCrashServerOptions;
  readonly #calls: DevServerCalls;

  /** Throws `ClientOptionError` for an option that cannot work. Sends nothing. */
  constructor(options: HttpCrashServerClientOptions) {
    this.#options = resolveCrashServerOptions(options);
    this.url = this.#options.url;
    this.#calls = new DevServerCalls('crash server', this.#options);
  }

  /** Without a `deadlineMs` it takes 6 s at most. */
  async checkHealth(options: CallOptions = {}): Promise<FullServerHealth> {
    return this.#calls.checkHealth(options);
  }

  async stageSymbols(request: { readonly build: string }, options: CallOptions = {}): Promise<void> {
    await this.#calls.stage({ build: request.build, artifacts: ['symbols'] }, options);
  }

  async symbolicate(request: SymbolicateRequest, options: CallOptions = {}): Promise<string> {
    const { build, dump, filename } = request;
    const { random, symbolicateTimeoutMs } = this.#options;
    const { signal, deadlineMs = symbolicateTimeoutMs } = options;
    const call = {
      path: ['symbolicate_dump'],
      query: { archive_url: this.#calls.archiveUrl(build) },
      form: multipartForm({ field: 'minidump', filename, content: dump }, random),
      timeoutMs: symbolicateTimeoutMs,
      mayRetry: maySymbolicateAgain,
    };
    let stack: string;
    try {
      stack = await this.#calls.text(call, { signal, deadlineMs });
    } catch (error) {
      if (!isUnreadableDump(error)) throw error;
      throw new SymbolicationError({ build, filename, reason: error.message, cause: error });
    }
    const start = stack.slice(0, 2_000).trimStart();
    if (start === '' || start.startsWith('<')) throw badAnswer('symbolicate_dump', 'expected a stack trace', stack);
    return stack;
  }

  /** Closes the connections, unless the transport is the caller's. Calls under way fail. */
  close(): void {
    this.#calls.close();
  }
}

/** What took a server all the time there is would only take it again. */
function maySymbolicateAgain(failure: unknown): boolean {
  return !(failure instanceof TimeoutError) && isRetryable(failure, 'repeatable');
}

function isUnreadableDump(error: unknown): error is DevServerError {
  return (
    error instanceof DevServerError && error.status === 500 && error.message.includes("Can't generate stack trace")
  );
}
