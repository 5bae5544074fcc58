import type { Agent as HttpAgent, ClientRequest } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import type { Got, Request as GotStream, Response as GotResponse } from 'got';
import { onAbort } from '../runtime/abort.js';
import { ConnectionError, ResponseTooLargeError, TimeoutError } from './errors.js';
import type { HttpRequest, HttpResponse, HttpTransport } from './types.js';
import { splitCredentials } from './url-credentials.js';

export interface GotTransportOptions {
  /** Sent with every request; those of a request go before them. Names in any case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Certificates (PEM) of the authorities that servers with https are checked against.
   *
   * @defaultValue those that node trusts
   */
  readonly certificateAuthority?: string | readonly string[] | undefined;
}

/** A transport that keeps connections open, and so has something to close. */
export interface ClosableHttpTransport extends HttpTransport {
  /** Closes all its connections; requests under way fail. */
  close(): void;
}

/**
 * The transport that clients use unless they are given another: HTTP/1.1, connections kept open between requests.
 *
 * User name and password of a URL are sent as Basic authorization, unless the request has an authorization of its own,
 * and never appear in an error.
 */
export function gotTransport(options: GotTransportOptions = {}): ClosableHttpTransport {
  let loading: Promise<Network> | undefined;
  return {
    async request(request) {
      request.signal?.throwIfAborted();
      loading ??= loadNetwork(options);
      const network = await loading;
      request.signal?.throwIfAborted();
      return await exchange(network, options, request);
    },
    close() {
      void loading?.then((network) => {
        for (const agents of [network.kept, network.fresh]) {
          agents.http.destroy();
          agents.https.destroy();
        }
      });
      loading = undefined;
    },
  };
}

interface Network {
  readonly got: Got;
  readonly kept: Agents;
  readonly fresh: Agents;
}

interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** got takes 100 ms to load: whoever imports this package without a request does not pay for it. */
async function loadNetwork(options: GotTransportOptions): Promise<Network> {
  const [{ got }, http, https] = await Promise.all([import('got'), import('node:http'), import('node:https')]);
  const agents = (keepAlive: boolean): Agents => ({
    http: new http.Agent({ keepAlive }),
    https: new https.Agent({ keepAlive, ...certificates(options) }),
  });
  return { got, kept: agents(true), fresh: agents(false) };
}

function certificates(options: GotTransportOptions): { readonly ca?: string | string[] } {
  const { certificateAuthority } = options;
  if (certificateAuthority === undefined) return {};
  return { ca: typeof certificateAuthority === 'string' ? certificateAuthority : [...certificateAuthority] };
}

async function exchange(network: Network, options: GotTransportOptions, request: HttpRequest): Promise<HttpResponse> {
  const { signal, maxResponseBytes } = request;
  const { url, authorization } = splitCredentials(request.url);
  const named = { url, method: request.method };
  const stream = network.got.stream(url, {
    method: request.method,
    headers: joinHeaders(authorization === undefined ? {} : { authorization }, options.headers, request.headers),
    ...(request.method === 'POST' ? { body: toBuffer(request.body ?? '') } : {}),
    agent: request.freshConnection === true ? network.fresh : network.kept,
    timeout: { request: request.timeoutMs },
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
  });
  const wasSent = watchSent(stream);
  let response: GotResponse | undefined;
  stream.once('response', (received: GotResponse) => (response = received));
  const stopListening = onAbort(signal, () => stream.destroy());
  try {
    const body = await readAll(stream, maxResponseBytes);
    signal?.throwIfAborted();
    if (body === undefined) throw new ResponseTooLargeError({ ...named, maxResponseBytes });
    if (response === undefined) throw new ConnectionError({ ...named, sent: wasSent(), reason: 'no answer' });
    return { status: response.statusCode, headers: flattenHeaders(response.headers), body };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ResponseTooLargeError || error instanceof ConnectionError) throw error;
    if (error instanceof Error && error.name === 'TimeoutError') {
      throw new TimeoutError({ ...named, timeoutMs: request.timeoutMs });
    }
    throw new ConnectionError({ ...named, sent: wasSent(), ...systemFailure(error) });
  } finally {
    stopListening();
    stream.destroy();
  }
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
      if (!socket.connecting) sent = true;
      else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => (sent = true));
    });
  });
  return () => sent;
}

/**
 * What the system says of a failure. got's own errors carry the request's options, headers included, and so must not
 * be handed on.
 */
function systemFailure(error: unknown): { readonly reason: string; readonly cause?: unknown } {
  if (!(error instanceof Error)) return { reason: 'unknown failure' };
  const cause = 'options' in error ? error.cause : error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (!(cause instanceof Error)) return { reason: code ?? error.name };
  return {
    reason: code === undefined || cause.message.includes(code) ? cause.message : `${code}: ${cause.message}`,
    cause,
  };
}

function joinHeaders(...sets: readonly (Readonly<Record<string, string>> | undefined)[]): Record<string, string> {
  const joined: Record<string, string> = { 'user-agent': 'dynamic-suite' };
  for (const set of sets) {
    for (const [name, value] of Object.entries(set ?? {})) joined[name.toLowerCase()] = value;
  }
  return joined;
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
