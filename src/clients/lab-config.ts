import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import type { CallHooks } from '../transport/call-events.js';
import { TransportOptionError } from '../transport/errors.js';
import { gotTransport } from '../transport/got-transport.js';
import type { ProxyOptions } from '../transport/proxy.js';
import type { RetryPolicy } from '../transport/retry-policy.js';
import type { ClosableHttpTransport } from '../transport/types.js';
import { HttpAfeClient } from './afe/http-afe-client.js';
import { dictOf, eitherOf, listOf, membersOf, number, text, type Shape } from './config-shape.js';
import { HttpCrashServerClient } from './crash-server/http-crash-server-client.js';
import { DevServerPool } from './dev-server/dev-server-pool.js';
import { HttpDevServerClient } from './dev-server/http-dev-server-client.js';
import { ClientOptionError } from './errors.js';
import { defaultLabTimeZone } from './lab-time.js';
import { HttpTkoClient } from './tko/http-tko-client.js';

/**
 * A lab, as plain data: what may stand in a JSON file. Write it with `satisfies LabConfig`, or give what a file holds to
 * {@link labFromConfig} or `checkLab`, which take no unknown member and no wrong value.
 *
 * User name and password in a URL are sent as Basic authorization and shown nowhere. A URL may have a path below which
 * the service is found.
 */
export interface LabConfig {
  /** Base URL of the Autotest Frontend, e.g. `http://afe.lab`. */
  readonly afe: string;
  /**
   * Base URL of the results database.
   *
   * @defaultValue that of the AFE
   */
  readonly tko?: string | undefined;
  /** Base URL of the dev server, e.g. `http://devserver.lab:8082`. Either this or `devServers` must be given. */
  readonly devServer?: string | undefined;
  /**
   * Base URLs of the dev servers where there are several. Keep the order that the lab's own programs have: by it they
   * and we send one build to one server.
   */
  readonly devServers?: readonly string[] | undefined;
  /**
   * Subnets whose devices reach only the dev servers in them, and whose dev servers are for these devices alone, e.g.
   * `10.1.0.0/16`; see `DevServerPool`.
   *
   * @defaultValue none
   */
  readonly restrictedSubnets?: readonly string[] | undefined;
  /**
   * Base URLs of the servers that make stack traces of crash dumps.
   *
   * @defaultValue none
   */
  readonly crashServers?: readonly string[] | undefined;
  /**
   * The login that AFE and TKO see, printable ASCII.
   *
   * @defaultValue their default user
   */
  readonly user?: string | undefined;
  /**
   * Headers that each client sends with every request.
   *
   * @defaultValue none
   */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * The lab's time zone, an IANA name: AFE and TKO write times without one.
   *
   * @defaultValue `America/Los_Angeles`
   */
  readonly timeZone?: string | undefined;
  /**
   * Certificates (PEM text) of the authorities that servers with https are checked against.
   *
   * @defaultValue those that node trusts
   */
  readonly certificateAuthority?: string | readonly string[] | undefined;
  /**
   * The proxy to the servers, and the hosts that are reached without it.
   *
   * @defaultValue none; the environment is not asked
   */
  readonly proxy?: ProxyOptions | undefined;
  /** How long calls may take. */
  readonly timeouts?:
    | {
        /**
         * One try, in milliseconds.
         *
         * @defaultValue 60,000 (one minute)
         */
        readonly perTryMs?: number | undefined;
        /**
         * A call with all its tries and waits, in milliseconds.
         *
         * @defaultValue 1,800,000 (30 minutes)
         */
        readonly deadlineMs?: number | undefined;
      }
    | undefined;
  /**
   * How many requests may be under way at a time to each server.
   *
   * @defaultValue 8
   */
  readonly concurrency?: number | undefined;
  /**
   * Where builds are stored.
   *
   * @defaultValue `gs://chromeos-image-archive`
   */
  readonly imageArchive?: string | undefined;
}

/** What the clients of a lab share besides its configuration; not data, and so not part of it. */
export interface LabPorts extends CallHooks {
  /** @defaultValue the computer's clock */
  readonly clock?: Clock | undefined;
  /** @defaultValue a logger that drops everything */
  readonly logger?: Logger | undefined;
  /**
   * The waits between tries.
   *
   * @defaultValue each client's own
   */
  readonly retry?: Partial<RetryPolicy> | undefined;
}

/** The clients of a lab, on one transport. Goes as it is into `reimageAndRun({ lab })`. */
export interface LabConnections {
  readonly afe: HttpAfeClient;
  readonly tko: HttpTkoClient;
  /**
   * The dev server; where the configuration names several, the pool of them: each build goes to one. For what only a
   * single server can do see `devServers`.
   */
  readonly devServer: HttpDevServerClient | DevServerPool<HttpDevServerClient>;
  /** In the order of the configuration; at least one. */
  readonly devServers: readonly HttpDevServerClient[];
  readonly crashServers: readonly HttpCrashServerClient[];
  /** For further clients of the same lab. Knows proxy and certificates, not the headers. */
  readonly transport: ClosableHttpTransport;
  readonly user: string | undefined;
  readonly timeZone: string;
  /** Closes all connections. Calls under way fail; the clients may be used again and then open new ones. */
  close(): void;
}

/**
 * Builds the clients of a lab. Sends nothing.
 *
 * @throws ClientOptionError for a member that is unknown, missing or wrong; `option` is its path, e.g. `lab.proxy.url`,
 * and no password of it is shown
 */
export function labFromConfig(config: LabConfig, ports: LabPorts = {}): LabConnections {
  shape(config, 'lab');
  const { user, headers, timeZone, certificateAuthority, proxy, timeouts, concurrency, imageArchive } = config;
  if (config.afe === undefined) {
    throw new ClientOptionError('lab.afe', 'is missing: give the base URL of the AFE, e.g. "http://afe.lab"');
  }
  const [first, ...others] = devServersOf(config);
  const transport = named('proxy', () => gotTransport({ certificateAuthority, proxy }));
  const options = {
    ...ports,
    ...{ headers, transport, concurrency },
    timeoutMs: timeouts?.perTryMs,
    deadlineMs: timeouts?.deadlineMs,
  };
  const rpcOptions = { ...options, user, timeZone };
  const afe = named('afe', () => new HttpAfeClient({ ...rpcOptions, url: config.afe }));
  const tko = named('tko', () => new HttpTkoClient({ ...rpcOptions, url: config.tko ?? config.afe }));
  const devServerAt = ({ path, url }: Place) =>
    named(path, () => new HttpDevServerClient({ ...options, imageArchive, url }));
  const devServer = devServerAt(first);
  const devServers = [devServer, ...others.map(devServerAt)];
  const { restrictedSubnets } = config;
  const { clock, logger } = ports;
  const poolSettings = { restrictedSubnets, concurrency, clock, logger, deadlineMs: timeouts?.deadlineMs };
  const pool = named('devServers', () => new DevServerPool(devServers, poolSettings));
  const crashServers = placesOf('crashServers', config.crashServers ?? []).map(({ path, url }) =>
    named(path, () => new HttpCrashServerClient({ ...options, imageArchive, url })),
  );
  return {
    ...{ afe, tko, devServers, crashServers, transport, user },
    // A single server is asked as it is, whatever room it has: there is no other.
    devServer: others.length === 0 ? devServer : pool,
    timeZone: timeZone ?? defaultLabTimeZone,
    close: () => transport.close(),
  };
}

const shape: Shape = membersOf({
  afe: text,
  tko: text,
  devServer: text,
  devServers: listOf(text),
  restrictedSubnets: listOf(text),
  crashServers: listOf(text),
  user: text,
  headers: dictOf(text),
  timeZone: text,
  certificateAuthority: eitherOf(listOf(text), text, Array.isArray),
  proxy: membersOf({ url: text, bypass: listOf(text) } satisfies Record<keyof ProxyOptions, Shape>),
  timeouts: membersOf({ perTryMs: number, deadlineMs: number }),
  concurrency: number,
  imageArchive: text,
} satisfies Record<keyof LabConfig, Shape>);

/** A server, and where in the configuration it stands. */
interface Place {
  readonly path: string;
  readonly url: string;
}

function placesOf(member: string, urls: readonly string[]): Place[] {
  return urls.map((url, index) => ({ path: `${member}[${index}]`, url }));
}

function devServersOf({ devServer, devServers }: LabConfig): readonly [Place, ...Place[]] {
  if (devServer !== undefined && devServers !== undefined) {
    throw new ClientOptionError('lab.devServers', 'must not be given together with "devServer"');
  }
  const places = devServers === undefined ? [] : placesOf('devServers', devServers);
  const [first, ...others] = devServer === undefined ? places : [{ path: 'devServer', url: devServer }];
  if (first !== undefined) return [first, ...others];
  throw new ClientOptionError(
    devServers === undefined ? 'lab.devServer' : 'lab.devServers',
    'is missing: give the base URL of a dev server, e.g. "http://devserver.lab:8082"',
  );
}

/** Makes a client, and tells what is wrong with its options by the names that they have in the configuration. */
function named<T>(urlPath: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof ClientOptionError) && !(error instanceof TransportOptionError)) throw error;
    const { option, message } = error;
    // Of the ports, not of the configuration.
    if (option.startsWith('retry.')) throw error;
    const path = option === 'url' ? urlPath : (pathsOfOptions[option] ?? option);
    throw new ClientOptionError(`lab.${path}`, message.slice(`${option}: `.length));
  }
}

const pathsOfOptions: Readonly<Record<string, string>> = {
  timeoutMs: 'timeouts.perTryMs',
  deadlineMs: 'timeouts.deadlineMs',
};
