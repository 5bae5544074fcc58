import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Clock } from '../../index.js';
import type { Delivery, LabFront } from './lab-front.js';
import type { LabRequest, LabResponse, LabService } from './lab-http.js';

/** A server on a free port of the loopback interface. */
export interface LabListener {
  /** Without a trailing slash. */
  readonly url: string;
  /** Ends at once, whatever is under way. */
  close(): Promise<void>;
}

/**
 * Serves requests by real HTTP; `serviceFor` picks the service by path. The clock stands still during a request.
 *
 * @param maxBodyBytes - a larger request ends its connection
 */
export async function listen(
  front: LabFront,
  clock: Clock,
  serviceFor: (path: string) => LabService,
  maxBodyBytes = 16 * 1024 * 1024,
): Promise<LabListener> {
  const server = createServer((message, answer) => {
    const release = clock.hold?.();
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
    send(await front.deliver(serviceFor(request.target), request), message, answer);
  };
  // As the lab's front server is configured; a reused connection can so die under a request.
  server.maxRequestsPerSocket = 100;
  const port = await bind(server);
  return { url: `http://127.0.0.1:${port}`, close: () => close(server) };
}

function send(delivery: Delivery, message: IncomingMessage, answer: ServerResponse): void {
  if (delivery.kind === 'stalled') return;
  if (delivery.kind === 'dropped') {
    answer.destroy();
    return;
  }
  const { status, headers, body } = compressed(delivery.response, message);
  answer.writeHead(status, { ...headers, 'content-length': body.length });
  answer.end(body);
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

function compressed(response: LabResponse, message: IncomingMessage): LabResponse {
  const accepts = message.headers['accept-encoding']?.toString().includes('gzip') === true;
  if (!accepts || response.body.length < worthCompressing) return response;
  return { ...response, headers: { ...response.headers, 'content-encoding': 'gzip' }, body: gzipSync(response.body) };
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

function bind(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      server.removeListener('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

const worthCompressing = 200;
