import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { Clock } from '../../index.js';
import type { FrontServer } from './front-server.js';
import type { Delivery, LabFront } from './lab-front.js';
import type { LabRequest, LabResponse, LabService } from './lab-http.js';
import { closeAtOnce, listenOnLoopback } from './loopback.js';

/** A server on a free port of the loopback interface. */
export interface LabListener {
  /** Without a trailing slash. */
  readonly url: string;
  /** Ends at once, whatever is under way. */
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly front: LabFront;
  /** Stands still during a request. */
  readonly clock: Clock;
  /** Picks the service of a path. */
  readonly serviceFor: (path: string) => LabService;
  readonly server: FrontServer;
  /** How long a connection may idle, in real milliseconds; node:http adds a second. */
  readonly idleSocketMs: number;
  /**
   * A larger request ends its connection.
   *
   * @defaultValue 16 MiB
   */
  readonly maxBodyBytes?: number | undefined;
}

/** Serves requests by real HTTP. */
export async function listen(options: ListenOptions): Promise<LabListener> {
  const { front, clock, serviceFor, server, idleSocketMs, maxBodyBytes = 16 * 1024 * 1024 } = options;
  // Each front server answers a missing Host in words of its own.
  const requestsOn = new WeakMap<Socket, number>();
  const listener = createServer({ requireHostHeader: false, keepAliveTimeout: idleSocketMs }, (message, answer) => {
    const release = clock.hold?.();
    answer.setHeader('date', new Date(clock.now()).toUTCString());
    answer.setHeader('server', server.software);
    const requests = (requestsOn.get(message.socket) ?? 0) + 1;
    requestsOn.set(message.socket, requests);
    // By itself node:http says so too, and then leaves the connection to idle.
    if (requests === server.requestsPerSocket) answer.setHeader('connection', 'close');
    respond(message, answer)
      .catch((error: unknown) => explain(error, answer))
      .finally(release);
  });
  const respond = async (message: IncomingMessage, answer: ServerResponse) => {
    const body = await readBody(message, maxBodyBytes);
    if (body === undefined) {
      answer.destroy();
      return;
    }
    const request = toLabRequest(message, body);
    const lacksHost = message.httpVersion === '1.1' && request.headers['host'] === undefined;
    const delivery: Delivery = lacksHost
      ? { kind: 'answer', response: server.withoutHost }
      : await front.deliver(serviceFor(request.target), request);
    send(delivery, answer, server.compresses && takesGzip(message));
  };
  listener.on('clientError', (error: NodeJS.ErrnoException, socket) => refuse(error, socket, server));
  listener.maxRequestsPerSocket = server.requestsPerSocket;
  const url = await listenOnLoopback(listener);
  return { url, close: () => closeAtOnce(listener) };
}

function send(delivery: Delivery, answer: ServerResponse, gzip: boolean): void {
  if (delivery.kind === 'stalled') return;
  if (delivery.kind === 'dropped') {
    answer.destroy();
    return;
  }
  const { status, headers, body, chunked } = gzip ? compressed(delivery.response) : delivery.response;
  // Without a length, node:http sends chunks to those who know them, and closes the connection behind it to others.
  answer.writeHead(status, chunked === true ? headers : { ...headers, 'content-length': body.length });
  answer.end(body);
}

/** To a sender of something that is no request, if there still is one. */
function refuse(error: NodeJS.ErrnoException, socket: Duplex, { malformed }: FrontServer): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = malformed;
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, `Content-Length: ${body.length}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  socket.write(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`);
  socket.end(body, () => socket.destroy());
}

/** A mistake of the lab itself, or a sender who has gone: the former must not look like a fault of the network. */
function explain(error: unknown, answer: ServerResponse): void {
  if (answer.headersSent || answer.destroyed) {
    answer.destroy();
    return;
  }
  answer.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
  answer.end(`the embedded lab failed: ${error instanceof Error ? error.message : 'unknown'}\n`);
}

function takesGzip(message: IncomingMessage): boolean {
  const encodings = message.headers['accept-encoding']?.toString().toLowerCase().split(',') ?? [];
  return encodings.some((encoding) => /^\s*gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*$).*)?$/.test(encoding));
}

/** The front server does not know beforehand how long that will be. */
function compressed(response: LabResponse): LabResponse {
  if (response.body.length === 0) return response;
  const headers = { ...response.headers, 'content-encoding': 'gzip' };
  return { ...response, headers, body: gzipSync(response.body), chunked: true };
}

function toLabRequest(message: IncomingMessage, body: Uint8Array): LabRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return { method: message.method ?? 'GET', target: message.url ?? '/', headers, body };
}

/** Undefined when it is larger than any request of a test should be. A message without an encoding yields buffers. */
async function readBody(message: IncomingMessage, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
