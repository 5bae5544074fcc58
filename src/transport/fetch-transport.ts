import { onAbort } from '../runtime/abort.js';
import { ConnectionError, ResponseTooLargeError, TimeoutError, TransportOptionError } from './errors.js';
import { fetchFailure } from './fetch-failure.js';
import { joinHeaders } from './request-headers.js';
import type { ClosableHttpTransport, HttpRequest, HttpResponse } from './types.js';
import { splitCredentials } from './url-credentials.js';

/**
 * What {@link fetchTransport} can be told. There is neither a proxy nor a certificate authority of one's own: `fetch` has
 * no way to say so. Either use `gotTransport`, or give a `fetch` that knows.
 */
export interface FetchTransportOptions {
  /**
   * Sent with every request; those of a request go before them. Names in any case.
   *
   * Compressed answers are not asked for, since the `fetch` of node takes one that breaks off for a whole one. With
   * `{ 'accept-encoding': 'gzip' }` they are.
   */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * What makes the requests. It must send each once, follow no redirect when told `redirect: 'manual'`, and heed
   * `signal`: one that tries again by itself doubles jobs.
   *
   * @defaultValue the `fetch` of node
   */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /**
   * Keep connections open for later requests.
   *
   * Then a request that wants a fresh connection may still go out on a kept one, since `fetch` cannot be told to leave
   * those alone. A server that closes it under the request leaves it open whether it has acted: nothing is doubled, but
   * more calls end in a look whether what they should create is there, and those that cannot look in a `ConnectionError`.
   *
   * @defaultValue false: each request has a connection of its own
   */
  readonly keepAlive?: boolean | undefined;
}

/**
 * A transport over `fetch`, for whoever wants no other HTTP client in the program. It keeps the promises of
 * `gotTransport`, with these differences:
 *
 * - `ConnectionError.sent` is false only where the failure shows that no connection was made: the name of the host, the
 *   connection, the certificate. In every other case `fetch` cannot tell, and it is true: the side on which nothing is
 *   doubled.
 * - Connections that the program itself keeps open to the same server with the `fetch` of node are shared with it. Where
 *   it does so, a creating call may find one of them; see `keepAlive`.
 * - Certificates are checked as node is told to, environment included (`NODE_EXTRA_CA_CERTS`,
 *   `NODE_TLS_REJECT_UNAUTHORIZED`). Some ports are refused by `fetch`, e.g. 6000 and 10080.
 * - The `fetch` of older nodes, 20 among them, takes an answer in chunks that breaks off for a whole one. The lab's servers
 *   send nothing in chunks but JSON, in which that shows.
 * - An answer of status 407 is a `ConnectionError`, and after a 421 the `fetch` of node sends the request once more.
 *
 * @throws TransportOptionError for an option that cannot work, or that `fetch` has no way to heed
 */
export function fetchTransport(options: FetchTransportOptions = {}): ClosableHttpTransport {
  const { headers, fetch: given, keepAlive = false } = options;
  for (const option of ['proxy', 'certificateAuthority']) {
    const isGiven = option in options && options[option as keyof FetchTransportOptions] !== undefined;
    if (isGiven) throw new TransportOptionError(option, 'fetch has no way to heed it, use gotTransport');
  }
  if (given !== undefined && typeof given !== 'function') throw new TransportOptionError('fetch', 'not a function');
  const underWay = new Set<() => void>();
  return {
    async request(request) {
      request.signal?.throwIfAborted();
      // The global one is looked up for each request: tests and tracers replace it while the program runs.
      return await exchange({ fetch: given ?? globalThis.fetch, headers, keepAlive, underWay }, request);
    },
    close() {
      for (const end of underWay) end();
    },
  };
}

interface Settings {
  readonly fetch: typeof globalThis.fetch;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly keepAlive: boolean;
  /** Ways to end the requests that are under way. */
  readonly underWay: Set<() => void>;
}

async function exchange(settings: Settings, request: HttpRequest): Promise<HttpResponse> {
  const { signal, timeoutMs } = request;
  const { url, authorization } = splitCredentials(request.url);
  const named = { url, method: request.method };
  // fetch never sees the caller's signal: it would leave listeners on it.
  const ended = new AbortController();
  const givenUp = deferredRejection();
  const giveUp = (reason: unknown) => {
    givenUp.reject(reason);
    ended.abort();
  };
  const stopListening = onAbort(signal, () => giveUp(signal?.reason));
  const timer = setTimeout(() => giveUp(new TimeoutError({ ...named, timeoutMs })), timeoutMs);
  const close = () => giveUp(new ConnectionError({ ...named, sent: true, reason: 'the transport was closed' }));
  settings.underWay.add(close);
  try {
    const init: RequestInit = {
      method: request.method,
      headers: headersOf(settings, request, authorization),
      redirect: 'manual',
      signal: ended.signal,
      ...(request.method === 'POST' ? { body: toBytes(request.body ?? '') } : {}),
    };
    // Raced, so that a fetch that does not heed its signal keeps nobody waiting.
    return await Promise.race([answerTo(settings.fetch, { ...request, url }, init), givenUp.promise]);
  } catch (error) {
    // What is under way yet: an answer that is too large.
    ended.abort();
    throw error;
  } finally {
    clearTimeout(timer);
    stopListening();
    settings.underWay.delete(close);
  }
}

async function answerTo(
  fetch: typeof globalThis.fetch,
  request: HttpRequest,
  init: RequestInit,
): Promise<HttpResponse> {
  const { url, method, maxResponseBytes } = request;
  const named = { url, method };
  try {
    const response = await fetch(url, init);
    const { status, type } = response;
    if (type === 'opaqueredirect' || status === 0) {
      const reason = 'the answer is a redirect, and this fetch does not say where to';
      throw new ConnectionError({ ...named, sent: true, permanent: true, reason });
    }
    const body = await readAll(response.body, maxResponseBytes);
    if (body === undefined) throw new ResponseTooLargeError({ ...named, maxResponseBytes });
    return { status, headers: flattenHeaders(response.headers), body };
  } catch (error) {
    if (error instanceof ResponseTooLargeError || error instanceof ConnectionError) throw error;
    throw new ConnectionError({ ...named, ...fetchFailure(error) });
  }
}

/** All bytes of a body, or undefined when there are more than `maxBytes`; no more are asked for then. */
async function readAll(stream: ReadableStream | null, maxBytes: number): Promise<Uint8Array | undefined> {
  if (stream === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function headersOf(settings: Settings, request: HttpRequest, authorization: string | undefined): [string, string][] {
  const basic: Record<string, string> = {
    'accept-encoding': 'identity',
    ...(authorization === undefined ? {} : { authorization }),
  };
  const joined = joinHeaders(basic, settings.headers, request.headers);
  // A connection that each request closes is a connection that none can find.
  if (!settings.keepAlive || request.freshConnection === true) joined['connection'] = 'close';
  return Object.entries(joined);
}

function flattenHeaders(headers: Headers): Record<string, string> {
  const flat: Record<string, string> = {};
  // Several of one name come joined, but for those of cookies.
  for (const [name, value] of headers) flat[name] = name in flat ? `${flat[name] ?? ''}, ${value}` : value;
  return flat;
}

function toBytes(body: string | Uint8Array): Uint8Array {
  return typeof body === 'string' ? new TextEncoder().encode(body) : body;
}

function deferredRejection(): { readonly promise: Promise<never>; readonly reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<never>((_, rejectIt) => (reject = rejectIt));
  // Whoever races has its own handler; without one of its own, a late rejection would count as unhandled.
  promise.catch(() => {});
  return { promise, reject };
}
