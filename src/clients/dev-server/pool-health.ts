import { createLimit, type Limit } from '../../runtime/limit.js';
import type { UnfitServer } from './errors.js';
import type { ResolvedPoolSettings } from './pool-options.js';
import { healthReport, type HealthReport, type HealthReporter } from './server-health.js';

/** A server, and why it cannot be used; undefined of one that can. */
export interface Judged<Server> {
  readonly server: Server;
  readonly unfit: UnfitServer | undefined;
}

/** Which servers are healthy. What a server was when it was asked, it is taken for during a short while. */
export class PoolHealth<Server extends HealthReporter> {
  readonly #settings: ResolvedPoolSettings;
  readonly #limit: Limit;
  readonly #known = new Map<Server, { readonly unfit: UnfitServer | undefined; readonly atMs: number }>();

  constructor(settings: ResolvedPoolSettings) {
    this.#settings = settings;
    this.#limit = createLimit(settings.concurrency, settings.clock);
  }

  /** Servers in the order given; those that are not known are asked side by side. */
  judge(servers: readonly Server[], signal: AbortSignal | undefined): Promise<readonly Judged<Server>[]> {
    return this.each(servers, (server) => this.#judgeOne(server, signal), signal);
  }

  /** Does something at several servers, at so many at a time as there may be. */
  each<T>(
    servers: readonly Server[],
    ask: (server: Server) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<readonly T[]> {
    return Promise.all(servers.map((server) => this.#limit.run(() => ask(server), { signal })));
  }

  /** Takes a server for unhealthy though it says otherwise, or nothing. */
  noteFailure(server: Server, problem: string): void {
    const unfit = { url: server.url, problem, answered: false };
    this.#known.set(server, { unfit, atMs: this.#settings.clock.now() });
  }

  async #judgeOne(server: Server, signal: AbortSignal | undefined): Promise<Judged<Server>> {
    const { clock, healthCacheMs, healthDeadlineMs, minFreeDiskGb } = this.#settings;
    const known = this.#known.get(server);
    if (known !== undefined && clock.now() - known.atMs < healthCacheMs) return { server, unfit: known.unfit };
    const report = await healthReport(server, { signal, deadlineMs: healthDeadlineMs });
    signal?.throwIfAborted();
    const unfit = unfitness(report, minFreeDiskGb);
    this.#known.set(server, { unfit, atMs: clock.now() });
    return { server, unfit };
  }
}

/** Why a server is not healthy: it does not answer, or has little room, or does not say. */
function unfitness<Server extends { readonly url: string }>(
  { server: { url }, health }: HealthReport<Server>,
  minFreeDiskGb: number,
): UnfitServer | undefined {
  if ('problem' in health) return { url, problem: health.problem, answered: false };
  if (minFreeDiskGb === 0) return undefined;
  const { freeDiskGb } = health;
  if (freeDiskGb === null) return { url, problem: 'does not say how much room its disk has', answered: true };
  if (freeDiskGb >= minFreeDiskGb) return undefined;
  return { url, problem: `has ${freeDiskGb} GB free, less than ${minFreeDiskGb}`, answered: true };
}
