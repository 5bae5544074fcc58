import { http, HttpResponse, type RequestHandler } from 'msw';
import { ConnectionError, TimeoutError, type HttpResponse as LabAnswer } from '../index.js';
import type { EmbeddedLab } from '../testing/index.js';

/**
 * Handlers that have [msw](https://mswjs.io) answer for all servers of a lab, at the addresses that `lab.urls` has when
 * this is called. Whatever sends requests in this process meets the lab there, with the state that its clients see:
 *
 * ```ts
 * const lab = await embeddedLab().board('x86-mario', { hosts: 4 }).start();
 * const server = setupServer(...labHandlers(lab));
 * server.listen();
 * const answer = await fetch(`${lab.urls.devServer}/check_health`);
 * ```
 *
 * Requests are counted in `lab.calls` and meet `lab.faults`: after `refuse` the sender has a network error, after
 * `lose-answer` an answer that breaks off before its first byte (`fetch` itself resolves then, and reading the body
 * rejects), and after `stall` it waits until it gives up by itself. A clock that can jump stands still while the lab has
 * a request. Every lab is at the same addresses until it listens, so of two labs only the one whose handlers come first
 * is met.
 */
export function labHandlers(lab: EmbeddedLab): RequestHandler[] {
  const origins = new Set(Object.values(lab.urls).map((url: string) => new URL(url).origin));
  return [...origins].map((origin) => http.all(`${origin}/*`, ({ request }) => respond(lab, request)));
}

async function respond(lab: EmbeddedLab, request: Request): Promise<Response> {
  try {
    return toResponse(request, await deliver(lab, request));
  } catch (error) {
    if (error instanceof TimeoutError) await givenUp(request.signal);
    else if (!(error instanceof ConnectionError)) throw error;
    else if (error.sent) return brokenOff(error);
    return HttpResponse.error();
  }
}

/** Limits and patience are the sender's. So is the signal: a server does not hear that nobody waits for it any more. */
async function deliver(lab: EmbeddedLab, request: Request): Promise<LabAnswer> {
  const release = lab.clock.hold?.();
  try {
    return await lab.transport.request({
      method: request.method,
      url: request.url,
      headers: Object.fromEntries(request.headers),
      body: new Uint8Array(await request.arrayBuffer()),
      timeoutMs: Infinity,
      maxResponseBytes: Infinity,
    });
  } finally {
    release?.();
  }
}

function toResponse(request: Request, { status, headers, body }: LabAnswer): Response {
  const sized = { ...headers, 'content-length': String(body.length) };
  return new HttpResponse(request.method === 'HEAD' ? null : new Uint8Array(body), { status, headers: sized });
}

/**
 * A network error of msw is, to whoever looks at the socket, a connection that never came about, and so a request that
 * may be sent again. What the lab has acted on must end otherwise.
 */
function brokenOff(cause: ConnectionError): Response {
  const body = new ReadableStream({
    start: (controller) => controller.error(new TypeError('the connection broke before the answer', { cause })),
  });
  return new HttpResponse(body, { status: 200 });
}

function givenUp(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
