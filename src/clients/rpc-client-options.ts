import type { RetryPolicy } from '../transport/retry-policy.js';
import { resolveHttpClientOptions, type HttpClientOptions, type ResolvedHttpClientOptions } from './client-options.js';
import { ClientOptionError } from './errors.js';
import { createLabTime, defaultLabTimeZone, type LabTime } from './lab-time.js';

/** What the clients of AFE and TKO can be told. */
export interface RpcClientOptions extends HttpClientOptions {
  /**
   * The login name to act as, printable ASCII. Sent bare in the `Authorization` header, before anything that the URL or
   * `headers` say.
   *
   * @defaultValue the server's default user
   */
  readonly user?: string | undefined;
  /**
   * The lab's time zone, an IANA name: the servers write times without one.
   *
   * @defaultValue `America/Los_Angeles`
   */
  readonly timeZone?: string | undefined;
}

/** {@link RpcClientOptions} with every gap filled. */
export interface ResolvedRpcClientOptions extends ResolvedHttpClientOptions {
  readonly labTime: LabTime;
}

/** Fills in the defaults. Throws `ClientOptionError` for a value that cannot work. */
export function resolveRpcClientOptions(options: RpcClientOptions): ResolvedRpcClientOptions {
  const resolved = resolveHttpClientOptions(options, rpcRetryPolicy);
  const { user } = options;
  if (user !== undefined && !/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(user)) {
    throw new ClientOptionError('user', 'must be a login name of printable ASCII');
  }
  return {
    ...resolved,
    headers: user === undefined ? resolved.headers : { ...resolved.headers, authorization: user },
    labTime: resolveLabTime(options.timeZone ?? defaultLabTimeZone),
  };
}

/** The original client's 10 s, doubling; the longest wait leaves room for many tries within half an hour. */
const rpcRetryPolicy: RetryPolicy = { firstDelayMs: 10_000, factor: 2, maxDelayMs: 120_000, jitter: 0.25 };

function resolveLabTime(timeZone: string): LabTime {
  try {
    return createLabTime(timeZone);
  } catch {
    throw new ClientOptionError('timeZone', `not a time zone: ${JSON.stringify(timeZone)}`);
  }
}
