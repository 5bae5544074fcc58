import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isDynamicSuiteError, type HttpRequest, type HttpResponse, type HttpTransport } from '../../../index.js';
import { closeAtOnce, listenOnLoopback } from '../../http/loopback.js';
import type { ConformanceCase } from '../conformance-case.js';

/** A transport under test; it is closed after each case if it can be. */
export type TransportUnderTest = HttpTransport & { readonly close?: (() => void | Promise<void>) | undefined };

/** Makes a transport for one case. */
export type ConnectTransport = () => TransportUnderTest | Promise<TransportUnderTest>;

/** A request as it reached the server. */
interface Arrived {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly socket: Socket;
  /** Resolves when its connection has ended. */
  readonly closed: Promise<void>;
}

/** What a case has at hand. */
export interface Bench {
  readonly url: string;
  readonly transport: HttpTransport;
  /** What has reached the server so far. */
  readonly arrived: readonly Arrived[];
  /** Sends a GET of `/` with five seconds and a million bytes to spare, or what `changes` say. */
  readonly send: (changes?: Partial<HttpRequest>) => Promise<HttpResponse>;
}

/** What the server does with a request. */
export type Answer = (response: ServerResponse, request: Arrived) => void;

/** A case on a server of its own. */
export function onBench(
  connect: ConnectTransport,
  name: string,
  answer: Answer,
  body: (bench: Bench) => Promise<void>,
): ConformanceCase {
  return {
    name,
    async run() {
      const arrived: Arrived[] = [];
      const server = createServer((incoming, response) => {
        const { socket } = incoming;
        const closed = endings.get(socket) ?? Promise.resolve();
        const chunks: Buffer[] = [];
        incoming.on('error', () => {});
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => {
          const { method = '', url = '', headers } = incoming;
          const request = { method, target: url, headers, body: Buffer.concat(chunks), socket, closed };
          arrived.push(request);
          answer(response, request);
        });
      });
      const endings = new WeakMap<Socket, Promise<void>>();
      server.on('connection', (socket: Socket) => {
        endings.set(socket, new Promise((resolve) => socket.once('close', () => resolve())));
      });
      // A connection that is given up is not the server's mistake.
      server.on('clientError', (_, socket) => socket.destroy());
      const url = await listenOnLoopback(server);
      const transport = await connect();
      const send = (changes: Partial<HttpRequest> = {}) =>
        transport.request({ method: 'GET', url: `${url}/`, timeoutMs: 5_000, maxResponseBytes: 1_000_000, ...changes });
      try {
        await body({ url, transport, arrived, send });
      } finally {
        await transport.close?.();
        await closeAtOnce(server);
      }
    },
  };
}

/** What a request was rejected with, which must be an error of the package of this code, and have these fields. */
export async function failureOf(
  request: Promise<HttpResponse>,
  code: string,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<Error> {
  const failure = await rejectionOf(request);
  assert.ok(isDynamicSuiteError(failure, code), `expected an error with the code ${code}, got ${String(failure)}`);
  for (const [name, value] of Object.entries(fields)) {
    assert.deepEqual(Reflect.get(failure, name), value, `"${name}" of ${failure.message}`);
  }
  return failure;
}

/** What a request was rejected with. */
export async function rejectionOf(request: Promise<HttpResponse>): Promise<unknown> {
  try {
    await request;
  } catch (error) {
    return error;
  }
  return assert.fail('the request was expected to reject');
}

export function textOf({ body }: HttpResponse): string {
  return Buffer.from(body).toString();
}
