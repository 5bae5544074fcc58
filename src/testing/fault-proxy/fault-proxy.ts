import { createServer, type ClientRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { systemClock, type Clock } from '../../index.js';
import { closeAtOnce, listenOnLoopback } from '../http/loopback.js';
import { serverErrorPage } from '../services/django-page.js';
import { pageOf, send, sendHalf, sendPage, writeHead } from './answers.js';
import { corrupted } from './damage.js';
import { FaultPlan, type ProxyHit } from './fault-plan.js';
import { forward, headOf, holdAnswer, readBytes, type HeldAnswer, type HeldRequest } from './forward.js';
import type { ProxyFault, ProxyFaultKind } from './proxy-fault.js';
import { rpcMethodOf } from './rpc-method.js';

export interface FaultProxyOptions {
  /** Base URL of the server behind the proxy, e.g. `(await lab.listen()).afe`; http or https, without credentials. */
  readonly target: string;
  /**
   * Faults from the beginning; `add` adds more.
   *
   * @defaultValue none
   */
  readonly faults?: readonly ProxyFault[] | undefined;
  /**
   * Another seed, other hits of the faults that have a probability.
   *
   * @defaultValue 1
   */
  readonly seed?: number | undefined;
  /**
   * For `delay` and `trickle`. A clock that can be held, such as a `VirtualClock`, stands still while the proxy forwards
   * a request. It also stands still while its clients wait for their answers: so nothing is waited for on it, and what is
   * late comes as late as it can in no time.
   *
   * @defaultValue the computer's clock
   */
  readonly clock?: Clock | undefined;
}

/**
 * Starts a fault proxy: a server on the loopback interface that hands every request on to another server, and does to
 * some what networks and front servers do.
 *
 * ```ts
 * await using proxy = await faultProxy({ target: (await lab.listen()).afe });
 * proxy.add({ kind: 'drop-after', method: 'create_job' });
 * const afe = new HttpAfeClient({ url: proxy.url });
 * ```
 *
 * Methods, paths, headers and bodies pass byte for byte, but for `Host`, which names the target, and headers about the
 * connection: each request travels on a connection of its own to the target. Requests are held in memory until they
 * are complete. When the target cannot be reached the connection ends.
 *
 * @throws TypeError for an option that makes no sense
 */
export async function faultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  return await FaultProxy.start(options);
}

/** A fault proxy that runs. Made by {@link faultProxy}. */
export class FaultProxy {
  readonly #target: URL;
  readonly #clock: Clock;
  readonly #plan: FaultPlan;
  readonly #server: Server;
  readonly #closing = new AbortController();
  readonly #onward = new Set<ClientRequest>();
  readonly #underWay = new Set<Promise<void>>();
  #url = '';
  #requests = 0;

  /** The same as {@link faultProxy}. */
  static async start(options: FaultProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    proxy.#url = await listenOnLoopback(proxy.#server);
    return proxy;
  }

  private constructor({ target, faults = [], seed = 1, clock = systemClock }: FaultProxyOptions) {
    this.#target = targetOf(target);
    this.#clock = clock;
    this.#plan = new FaultPlan(seed);
    for (const fault of faults) this.#plan.add(fault);
    this.#server = createServer((incoming, response) => {
      const run = this.#serve(incoming, response).catch(() => void incoming.socket.destroy());
      this.#underWay.add(run);
      void run.finally(() => this.#underWay.delete(run));
    });
    // It ends no connection of its own accord: what ends is a fault, or the client's or the server's doing.
    this.#server.keepAliveTimeout = 0;
    this.#server.requestTimeout = 0;
    this.#server.on('clientError', (_, socket) => socket.destroy());
  }

  /** Where it listens, without a trailing slash. A path of the target's URL is put in front of each request's. */
  get url(): string {
    return this.#url;
  }

  /** How many requests have come. */
  get requests(): number {
    return this.#requests;
  }

  /** How often each kind of fault has hit. */
  get hits(): Readonly<Record<ProxyFaultKind, number>> {
    return this.#plan.hits();
  }

  /** Adds a fault. Of several that hit a request the one that was added first does. Throws a `TypeError` if it makes no sense. */
  add(fault: ProxyFault): void {
    this.#plan.add(fault);
  }

  /** Takes all faults away. What they have begun goes on. */
  clear(): void {
    this.#plan.clear();
  }

  /** Ends at once, whatever is under way, connections to the target included. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const request of this.#onward) request.destroy();
    await closeAtOnce(this.#server);
    await Promise.all(this.#underWay);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    // The client may go at any time; what is under way for it goes on without it.
    response.on('error', () => {});
    const { method: httpMethod = 'GET', url: target = '/', rawHeaders } = incoming;
    const request: HeldRequest = { httpMethod, target, rawHeaders, body: await readBytes(incoming) };
    this.#requests += 1;
    const hit = this.#plan.next({ path: target, method: rpcMethodOf(request.body) });
    if (hit === undefined) return await this.#pass(request, response);
    await this.#harm(hit, request, response);
  }

  /** Hands the answer on as it comes. */
  async #pass(request: HeldRequest, response: ServerResponse): Promise<void> {
    await this.#holding(async () => {
      const message = await this.#forward(request);
      writeHead(response, headOf(message));
      await pipeline(message, response);
    });
  }

  async #harm({ kind, delayMs }: ProxyHit, request: HeldRequest, response: ServerResponse): Promise<void> {
    const { socket } = response;
    switch (kind) {
      case 'drop-before':
        return void socket?.destroy();
      case 'reset-before':
        return void socket?.resetAndDestroy();
      case 'stall-before':
        return;
      case 'status-502':
        return sendPage(response, 502, 'Proxy Error', 'The proxy server received an invalid response.');
      case 'status-503':
        return sendPage(
          response,
          503,
          'Service Unavailable',
          'The server is temporarily unable to service your request.',
        );
      case 'html-500':
        return send(response, pageOf(500, 'Internal Server Error', serverErrorPage('the proxy was told to fail')));
      case 'delay':
        await this.#pause(delayMs ?? 100);
        return await this.#pass(request, response);
      case 'drop-after':
        await this.#exchange(request);
        return void socket?.destroy();
      case 'reset-after':
        await this.#exchange(request);
        return void socket?.resetAndDestroy();
      case 'stall-after':
        await this.#exchange(request);
        return;
      case 'status-504':
        await this.#exchange(request);
        return sendPage(response, 504, 'Gateway Time-out', 'The gateway did not receive a timely response.');
      case 'duplicate': {
        const answer = await this.#exchange(request);
        await this.#exchange(request);
        return send(response, answer);
      }
      case 'duplicate-second':
        await this.#exchange(request);
        return send(response, await this.#exchange(request));
      case 'corrupt': {
        const answer = await this.#exchange(request);
        return send(response, { ...answer, body: corrupted(answer.body) });
      }
      case 'truncate':
        return sendHalf(response, await this.#exchange(request));
      case 'trickle':
        return await this.#trickle(response, await this.#exchange(request), delayMs ?? 1);
    }
  }

  async #trickle(response: ServerResponse, answer: HeldAnswer, delayMs: number): Promise<void> {
    writeHead(response, answer);
    for (let index = 0; index < answer.body.length && !response.destroyed; index += 1) {
      response.write(answer.body.subarray(index, index + 1));
      await this.#pause(delayMs);
    }
    response.end();
  }

  #exchange(request: HeldRequest): Promise<HeldAnswer> {
    return this.#holding(async () => await holdAnswer(await this.#forward(request)));
  }

  #forward(request: HeldRequest): Promise<IncomingMessage> {
    this.#closing.signal.throwIfAborted();
    return forward(request, this.#target, (onward) => {
      this.#onward.add(onward);
      onward.once('close', () => this.#onward.delete(onward));
    });
  }

  async #holding<T>(work: () => Promise<T>): Promise<T> {
    const release = this.#clock.hold?.();
    try {
      return await work();
    } finally {
      release?.();
    }
  }

  /** On a clock that its clients hold while they wait for us, time would never pass. */
  async #pause(ms: number): Promise<void> {
    if (this.#clock.hold === undefined) await this.#clock.sleep(ms, { signal: this.#closing.signal });
  }
}

function targetOf(text: string): URL {
  if (!URL.canParse(text)) throw new TypeError('target: not a URL');
  const target = new URL(text);
  if (target.protocol !== 'http:' && target.protocol !== 'https:')
    throw new TypeError('target: must be http: or https:');
  const { username, password, search, hash } = target;
  if (username !== '' || password !== '' || search !== '' || hash !== '') {
    throw new TypeError('target: must be a base URL, without credentials, query and fragment');
  }
  return target;
}
