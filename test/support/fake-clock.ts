import type { Clock } from '../../src/runtime/clock.js';

/** A clock that jumps: a sleep is over at once, and its time has passed. */
export class FakeClock implements Clock {
  /** Every sleep that was asked for, in milliseconds. */
  readonly sleeps: number[] = [];
  /** How many holds there are right now. */
  holds = 0;
  #now: number;
  readonly #onSleep: ((clock: FakeClock) => void) | undefined;

  constructor(options: { readonly now?: number; readonly onSleep?: (clock: FakeClock) => void } = {}) {
    this.#now = options.now ?? Date.UTC(2026, 10, 21, 17, 15);
    this.#onSleep = options.onSleep;
  }

  now(): number {
    return this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
  }

  async sleep(ms: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void> {
    options?.signal?.throwIfAborted();
    this.sleeps.push(ms);
    this.#now += Math.max(0, ms);
    this.#onSleep?.(this);
    await Promise.resolve();
    options?.signal?.throwIfAborted();
  }

  hold(): () => void {
    this.holds += 1;
    return () => {
      this.holds -= 1;
    };
  }
}
