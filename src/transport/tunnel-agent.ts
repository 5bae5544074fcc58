import { request as httpRequest, type ClientRequest } from 'node:http';
import { Agent, type AgentOptions, type RequestOptions } from 'node:https';
import { isIPv6 } from 'node:net';
import { Duplex } from 'node:stream';
import { TunnelRefusedError } from './connection-failure.js';
import type { Proxy } from './proxy.js';

/** The options of a request that goes through a {@link TunnelAgent}. */
export interface TunnelledRequestOptions extends RequestOptions {
  /** Ends the building of a tunnel whose request has been given up; `signal` does not reach the agent. */
  readonly givenUp?: AbortSignal | undefined;
}

/**
 * Connections to servers with https by way of a proxy: a tunnel first (CONNECT), then TLS through it. They are kept and
 * used again as those of any agent.
 *
 * Of the published agents, those at hand leave the connection to the proxy open when a request is given up while the
 * tunnel is being built, tell a refusal in a text only, or read the environment.
 */
export class TunnelAgent extends Agent {
  readonly #proxy: Proxy;
  readonly #opening = new Set<ClientRequest>();

  constructor(proxy: Proxy, options: AgentOptions) {
    super(options);
    this.#proxy = proxy;
  }

  /** Node calls it with the options of the request, the agent's own added to them. */
  override createConnection(options: TunnelledRequestOptions, created: Created = () => {}): undefined {
    // With an error node looks at no stream, though its types ask for one.
    const failed = created as (error: Error) => void;
    const target = `${bracketed(options.host ?? '')}:${options.port ?? 443}`;
    const { hostname: host, port, authorization } = this.#proxy;
    const request = httpRequest({
      method: 'CONNECT',
      host,
      port,
      path: target,
      headers: { host: target, ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }) },
      agent: false,
      ...(options.givenUp === undefined ? {} : { signal: options.givenUp }),
    });
    this.#opening.add(request);
    request.once('connect', ({ statusCode = 0 }, socket) => {
      this.#opening.delete(request);
      if (statusCode < 200 || statusCode > 299) {
        socket.destroy();
        failed(new TunnelRefusedError(statusCode));
        return;
      }
      try {
        const throughTunnel = { ...options, socket };
        const secured = super.createConnection(throughTunnel);
        if (secured instanceof Duplex) created(null, secured);
      } catch (error) {
        socket.destroy();
        failed(error instanceof Error ? error : new Error('TLS cannot be set up'));
      }
    });
    request.once('error', (error) => {
      this.#opening.delete(request);
      failed(error);
    });
    request.end();
    return undefined;
  }

  override destroy(): void {
    for (const request of this.#opening) request.destroy();
    super.destroy();
  }
}

type Created = (error: Error | null, stream: Duplex) => void;

function bracketed(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}
