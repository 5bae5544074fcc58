import { HttpAfeClient } from '../clients/afe/http-afe-client.js';
import type { AfeClient } from '../clients/afe/types.js';
import { HttpCrashServerClient } from '../clients/crash-server/http-crash-server-client.js';
import type { CrashServerClient } from '../clients/crash-server/types.js';
import { DevServerPool } from '../clients/dev-server/dev-server-pool.js';
import { HttpDevServerClient } from '../clients/dev-server/http-dev-server-client.js';
import type { PooledDevServer } from '../clients/dev-server/pool-options.js';
import type { DevServerClient } from '../clients/dev-server/types.js';
import { HttpTkoClient } from '../clients/tko/http-tko-client.js';
import type { TkoClient } from '../clients/tko/types.js';
import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import type { CallHooks } from '../transport/call-events.js';
import type { HttpTransport } from '../transport/types.js';
import { SuiteArgumentError } from './errors.js';

/** The services of a lab: each as a base URL, or as a client of the caller's own. */
export interface Lab {
  /** The Autotest Frontend, e.g. `http://afe.lab`. */
  readonly afe: string | AfeClient;
  /**
   * The results database, e.g. `http://afe.lab`.
   *
   * @defaultValue the AFE's URL; required where `afe` is a client
   */
  readonly tko?: string | TkoClient | undefined;
  /**
   * A client for the dev server, or a `DevServerPool` for several. It takes the place of `devserverUrl`.
   *
   * @defaultValue a client for `devserverUrl`, unless there are `devServers`
   */
  readonly devServer?: DevServerClient | undefined;
  /**
   * Several dev servers, as base URLs or clients, in the order that the lab's own programs have: each build goes to the
   * one that its hash picks among the healthy ones, see `DevServerPool`. They take the place of `devserverUrl`, and
   * `devServer` takes theirs.
   *
   * @defaultValue the one that `devserverUrl` names
   */
  readonly devServers?: readonly (string | PooledDevServer)[] | undefined;
  /**
   * Who makes stack traces of the crash dumps that jobs leave: base URLs or clients. Of several the one with the least
   * load is taken, job by job.
   *
   * @defaultValue nobody: crashes are told without a stack
   */
  readonly crashServers?: readonly (string | CrashServerClient)[] | undefined;
  /**
   * The login that the AFE sees.
   *
   * @defaultValue the AFE's default user
   */
  readonly user?: string | undefined;
  /**
   * The lab's IANA time zone: its services give times without one.
   *
   * @defaultValue `'America/Los_Angeles'`
   */
  readonly timeZone?: string | undefined;
  /**
   * The way to the network for the services that are given by URL.
   *
   * @defaultValue `gotTransport()`, closed when the run has ended
   */
  readonly transport?: HttpTransport | undefined;
}

/** A lab's clients. */
export interface LabClients {
  readonly afe: AfeClient;
  readonly tko: TkoClient;
  readonly devServer: DevServerClient;
  readonly crashServers: readonly CrashServerClient[];
}

/** What the clients of a run share. */
interface ClientRuntime extends CallHooks {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly concurrency?: number | undefined;
  readonly transport: HttpTransport;
}

/**
 * The clients of a lab: the given ones, and new ones for the services that are given by URL.
 *
 * @throws SuiteArgumentError for a results database that is missing
 */
export function labClients(lab: Lab, devserverUrl: string, runtime: ClientRuntime): LabClients {
  const { crashServers = [], user, timeZone } = lab;
  const tko = lab.tko ?? (typeof lab.afe === 'string' ? lab.afe : undefined);
  if (tko === undefined) {
    throw new SuiteArgumentError('lab.tko', 'an http or https URL, or a client, since "lab.afe" is a client');
  }
  return {
    afe: afeOf(lab, runtime),
    tko: typeof tko === 'string' ? new HttpTkoClient({ ...runtime, user, timeZone, url: tko }) : tko,
    devServer: devServerOf(lab, devserverUrl, runtime),
    crashServers: crashServers.map((server) =>
      typeof server === 'string' ? new HttpCrashServerClient({ ...runtime, url: server }) : server,
    ),
  };
}

/** The AFE of a lab. */
export function afeOf(
  { afe, user, timeZone }: Pick<Lab, 'afe' | 'user' | 'timeZone'>,
  runtime: ClientRuntime,
): AfeClient {
  return typeof afe === 'string' ? new HttpAfeClient({ ...runtime, user, timeZone, url: afe }) : afe;
}

/** The dev server of a lab, or the pool of its dev servers; the one at `devserverUrl` where it names none. */
export function devServerOf(
  lab: Pick<Lab, 'devServer' | 'devServers'>,
  devserverUrl: string,
  runtime: ClientRuntime,
): DevServerClient {
  if (lab.devServer !== undefined) return lab.devServer;
  const clientAt = (url: string) => new HttpDevServerClient({ ...runtime, url });
  const servers = (lab.devServers ?? []).map((server) => (typeof server === 'string' ? clientAt(server) : server));
  const [first = clientAt(devserverUrl), ...others] = servers;
  return others.length === 0 ? first : new DevServerPool(servers, runtime);
}

/** Base URL of the server that a build is staged on, or will be. */
export async function devServerUrlOf(
  devServer: DevServerClient,
  build: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  return isPool(devServer) ? (await devServer.serverFor(build, { signal })).url : devServer.url;
}

function isPool(devServer: DevServerClient): devServer is DevServerPool {
  return devServer instanceof DevServerPool;
}
