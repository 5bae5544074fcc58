import type { Agent as HttpAgent, ClientRequest } from 'node:http';
import type { Agent as HttpsAgent, RequestOptions } from 'node:https';
import type { Proxy } from './proxy.js';
import type { TunnelledRequestOptions } from './tunnel-agent.js';

/** How a request gets to its server: straight there, or by way of a proxy. */
export interface Route {
  readonly agent: { readonly http: HttpAgent; readonly https: HttpsAgent };
  /** Makes the request in place of node's own function. */
  readonly request?: ((url: URL, options: RequestOptions) => ClientRequest) | undefined;
  /** The proxy on the way, without user name and password. */
  readonly proxyUrl?: string | undefined;
  /** Whether what answers may be that proxy and not the server. */
  readonly isForwarded: boolean;
}

/** The ways to the servers, with the connections that are kept open on them. */
export interface Routes {
  /**
   * @param options - `freshConnection`: not one that carried a request before; `givenUp`: ends what has been begun for
   * the request when it is given up before it has a connection
   */
  routeTo(url: URL, options: { readonly freshConnection: boolean; readonly givenUp: AbortSignal }): Route;
  /** Closes all connections. */
  close(): void;
}

/**
 * @param options - `proxy`: for every host that it does not bypass; `ca`: the authorities (PEM) that certificates are
 * checked against, in place of those that node trusts
 */
export async function openRoutes(options: {
  readonly proxy: Proxy | undefined;
  readonly ca: string | string[] | undefined;
}): Promise<Routes> {
  const [http, https, { TunnelAgent }] = await Promise.all([
    import('node:http'),
    import('node:https'),
    import('./tunnel-agent.js'),
  ]);
  const { proxy, ca } = options;
  const agents = (keepAlive: boolean): Agents => {
    // Said outright: left out, an environment variable could switch the check off.
    const tls = { keepAlive, rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) };
    return {
      http: new http.Agent({ keepAlive }),
      https: new https.Agent(tls),
      tunnel: proxy === undefined ? undefined : new TunnelAgent(proxy, tls),
    };
  };
  const kept = agents(true);
  const fresh = agents(false);

  return {
    routeTo(url, { freshConnection, givenUp }) {
      const { tunnel, ...agent } = freshConnection ? fresh : kept;
      if (proxy === undefined || tunnel === undefined || proxy.bypasses(url.hostname)) {
        return { agent, isForwarded: false };
      }
      if (url.protocol === 'https:') {
        const request = (target: URL, given: RequestOptions) => {
          const tunnelled: TunnelledRequestOptions = { ...given, givenUp };
          return https.request(target, tunnelled);
        };
        return { agent: { ...agent, https: tunnel }, request, proxyUrl: proxy.url, isForwarded: false };
      }
      // A request to the proxy that names the whole URL in its first line, as proxies want it for plain HTTP.
      const request = (target: URL, given: RequestOptions) => {
        const { hostname, port, authorization } = proxy;
        const path = `${target.origin}${target.pathname}${target.search}`;
        const forwarded = http.request({ ...given, protocol: 'http:', hostname, port, path });
        forwarded.setHeader('host', target.host);
        if (authorization !== undefined) forwarded.setHeader('proxy-authorization', authorization);
        return forwarded;
      };
      return { agent, request, proxyUrl: proxy.url, isForwarded: true };
    },
    close() {
      for (const { http: plain, https: direct, tunnel } of [kept, fresh]) {
        plain.destroy();
        direct.destroy();
        tunnel?.destroy();
      }
    },
  };
}

interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  readonly tunnel: HttpsAgent | undefined;
}
