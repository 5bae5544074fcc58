import { HttpAfeClient } from '../clients/afe/http-afe-client.js';
import type { AfeClient } from '../clients/afe/types.js';
import { HttpCrashServerClient } from '../clients/crash-server/http-crash-server-client.js';
import type { CrashServerClient } from '../clients/crash-server/types.js';
import { HttpDevServerClient } from '../clients/dev-server/http-dev-server-client.js';
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
   * A client for the dev server.
   *
   * @defaultValue a client for `devserverUrl`
   */
  readonly devServer?: DevServerClient | undefined;
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

/**
 * The clients of a lab: the given ones, and new ones for the services that are given by URL.
 *
 * @throws SuiteArgumentError for a results database that is missing
 */
export function labClients(
  lab: Lab,
  devserverUrl: string,
  runtime: { readonly clock: Clock; readonly logger: Logger; readonly transport: HttpTransport } & CallHooks,
): LabClients {
  const { afe, devServer, crashServers = [], user, timeZone } = lab;
  const tko = lab.tko ?? (typeof afe === 'string' ? afe : undefined);
  if (tko === undefined) {
    throw new SuiteArgumentError('lab.tko', 'an http or https URL, or a client, since "lab.afe" is a client');
  }
  const options = { ...runtime, user, timeZone };
  return {
    afe: typeof afe === 'string' ? new HttpAfeClient({ ...options, url: afe }) : afe,
    tko: typeof tko === 'string' ? new HttpTkoClient({ ...options, url: tko }) : tko,
    devServer: devServer ?? new HttpDevServerClient({ ...runtime, url: devserverUrl }),
    crashServers: crashServers.map((server) =>
      typeof server === 'string' ? new HttpCrashServerClient({ ...runtime, url: server }) : server,
    ),
  };
}
