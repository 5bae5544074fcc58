import type { Clock } from '../../index.js';

/** How somebody waits for the answer to a request. */
export interface WaitingCaller {
  /** How many holds on the clock there may be because of this one request. */
  readonly holds: number;
  /** The caller's time-out on the lab's clock; none when the time-out is real time, which the lab does not see. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Waits of requests that are to be answered late; all of them end when the lab closes. */
export class LateAnswers {
  readonly #clock: Clock;
  readonly #waiting = new Set<AbortController>();
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when the time has passed; rejects when the lab closes, or with the reason of the caller's signal. */
  async wait(ms: number, { holds, signal }: WaitingCaller): Promise<void> {
    if (this.#closed) throw closed();
    const closing = new AbortController();
    const signals = signal === undefined ? [closing.signal] : [closing.signal, signal];
    this.#waiting.add(closing);
    try {
      await sleepHeld(this.#clock, ms, { holds, signal: AbortSignal.any(signals) });
    } finally {
      this.#waiting.delete(closing);
    }
  }

  /** Ends all waits, and those to come. */
  close(): void {
    this.#closed = true;
    for (const waiting of this.#waiting) waiting.abort(closed());
  }
}

function closed(): Error {
  return new Error('the lab was closed');
}

/** A clock on which those who hold it can be let wait for time to pass, as {@link VirtualClock} is. */
interface HeldClock extends Clock {
  sleepWhileHeld(
    ms: number,
    options: { readonly holds: number; readonly signal?: AbortSignal | undefined },
  ): Promise<void>;
}

/** Who waits for the answer holds the clock: on one that stands still until it comes, an ordinary sleep would not end. */
async function sleepHeld(
  clock: Clock,
  ms: number,
  options: { readonly holds: number; readonly signal: AbortSignal },
): Promise<void> {
  if (canSleepWhileHeld(clock)) await clock.sleepWhileHeld(ms, options);
  else if (clock.hold === undefined) await clock.sleep(ms, { signal: options.signal });
  // On a clock of the caller's that can be held, and no more than that, the answer is not late but comes at once.
}

function canSleepWhileHeld(clock: Clock): clock is HeldClock {
  return 'sleepWhileHeld' in clock && typeof clock.sleepWhileHeld === 'function';
}
