import { CacheRoom, type Lodger } from './cache-room.js';
import { SharedFetch } from './shared-fetch.js';
import type { ControlFileGetter, ControlFileSource } from './types.js';

/** Options of {@link ControlFileCache}. */
export interface ControlFileCacheOptions {
  /**
   * Of how many builds something is kept.
   *
   * @defaultValue 8
   */
  readonly maxBuilds?: number | undefined;
  /**
   * How many bytes of lists and files are kept, over all builds.
   *
   * @defaultValue 64 MiB
   */
  readonly maxBytes?: number | undefined;
}

/**
 * Control files that several suites of one build share: each list and each file is fetched once, also when suites ask
 * side by side. What was used least recently goes first. Failures are not kept, and an asker's abort is its own.
 */
export class ControlFileCache {
  readonly #room: CacheRoom;
  readonly #lists: Shelf<readonly string[]>;
  readonly #files: Shelf<ControlFileSource>;
  readonly #suites: Shelf<ReadonlyMap<string, ControlFileSource> | undefined>;

  /** @throws RangeError for a bound that is not a whole number of at least 1 */
  constructor(options: ControlFileCacheOptions = {}) {
    const { maxBuilds = 8, maxBytes = 64 * 1024 * 1024 } = options;
    this.#room = new CacheRoom(positive('maxBuilds', maxBuilds), positive('maxBytes', maxBytes));
    this.#lists = new Shelf(this.#room, listBytes);
    this.#files = new Shelf(this.#room, sourceBytes);
    this.#suites = new Shelf(this.#room, suiteBytes);
  }

  /** How much is kept at the moment. */
  get size(): { readonly builds: number; readonly bytes: number } {
    return { builds: this.#room.builds, bytes: this.#room.bytes };
  }

  /**
   * A getter that asks the cache first. Getters of one build stand for one another, e.g. those of two dev servers.
   *
   * @param build - the name of a real build: what `x86-mario-release/LATEST` stands for changes
   * @param getter - where the control files of that build come from
   */
  of(build: string, getter: ControlFileGetter): ControlFileGetter {
    const { root, ignoresSuite } = getter;
    const cached: ControlFileGetter = {
      root,
      ignoresSuite,
      list: ({ suite, signal } = {}) => {
        const key: Key = suite === undefined ? [build] : [build, suite];
        return this.#lists.get(key, signal, (shared) => getter.list({ suite, signal: shared }));
      },
      read: (path, { signal } = {}) =>
        this.#files.get([build, path], signal, (shared) => getter.read(path, { signal: shared })),
    };
    if (getter.readSuite === undefined) return cached;
    return {
      ...cached,
      readSuite: (suite, { signal } = {}) =>
        this.#suites.get([build, suite], signal, async (shared) => getter.readSuite?.(suite, { signal: shared })),
    };
  }
}

/** A build, and what of it. */
type Key = readonly [build: string, ...rest: readonly string[]];

/** Values of one kind. */
class Shelf<Value> {
  readonly #room: CacheRoom;
  readonly #bytesOf: (value: Value) => number;
  readonly #kept = new Map<string, { readonly value: Value; readonly lodger: Lodger }>();
  readonly #underWay = new Map<string, SharedFetch<Value>>();

  constructor(room: CacheRoom, bytesOf: (value: Value) => number) {
    this.#room = room;
    this.#bytesOf = bytesOf;
  }

  async get(
    [build, ...rest]: Key,
    signal: AbortSignal | undefined,
    fetch: (signal: AbortSignal) => Promise<Value>,
  ): Promise<Value> {
    signal?.throwIfAborted();
    const key = JSON.stringify([build, ...rest]);
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      this.#room.touch(kept.lodger);
      return kept.value;
    }
    const shared = this.#underWay.get(key);
    if (shared !== undefined && !shared.isAbandoned) return shared.join(signal);
    return this.#start(build, key, fetch).join(signal);
  }

  #start(build: string, key: string, fetch: (signal: AbortSignal) => Promise<Value>): SharedFetch<Value> {
    const started = new SharedFetch(async (signal) => {
      try {
        const value = await fetch(signal);
        if (!signal.aborted) this.#keep(build, key, value);
        return value;
      } finally {
        // An abandoned fetch may have been followed by another.
        if (this.#underWay.get(key) === started) this.#underWay.delete(key);
      }
    });
    this.#underWay.set(key, started);
    return started;
  }

  #keep(build: string, key: string, value: Value): void {
    // What stands for a value takes room, too.
    const bytes = this.#bytesOf(value) + key.length;
    if (!this.#room.fits(bytes)) return;
    const lodger = { build, bytes, forget: () => this.#kept.delete(key) };
    this.#kept.set(key, { value, lodger });
    this.#room.take(lodger);
  }
}

function sourceBytes(source: ControlFileSource): number {
  return typeof source === 'string' ? Buffer.byteLength(source) : source.byteLength;
}

function listBytes(paths: readonly string[]): number {
  return paths.reduce((sum, path) => sum + Buffer.byteLength(path), 0);
}

function suiteBytes(files: ReadonlyMap<string, ControlFileSource> | undefined): number {
  let sum = 0;
  for (const [path, source] of files ?? []) sum += Buffer.byteLength(path) + sourceBytes(source);
  return sum;
}

function positive(name: string, bound: number): number {
  if (!Number.isSafeInteger(bound) || bound < 1) throw new RangeError(`${name}: must be a whole number of at least 1`);
  return bound;
}
