import type { CallOptions } from '../../clients/call-options.js';
import { systemClock, type Clock } from '../../runtime/clock.js';
import { BuildIndex } from './build-index.js';
import { readCursor, writeCursor } from './cursor.js';
import { compareByAge, passedBuild } from './passed-build.js';
import type { BuildSource, FoundBuilds, NewBuilds, PassedBuild } from './types.js';

/** Builds that a program tells by itself. */
export interface MemoryBuilds extends BuildSource {
  /**
   * Tells of a build, which is there from then on without a `refresh`. One that is there already changes nothing.
   *
   * @param name - e.g. `x86-alex-release/R20-2057.0.9`
   * @param passedAtMs - in ms since the epoch; null: not known; @defaultValue now
   * @throws BuildNameError for what is not the name of a build
   */
  add(name: string, passedAtMs?: number | null): void;
}

/** What builds in memory can be told. */
export interface MemoryBuildsOptions {
  /** Where `add` takes the time from that it is not given. @defaultValue the computer's clock */
  readonly clock?: Clock | undefined;
  /** @defaultValue the highest milestone of the builds, those of factory and firmware left out */
  readonly topOfTree?: ((options?: CallOptions) => Promise<number | null>) | undefined;
}

/**
 * A source of builds in memory, for tests and for callers who learn of builds in a way of their own.
 *
 * @param builds - name → when it passed, in ms since the epoch
 * @throws BuildNameError for what is not the name of a build
 */
export function memoryBuilds(
  builds: Readonly<Record<string, number | null>> = {},
  options: MemoryBuildsOptions = {},
): MemoryBuilds {
  const source = new BuildsInMemory(options);
  for (const [name, passedAtMs] of Object.entries(builds)) source.add(name, passedAtMs);
  return source;
}

class BuildsInMemory implements MemoryBuilds {
  readonly #clock: Clock;
  readonly #topOfTree: MemoryBuildsOptions['topOfTree'];
  readonly #index = new BuildIndex();
  /** In the order in which they were added; a cursor is a place in it. */
  readonly #added: PassedBuild[] = [];

  constructor(options: MemoryBuildsOptions) {
    this.#clock = options.clock ?? systemClock;
    this.#topOfTree = options.topOfTree;
  }

  add(name: string, passedAtMs: number | null = this.#clock.now()): void {
    const build = passedBuild(name, passedAtMs);
    if (this.#index.add(build)) this.#added.push(build);
  }

  async refresh(options: CallOptions = {}): Promise<void> {
    options.signal?.throwIfAborted();
  }

  async passedBetween(
    request: { readonly boards: readonly string[]; readonly afterMs: number; readonly upToMs: number },
    options: CallOptions = {},
  ): Promise<FoundBuilds> {
    options.signal?.throwIfAborted();
    return { builds: this.#index.passedBetween(request), unanswered: [] };
  }

  async passedSince(
    request: { readonly boards: readonly string[]; readonly cursor: string | null },
    options: CallOptions = {},
  ): Promise<NewBuilds> {
    options.signal?.throwIfAborted();
    const boards = new Set(request.boards);
    const isNew = this.#since(request.cursor);
    const builds = this.#added.filter((build, at) => boards.has(build.board) && isNew(build, at));
    const rest = { count: this.#added.length, last: this.#added.at(-1)?.name ?? null };
    return {
      builds: builds.sort(compareByAge),
      unanswered: [],
      cursor: writeCursor({ atMs: this.#clock.now(), rest }),
    };
  }

  async latest(
    request: { readonly board: string; readonly type: string; readonly milestone?: number | undefined },
    options: CallOptions = {},
  ): Promise<PassedBuild | null> {
    options.signal?.throwIfAborted();
    return this.#index.latest(request);
  }

  async topOfTree(options: CallOptions = {}): Promise<number | null> {
    options.signal?.throwIfAborted();
    return this.#topOfTree === undefined ? this.#index.highestMilestone() : await this.#topOfTree(options);
  }

  /** Which of the builds, by their places, are new to the holder of a cursor. */
  #since(text: string | null): (build: PassedBuild, at: number) => boolean {
    const cursor = text === null ? undefined : readCursor(text);
    if (cursor === undefined) return () => false;
    const { count, last } = cursor.rest;
    // The builds of another process, or of before a restart, may stand at the same places.
    if (typeof count === 'number' && (this.#added[count - 1]?.name ?? null) === last) return (_, at) => at >= count;
    return ({ passedAtMs }) => passedAtMs === null || passedAtMs > cursor.atMs;
  }
}
