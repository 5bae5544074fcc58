import { TransportOptionError } from './errors.js';
import { splitCredentials } from './url-credentials.js';

/** A proxy on the way to the servers. The environment (`HTTP_PROXY` and its kin) is not asked. */
export interface ProxyOptions {
  /**
   * e.g. `http://proxy:3128`. User name and password in it are sent to the proxy alone, as Basic authorization, and
   * shown nowhere.
   */
  readonly url: string;
  /**
   * Hosts that are reached without the proxy: a name or an address, or `*.` and the end of a name, e.g.
   * `['*.lab', 'localhost']`.
   *
   * @defaultValue none
   */
  readonly bypass?: readonly string[] | undefined;
}

/** {@link ProxyOptions}, taken apart. */
export interface Proxy {
  /** Without user name and password. */
  readonly url: string;
  readonly hostname: string;
  readonly port: number;
  /** The value of `Proxy-Authorization`. */
  readonly authorization: string | undefined;
  /** Whether a host is reached without the proxy. */
  bypasses(hostname: string): boolean;
}

/** Takes a proxy's options apart. Throws `TransportOptionError` for what cannot work; it shows nothing of the URL. */
export function resolveProxy(options: ProxyOptions): Proxy {
  const { url, authorization } = resolveUrl(options.url);
  const patterns = (options.bypass ?? []).map((pattern, index) => {
    if (isHostPattern(pattern)) return pattern.toLowerCase();
    throw new TransportOptionError(`proxy.bypass[${index}]`, 'must be the name of a host, or "*." and the end of one');
  });
  return {
    url: url.origin,
    hostname: withoutBrackets(url.hostname),
    port: url.port === '' ? 80 : Number(url.port),
    authorization,
    bypasses(hostname) {
      const name = withoutBrackets(hostname.toLowerCase());
      return patterns.some((pattern) => {
        return pattern.startsWith('*.') ? name.endsWith(pattern.slice(1)) : name === pattern;
      });
    },
  };
}

/** An IPv6 address stands in brackets in a URL, and nowhere else. */
function withoutBrackets(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

function resolveUrl(text: string): { readonly url: URL; readonly authorization: string | undefined } {
  if (typeof text !== 'string' || !URL.canParse(text)) throw new TransportOptionError('proxy.url', 'not a URL');
  const { url, authorization } = splitCredentials(text);
  const parsed = new URL(url);
  if (parsed.protocol !== 'http:') {
    throw new TransportOptionError('proxy.url', `must be http:, not ${parsed.protocol}`);
  }
  if (parsed.pathname !== '/' || parsed.search !== '' || parsed.hash !== '') {
    throw new TransportOptionError('proxy.url', 'must be host and port only, without a path');
  }
  return { url: parsed, authorization };
}

function isHostPattern(pattern: unknown): pattern is string {
  if (typeof pattern !== 'string') return false;
  return /^(?:\*\.)?[\w-]+(?:\.[\w-]+)*$/.test(pattern) || URL.canParse(`http://[${pattern}]/`);
}
