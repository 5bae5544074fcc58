/** Something that takes up room in a cache. */
export interface Lodger {
  readonly build: string;
  readonly bytes: number;
  /** Called when it has to go. */
  readonly forget: () => void;
}

/** Keeps a cache within its bounds: who was used least recently goes first. */
export class CacheRoom {
  readonly #maxBuilds: number;
  readonly #maxBytes: number;
  /** Both the builds and the lodgers of each are in order of use, the most recent last. */
  readonly #builds = new Map<string, Set<Lodger>>();
  #bytes = 0;

  constructor(maxBuilds: number, maxBytes: number) {
    this.#maxBuilds = maxBuilds;
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get builds(): number {
    return this.#builds.size;
  }

  /** Whether something so large can be taken in at all. */
  fits(bytes: number): boolean {
    return bytes <= this.#maxBytes;
  }

  /** Takes something in that {@link fits}; others may have to go for it. */
  take(lodger: Lodger): void {
    this.touch(lodger);
    this.#bytes += lodger.bytes;
    while (this.#builds.size > this.#maxBuilds || this.#bytes > this.#maxBytes) this.#dropOldest();
  }

  /** Notes that something was used just now. */
  touch(lodger: Lodger): void {
    const { build } = lodger;
    const lodgers = this.#builds.get(build) ?? new Set();
    this.#builds.delete(build);
    this.#builds.set(build, lodgers);
    lodgers.delete(lodger);
    lodgers.add(lodger);
  }

  #dropOldest(): void {
    for (const [build, lodgers] of this.#builds) {
      for (const lodger of lodgers) {
        lodgers.delete(lodger);
        this.#bytes -= lodger.bytes;
        lodger.forget();
        break;
      }
      if (lodgers.size === 0) this.#builds.delete(build);
      return;
    }
  }
}
