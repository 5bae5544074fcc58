import type { CallOptions } from '../call-options.js';
import { ClientOptionError } from '../errors.js';
import { boardOfSymbolicBuild } from './build-name.js';
import { BuildRoutes } from './build-routes.js';
import type { HttpDevServerClientOptions } from './dev-server-options.js';
import { NoDevServerError, type UnfitServer } from './errors.js';
import { HttpDevServerClient } from './http-dev-server-client.js';
import { vetTarget } from './latest-build.js';
import { chooseLeastLoaded, loadDeadlineMs } from './least-loaded.js';
import { latestVersion } from './loose-version.js';
import { PoolHealth } from './pool-health.js';
import {
  resolvePoolSettings,
  type DevServerPoolSettings,
  type PooledDevServer,
  type ResolvedPoolSettings,
} from './pool-options.js';
import { serversInTurn } from './server-choice.js';
import { healthReport } from './server-health.js';
import type { BuildFinder, DevServerClient, LatestBuildRequest, StageOptions, StageRequest } from './types.js';

/** For whom a server is looked for. */
export interface PoolCallOptions {
  /**
   * The IP address of the device that is to use the server, for the rule of the restricted subnets.
   *
   * @defaultValue none: servers in restricted subnets are left out
   */
  readonly deviceAddress?: string | undefined;
  /** Stops it; the call then rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Several dev servers as one. Each build goes to the server that its hash picks among the healthy ones, as the lab's own
 * programs have it, and stays there; when that server no longer answers, the build is staged on another one and the
 * call is made there.
 *
 * Healthy is who answers `check_health` in time and has room on its disk. Calls reject with `NoDevServerError` when no
 * server is healthy, and otherwise with what the server's client rejects with.
 */
export class DevServerPool<Server extends PooledDevServer = PooledDevServer> implements DevServerClient, BuildFinder {
  /** In the order in which the hash counts them. */
  readonly servers: readonly Server[];
  /** That of the first server; `serverFor` says which one has a build. */
  readonly url: string;
  readonly #settings: ResolvedPoolSettings;
  readonly #health: PoolHealth<Server>;
  readonly #routes: BuildRoutes<Server>;
  readonly #opened: HttpDevServerClient[] = [];

  /** Throws `ClientOptionError` for an option that cannot work, and for no servers. Sends nothing. */
  constructor(servers: readonly Server[], settings: DevServerPoolSettings = {}) {
    const [first] = servers;
    if (first === undefined) throw new ClientOptionError('servers', 'must not be empty');
    this.servers = [...servers];
    this.url = first.url;
    this.#settings = resolvePoolSettings(settings);
    this.#health = new PoolHealth(this.#settings);
    this.#routes = new BuildRoutes(this.#settings, this.#health, (build, { signal, without }) =>
      this.#pick(build, { signal, without }),
    );
  }

  /**
   * A pool of servers by URL.
   *
   * @param options - of the pool, and of the client of each server
   * @throws ClientOptionError for a URL or an option that cannot work
   */
  static fromUrls(
    urls: readonly string[],
    options: DevServerPoolSettings & Omit<HttpDevServerClientOptions, 'url'> = {},
  ): DevServerPool<HttpDevServerClient> {
    const clients = urls.map((url) => new HttpDevServerClient({ ...options, url }));
    const pool = new DevServerPool(clients, options);
    pool.#opened.push(...clients);
    return pool;
  }

  /**
   * The server that a build goes to by its hash: one of all is picked; if it is not healthy it drops out, and the pick
   * repeats over the shorter list.
   *
   * Rejects with `NoDevServerError` (`All devservers are currently down`), whose `servers` are in the order in which they
   * were tried.
   */
  async resolve(build: string, options: PoolCallOptions = {}): Promise<Server> {
    return await this.#pick(build, options);
  }

  /** The server that has a build: the one that it was staged on by this pool, else the one it would go to. */
  async serverFor(build: string, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Server> {
    return (await this.#routes.routeOf(build, options.signal)).server;
  }

  /**
   * The server that has most to spare: all are asked how they are doing, for 2 s at most; those above 80 % of CPU or
   * 80 MiB/s of network are left out, and of the others the one with the least disk traffic is taken.
   *
   * Rejects with `NoDevServerError` when none is left.
   */
  async leastLoaded(options: PoolCallOptions = {}): Promise<Server> {
    const { signal } = options;
    const servers = this.#allowed(options.deviceAddress);
    const call = { signal, deadlineMs: loadDeadlineMs };
    const reports = await this.#health.each(servers, (server) => healthReport(server, call), signal);
    signal?.throwIfAborted();
    const { chosen, unfit } = chooseLeastLoaded(reports);
    if (chosen === undefined) throw new NoDevServerError('No devserver can take more work', unfit);
    return chosen;
  }

  /**
   * The newest build that any healthy server has; undefined when none has one. Servers that fail are passed over.
   *
   * Rejects with `NoDevServerError` when not one of them answers.
   *
   * @param options - `deadlineMs`: for each server
   */
  async getLatestBuild(request: LatestBuildRequest, options: CallOptions = {}): Promise<string | undefined> {
    vetTarget(request.target);
    const { signal, deadlineMs = this.#settings.latestBuildDeadlineMs } = options;
    const judged = await this.#health.judge(this.servers, signal);
    const unfit = judged.flatMap((found) => found.unfit ?? []);
    const healthy = judged.filter((found) => found.unfit === undefined).map(({ server }) => server);
    if (healthy.length === 0) throw new NoDevServerError(allDown, unfit);
    const builds: string[] = [];
    const failed: UnfitServer[] = [];
    const ask = async (server: Server) => {
      try {
        const build = await server.getLatestBuild(request, { signal, deadlineMs });
        if (build !== undefined) builds.push(build);
      } catch (error) {
        signal?.throwIfAborted();
        failed.push({ url: server.url, problem: messageOf(error), answered: true });
      }
    };
    await this.#health.each(healthy, ask, signal);
    if (failed.length === healthy.length) throw new NoDevServerError(noLatest, [...failed, ...unfit]);
    return latestVersion(builds);
  }

  async stage(request: StageRequest, options: StageOptions = {}): Promise<void> {
    const route = await this.#routes.routeOf(request.build, options.signal);
    await this.#routes.call(request.build, route, options, (server, limits) => server.stage(request, limits));
    const { artifacts, files = [] } = request;
    route.staged.set(JSON.stringify([artifacts, files]), request);
  }

  async listControlFiles(
    request: { readonly build: string; readonly suite?: string | undefined },
    options: CallOptions = {},
  ): Promise<readonly string[]> {
    return await this.#read(request.build, options, (server, call) => server.listControlFiles(request, call));
  }

  async getControlFile(
    request: { readonly build: string; readonly path: string },
    options: CallOptions = {},
  ): Promise<Uint8Array> {
    return await this.#read(request.build, options, (server, call) => server.getControlFile(request, call));
  }

  async listSuiteControls(
    request: { readonly build: string; readonly suite: string },
    options: CallOptions = {},
  ): Promise<ReadonlyMap<string, string> | undefined> {
    return await this.#read(request.build, options, (server, call) => server.listSuiteControls(request, call));
  }

  async resolveBuild(build: string, options: CallOptions = {}): Promise<string> {
    if (boardOfSymbolicBuild(build) === undefined) return build;
    const route = await this.#routes.newRoute(build, options.signal);
    const { failoverAfterMs } = this.#settings;
    return await this.#routes.call(build, route, options, (server, limits) =>
      server.resolveBuild(build, boundedBy(failoverAfterMs, limits)),
    );
  }

  /** Closes the connections of the clients that `fromUrls` made. Calls under way fail. */
  close(): void {
    for (const client of this.#opened) client.close();
  }

  async #read<T>(
    build: string,
    options: CallOptions,
    read: (server: Server, options: CallOptions) => Promise<T>,
  ): Promise<T> {
    const route = await this.#routes.routeOf(build, options.signal);
    const { failoverAfterMs } = this.#settings;
    return await this.#routes.call(build, route, options, (server, limits) =>
      read(server, boundedBy(failoverAfterMs, limits)),
    );
  }

  async #pick(build: string, options: PoolCallOptions & { readonly without?: Server | undefined }): Promise<Server> {
    const { deviceAddress, signal, without } = options;
    const candidates = this.#allowed(deviceAddress).filter((server) => server !== without);
    const inTurn = [...serversInTurn(build, candidates)];
    // The first pick is nearly always the last, and asking one server is enough then.
    const first = await this.#health.judge(inTurn.slice(0, 1), signal);
    const isFit = first.some(({ unfit }) => unfit === undefined);
    const judged = isFit ? first : [...first, ...(await this.#health.judge(inTurn.slice(1), signal))];
    const picked = judged.find(({ unfit }) => unfit === undefined);
    if (picked !== undefined) return picked.server;
    throw new NoDevServerError(
      allDown,
      judged.flatMap(({ unfit }) => unfit ?? []),
    );
  }

  /** Rejects where the subnets leave no server. */
  #allowed(deviceAddress: string | undefined): readonly Server[] {
    const allowed = this.#settings.subnets.allowed(this.servers, deviceAddress);
    if (allowed.length > 0) return allowed;
    const whom = deviceAddress === undefined ? 'devices outside of the restricted subnets' : deviceAddress;
    const problem = 'is not for them';
    throw new NoDevServerError(
      `There is no devserver for ${whom}`,
      this.servers.map(({ url }) => ({ url, problem, answered: false })),
    );
  }
}

const allDown = 'All devservers are currently down';
const noLatest = 'No devserver says which build is the latest';

/** Of a call that reads: it is made elsewhere when a server is silent for so long. */
function boundedBy(failoverAfterMs: number, { signal, deadlineMs = failoverAfterMs }: CallOptions): CallOptions {
  return { signal, deadlineMs: Math.min(deadlineMs, failoverAfterMs) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
