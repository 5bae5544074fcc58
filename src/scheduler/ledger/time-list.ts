/** Things in the order of their times; of one time, in the order in which they came. */
export class TimeList<T> {
  readonly #timeOf: (item: T) => number;
  readonly #items: T[] = [];

  constructor(timeOf: (item: T) => number) {
    this.#timeOf = timeOf;
  }

  get size(): number {
    return this.#items.length;
  }

  /** Cheap where the item is the latest, as it is unless a clock went back. */
  add(item: T): void {
    const ms = this.#timeOf(item);
    let place = this.#items.length;
    const last = this.#items[place - 1];
    if (last !== undefined && this.#timeOf(last) > ms) place = this.#firstPlace((other) => other > ms);
    this.#items.splice(place, 0, item);
  }

  /** Those of a time and later. */
  since(ms: number): readonly T[] {
    return this.#items.slice(this.#firstPlace((time) => time >= ms));
  }

  startsBefore(ms: number): boolean {
    const [first] = this.#items;
    return first !== undefined && this.#timeOf(first) < ms;
  }

  /** Takes out those before a time. */
  takeBefore(ms: number): readonly T[] {
    return this.#items.splice(
      0,
      this.#firstPlace((time) => time >= ms),
    );
  }

  /** The first place whose time is late enough, where all after it are too. */
  #firstPlace(isLateEnough: (ms: number) => boolean): number {
    let low = 0;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const item = this.#items[middle];
      if (item === undefined || isLateEnough(this.#timeOf(item))) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
