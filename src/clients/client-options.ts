import { systemClock, type Clock } from '../runtime/clock.js';
import { silentLogger, type Logger } from '../runtime/logger.js';
import type { CallHooks } from '../transport/call-events.js';
import type { RetryPolicy } from '../transport/retry-policy.js';
import type { HttpTransport } from '../transport/types.js';
import { splitCredentials } from '../transport/url-credentials.js';
import { ClientOptionError } from './errors.js';

/** What every client of a server over HTTP can be told. */
export interface HttpClientOptions extends CallHooks {
  /**
   * The server's base URL, e.g. `http://afe.lab`. User name and password in it are sent as Basic authorization and
   * shown nowhere.
   */
  readonly url: string;
  /**
   * Headers to send with every request.
   *
   * @defaultValue none
   */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * The way to the network.
   *
   * @defaultValue one of the client's own, closed by its `close()`
   */
  readonly transport?: HttpTransport | undefined;
  /** @defaultValue the computer's clock */
  readonly clock?: Clock | undefined;
  /** @defaultValue a logger that drops everything */
  readonly logger?: Logger | undefined;
  /**
   * How many requests may be under way at a time; others wait in line.
   *
   * @defaultValue 8
   */
  readonly concurrency?: number | undefined;
  /**
   * How long one try may take, in milliseconds of real time.
   *
   * @defaultValue 60,000 (one minute)
   */
  readonly timeoutMs?: number | undefined;
  /**
   * How long a call may take over all its tries and waits, in milliseconds.
   *
   * @defaultValue 1,800,000 (30 minutes)
   */
  readonly deadlineMs?: number | undefined;
  /**
   * The waits between tries; what is left out keeps the client's default.
   *
   * @defaultValue AFE and TKO: 10 s, doubling up to 2 minutes, a quarter more or less at random; dev server: 3 s,
   * doubling up to 1 minute, half more or less
   */
  readonly retry?: Partial<RetryPolicy> | undefined;
  /**
   * A larger answer is given up, in bytes after decompression.
   *
   * @defaultValue 67,108,864 (64 MiB)
   */
  readonly maxResponseBytes?: number | undefined;
  /**
   * A source of numbers from 0 up to 1, for the jitter of the waits.
   *
   * @defaultValue `Math.random`
   */
  readonly random?: (() => number) | undefined;
}

/** {@link HttpClientOptions} with every gap filled. */
export interface ResolvedHttpClientOptions {
  /** Without credentials, query, fragment and trailing slash. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly transport: HttpTransport | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly retry: RetryPolicy;
  readonly maxResponseBytes: number;
  readonly random: () => number;
  readonly hooks: CallHooks;
}

/** Fills in the defaults. Throws {@link ClientOptionError} for a value that cannot work. */
export function resolveHttpClientOptions(
  options: HttpClientOptions,
  defaultRetry: RetryPolicy,
): ResolvedHttpClientOptions {
  const { url, authorization } = resolveUrl(options.url);
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (!isHeader(name, value)) throw new ClientOptionError(`headers.${name}`, 'not a header of printable ASCII');
    headers[name.toLowerCase()] = value;
  }
  return {
    url,
    headers,
    transport: options.transport,
    clock: options.clock ?? systemClock,
    logger: options.logger ?? silentLogger,
    concurrency: resolveConcurrency(options.concurrency),
    timeoutMs: atLeast('timeoutMs', options.timeoutMs, 60_000, 1, maxTimerMs),
    deadlineMs: atLeast('deadlineMs', options.deadlineMs, 30 * 60_000, 1, Number.POSITIVE_INFINITY),
    retry: {
      firstDelayMs: atLeast('retry.firstDelayMs', options.retry?.firstDelayMs, defaultRetry.firstDelayMs, 0),
      factor: atLeast('retry.factor', options.retry?.factor, defaultRetry.factor, 1),
      maxDelayMs: atLeast('retry.maxDelayMs', options.retry?.maxDelayMs, defaultRetry.maxDelayMs, 0),
      jitter: atLeast('retry.jitter', options.retry?.jitter, defaultRetry.jitter, 0, 1),
    },
    maxResponseBytes: atLeast('maxResponseBytes', options.maxResponseBytes, 64 * 1024 * 1024, 1),
    random: options.random ?? Math.random,
    hooks: { onCall: options.onCall, onRetry: options.onRetry },
  };
}

/**
 * A number, or its default when it is not given. Throws {@link ClientOptionError} when it is not between `min` and
 * `max`.
 */
export function atLeast(
  option: string,
  value: number | undefined,
  fallback: number,
  min: number,
  max = Number.MAX_SAFE_INTEGER,
): number {
  if (value === undefined) return fallback;
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw new ClientOptionError(option, `must be a number from ${min} to ${max}, not ${String(value)}`);
}

/** The longest time that a timer of node can wait for. */
const maxTimerMs = 2 ** 31 - 1;

function resolveUrl(text: string): { readonly url: string; readonly authorization: string | undefined } {
  if (typeof text !== 'string' || !URL.canParse(text)) throw new ClientOptionError('url', 'not a URL');
  const { url, authorization } = splitCredentials(text);
  const parsed = new URL(url);
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') {
    throw new ClientOptionError('url', `must be http: or https:, not ${parsed.protocol}`);
  }
  if (parsed.search !== '' || parsed.hash !== '') {
    throw new ClientOptionError('url', 'must be a base URL, without query and fragment');
  }
  return { url: parsed.toString().replace(/\/$/, ''), authorization };
}

function resolveConcurrency(value: number | undefined): number {
  const concurrency = atLeast('concurrency', value, 8, 1, Number.POSITIVE_INFINITY);
  if (Number.isInteger(concurrency) || concurrency === Number.POSITIVE_INFINITY) return concurrency;
  throw new ClientOptionError('concurrency', `must be a whole number, not ${concurrency}`);
}

function isHeader(name: string, value: unknown): boolean {
  return /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/.test(name) && typeof value === 'string' && /^[\t\x20-\x7e]*$/.test(value);
}
