import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { Got, Request as GotStream, Response as GotResponse } from 'got';
import { onAbort } from '../runtime/abort.js';
import { connectionFailure, refusalByProxy, type ConnectionFailure } from './connection-failure.js';
import { ConnectionError, ResponseTooLargeError, TimeoutError, TransportOptionError } from './errors.js';
import { resolveProxy, type Proxy, type ProxyOptions } from './proxy.js';
import { joinHeaders } from './request-headers.js';
import { openRoutes, type Route, type Routes } from './routes.js';
import type { ClosableHttpTransport, HttpRequest, HttpResponse } from './types.js';
import { splitCredentials } from './url-credentials.js';

export interface GotTransportOptions {
  /** Sent with every request; those of a request go before them. Names in any case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Certificates (PEM) of the authorities that servers with https are checked against. The check itself cannot be
   * switched off, by `NODE_TLS_REJECT_UNAUTHORIZED` neither.
   *
   * @defaultValue those that node trusts
   */
  readonly certificateAuthority?: string | readonly string[] | undefined;
  /**
   * The proxy to go through: requests to plain HTTP servers are handed to it, to servers with https it opens a tunnel.
   *
   * @defaultValue none
   */
  readonly proxy?: ProxyOptions | undefined;
}

/**
 * The transport that clients use unless they are given another: HTTP/1.1, connections kept open between requests.
 *
 * User name and password of a URL are sent as Basic authorization, unless the request has an authorization of its own,
 * and never appear in an error.
 *
 * @throws TransportOptionError for an option that cannot work; nothing is read or opened before the first request
 */
export function gotTransport(options: GotTransportOptions = {}): ClosableHttpTransport {
  const proxy = options.proxy === undefined ? undefined : resolveProxy(options.proxy);
  const ca = resolveAuthority(options.certificateAuthority);
  let loading: Promise<Network> | undefined;
  return {
    async request(request) {
      request.signal?.throwIfAborted();
      loading ??= loadNetwork(proxy, ca);
      const network = await loading;
      request.signal?.throwIfAborted();
      return await exchange(network, options, request);
    },
    close() {
      void loading?.then(({ routes }) => routes.close());
      loading = undefined;
    },
  };
}

interface Network {
  readonly got: Got;
  readonly routes: Routes;
}

/** got takes 100 ms to load: whoever imports this package without a request does not pay for it. */
async function loadNetwork(proxy: Proxy | undefined, ca: string | string[] | undefined): Promise<Network> {
  const [{ got }, routes] = await Promise.all([import('got'), openRoutes({ proxy, ca })]);
  return { got, routes };
}

/** Node passes over a text without a certificate in it, and then trusts nobody without saying why. */
function resolveAuthority(given: string | readonly string[] | undefined): string | string[] | undefined {
  if (given === undefined) return undefined;
  const texts = typeof given === 'string' ? [given] : [...given];
  if (texts.length > 0 && texts.every(isCertificate)) return texts;
  const expected = 'must be certificates as PEM text ("-----BEGIN CERTIFICATE-----"), not the name of a file';
  throw new TransportOptionError('certificateAuthority', expected);
}

function isCertificate(text: unknown): boolean {
  return typeof text === 'string' && text.includes('-----BEGIN CERTIFICATE-----');
}

async function exchange(
  { got, routes }: Network,
  options: GotTransportOptions,
  request: HttpRequest,
): Promise<HttpResponse> {
  const { signal, maxResponseBytes, freshConnection = false } = request;
  const { url, authorization } = splitCredentials(request.url);
  const named = { url, method: request.method };
  const ended = new AbortController();
  const route = routes.routeTo(new URL(url), { freshConnection, givenUp: ended.signal });
  const stream = got.stream(url, {
    method: request.method,
    headers: joinHeaders(authorization === undefined ? {} : { authorization }, options.headers, request.headers),
    ...(request.method === 'POST' ? { body: toBuffer(request.body ?? '') } : {}),
    agent: route.agent,
    ...(route.request === undefined ? {} : { request: route.request }),
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
  });
  const wasSent = watchSent(stream);
  let response: GotResponse | undefined;
  stream.once('response', (received: GotResponse) => (response = received));
  const stopListening = onAbort(signal, () => stream.destroy());
  // got's own time-out is not heard of while an agent still builds a connection.
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    stream.destroy();
  }, request.timeoutMs);
  const throwIfGivenUp = () => {
    signal?.throwIfAborted();
    if (isLate) throw new TimeoutError({ ...named, timeoutMs: request.timeoutMs });
  };
  try {
    const body = await readAll(stream, maxResponseBytes);
    throwIfGivenUp();
    if (body === undefined) throw new ResponseTooLargeError({ ...named, maxResponseBytes });
    if (response === undefined) throw new ConnectionError({ ...named, sent: wasSent(), reason: 'no answer' });
    const { statusCode: status, headers } = response;
    if (route.isForwarded && status === 407) {
      throw new ConnectionError({ ...named, sent: false, ...byWayOf(route, refusalByProxy(status)) });
    }
    return { status, headers: flattenHeaders(headers), body };
  } catch (error) {
    throwIfGivenUp();
    if (error instanceof ResponseTooLargeError || error instanceof ConnectionError) throw error;
    throw new ConnectionError({ ...named, sent: wasSent(), ...byWayOf(route, connectionFailure(error)) });
  } finally {
    clearTimeout(timer);
    stopListening();
    stream.destroy();
    ended.abort();
  }
}

function byWayOf({ proxyUrl }: Route, failure: ConnectionFailure): ConnectionFailure {
  if (proxyUrl === undefined) return failure;
  return { ...failure, reason: `by way of the proxy ${proxyUrl}: ${failure.reason}` };
}

/** All bytes of a stream, or undefined when there are more than `maxBytes`; the stream is then given up. */
async function readAll(stream: GotStream, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > maxBytes) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Nothing of a request can have reached the server while there was no connection. */
function watchSent(stream: GotStream): () => boolean {
  let sent = false;
  stream.once('request', (request: ClientRequest) => {
    request.once('socket', (socket: Socket) => {
      const isSecure = 'encrypted' in socket;
      if (request.reusedSocket || (!isSecure && !socket.connecting)) sent = true;
      else socket.once(isSecure ? 'secureConnect' : 'connect', () => (sent = true));
    });
  });
  return () => sent;
}

function flattenHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

function toBuffer(body: string | Uint8Array): Buffer {
  if (typeof body === 'string') return Buffer.from(body, 'utf8');
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}
