import type { CallOptions } from '../call-options.js';
import { NoDevServerError, StagingError } from './errors.js';
import { isNoAnswer } from './no-answer.js';
import type { PoolHealth } from './pool-health.js';
import type { PooledDevServer, ResolvedPoolSettings } from './pool-options.js';
import type { StageOptions, StageRequest } from './types.js';

/** The server that a build is on, and what has been staged of it. */
export interface BuildRoute<Server> {
  server: Server;
  /** By what was asked for; staged again wherever the build goes next. */
  readonly staged: Map<string, StageRequest>;
  /** False after a change of the server, until all of `staged` is there. */
  isStaged: boolean;
}

/** The choice of a server for a build. */
export type PickServer<Server> = (
  build: string,
  options: { readonly signal: AbortSignal | undefined; readonly without?: Server },
) => Promise<Server>;

/**
 * Which build is on which server. A build stays where it was staged, even when that server is no longer the one that its
 * hash picks: its files are there. When that server leaves calls unanswered, the build goes to another one, what was
 * staged is staged there, and the call is made again.
 */
export class BuildRoutes<Server extends PooledDevServer> {
  readonly #settings: ResolvedPoolSettings;
  readonly #health: PoolHealth<Server>;
  readonly #pick: PickServer<Server>;
  readonly #routes = new Map<string, BuildRoute<Server>>();

  constructor(settings: ResolvedPoolSettings, health: PoolHealth<Server>, pick: PickServer<Server>) {
    this.#settings = settings;
    this.#health = health;
    this.#pick = pick;
  }

  /** Where a build is, or where it would go now. */
  async routeOf(build: string, signal: AbortSignal | undefined): Promise<BuildRoute<Server>> {
    const known = this.#routes.get(build);
    if (known !== undefined) return known;
    const route = await this.newRoute(build, signal);
    // Another call may have been quicker.
    const meanwhile = this.#routes.get(build);
    if (meanwhile !== undefined) return meanwhile;
    this.#routes.set(build, route);
    for (const oldest of this.#routes.keys()) {
      if (this.#routes.size <= maxRoutes) break;
      this.#routes.delete(oldest);
    }
    return route;
  }

  /** A route that nobody remembers. */
  async newRoute(build: string, signal: AbortSignal | undefined): Promise<BuildRoute<Server>> {
    return { server: await this.#pick(build, { signal }), staged: new Map(), isStaged: true };
  }

  /** Makes a call at the server of a build, and at the next one when that does not answer. */
  async call<T>(
    build: string,
    route: BuildRoute<Server>,
    options: CallOptions,
    call: (server: Server, options: StageOptions) => Promise<T>,
  ): Promise<T> {
    const { clock, failoverAfterMs } = this.#settings;
    const { signal, deadlineMs = this.#settings.deadlineMs } = options;
    const startedMs = clock.now();
    const leftMs = () => deadlineMs - (clock.now() - startedMs);
    for (;;) {
      const { server } = route;
      try {
        const limits = { signal, deadlineMs: leftMs(), maxSilenceMs: failoverAfterMs };
        if (!route.isStaged) await stageAgain(route, server, limits);
        return await call(server, limits);
      } catch (error) {
        signal?.throwIfAborted();
        if (!isSilence(error) || leftMs() <= pauseMs) throw error;
        const hasMoved = await this.#move(build, route, { from: server, error, signal });
        if (!hasMoved) await clock.sleep(pauseMs, { signal });
      }
    }
  }

  /** Leads a route to another server; false when there is no healthy one, and the first is as good as any. */
  async #move(
    build: string,
    route: BuildRoute<Server>,
    why: { readonly from: Server; readonly error: unknown; readonly signal: AbortSignal | undefined },
  ): Promise<boolean> {
    const { from, error, signal } = why;
    const problem = error instanceof Error ? error.message : String(error);
    this.#health.noteFailure(from, problem);
    let next: Server;
    try {
      next = await this.#pick(build, { signal, without: from });
    } catch (failure) {
      if (failure instanceof NoDevServerError) return false;
      throw failure;
    }
    // Of several calls under way, the first one moves the build for all.
    if (route.server !== from) return true;
    route.server = next;
    route.isStaged = false;
    this.#settings.logger.warn(`The dev server ${from.url} does not answer: ${build} goes to ${next.url}`, { problem });
    return true;
  }
}

/** Enough for the builds of weeks; of a build that is forgotten the hash is asked again. */
const maxRoutes = 1_000;
/** The wait before the only server is tried again. */
const pauseMs = 5_000;

async function stageAgain<Server extends PooledDevServer>(
  route: BuildRoute<Server>,
  server: Server,
  options: StageOptions,
): Promise<void> {
  for (const request of route.staged.values()) await server.stage(request, options);
  if (route.server === server) route.isStaged = true;
}

function isSilence(error: unknown): boolean {
  return error instanceof StagingError ? error.noAnswer : isNoAnswer(error);
}
