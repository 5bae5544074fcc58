import type { CallOptions } from '../../clients/call-options.js';
import { resolveHttpClientOptions, type HttpClientOptions } from '../../clients/client-options.js';
import { createLimit } from '../../runtime/limit.js';
import { callWithRetry, createRetryLoader } from '../../transport/call-with-retry.js';
import { HttpStatusError } from '../../transport/errors.js';
import { gotTransport } from '../../transport/got-transport.js';
import { isRetryable } from '../../transport/retry-policy.js';

/** What is fetched. */
interface HttpRead {
  /** For errors and hooks, e.g. `list`. */
  readonly method: string;
  /** Behind the base URL, encoded; begins with a slash unless it is empty. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** A larger answer is given up, in bytes. */
  readonly maxBytes: number;
}

/** Fetches texts below a base URL, again while that may help; undefined for what is not there (404). */
export type HttpReader = (read: HttpRead, options: CallOptions) => Promise<string | undefined>;

/** @param service - which kind of server this is, for the hooks and the log */
export function createHttpReader(service: string, options: HttpClientOptions): HttpReader {
  const resolved = resolveHttpClientOptions(options, {
    firstDelayMs: 3_000,
    factor: 2,
    maxDelayMs: 60_000,
    jitter: 0.5,
  });
  const { url: base, headers, clock, logger, random, timeoutMs, retry: policy, hooks } = resolved;
  const transport = resolved.transport ?? gotTransport();
  const limit = createLimit(resolved.concurrency, clock);
  const settings = {
    service,
    policy,
    timeoutMs,
    clock,
    random,
    limit,
    loadRetry: createRetryLoader(clock),
    hooks,
    logger,
  };
  return async ({ method, path, query = {}, maxBytes }, { signal, deadlineMs = resolved.deadlineMs }) => {
    const url = `${base}${path}${queryOf(query)}`;
    const maxResponseBytes = Math.min(resolved.maxResponseBytes, maxBytes);
    const work = async ({ timeoutMs: tryMs }: { readonly timeoutMs: number }) => {
      const request = { method: 'GET', url, headers, timeoutMs: tryMs, maxResponseBytes, signal } as const;
      const { status, headers: received, body } = await transport.request(request);
      const text = new TextDecoder().decode(body);
      if (status === 200) return text;
      if (status === 404) return undefined;
      throw new HttpStatusError({ status, url, method: 'GET', headers: received, body: text });
    };
    const mayRetry = (failure: unknown) => isRetryable(failure, 'read');
    return await callWithRetry({ method, deadlineMs, signal, isRetryable: mayRetry, work }, settings);
  };
}

function queryOf(query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
