import { onAbort } from './abort.js';

/**
 * Where time comes from: back-off, polls, deadlines and time stamps of this package use nothing else, so that a test
 * can replace hours of waiting by a virtual clock. Only socket-level time-outs are real time.
 */
export interface Clock {
  /** Now, in milliseconds since the epoch. */
  now(): number;
  /**
   * Resolves after `ms` milliseconds; at once when `ms` is 0 or less.
   *
   * Rejects with `signal.reason` when the signal is or becomes aborted, and then leaves no timer and no listener.
   */
  sleep(ms: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
  /**
   * Tells a clock that could jump ahead to stand still until the returned function is called, because something that
   * takes real time is under way: a request, a file being written. A clock that follows real time leaves this out.
   */
  hold?(): () => void;
}

/** The computer's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, options) {
    const signal = options?.signal;
    signal?.throwIfAborted();
    if (ms <= 0) return;
    // setTimeout turns anything above 2^31-1 ms into 1 ms.
    for (let left = ms; left > 0; left -= maxTimerMs) {
      await sleepOnce(Math.min(left, maxTimerMs), signal);
    }
  },
};

/** Runs work that takes real time while the clock, if it is a virtual one, stands still. */
export async function holdingClock<T>(clock: Clock, work: () => Promise<T>): Promise<T> {
  const release = clock.hold?.();
  try {
    return await work();
  } finally {
    release?.();
  }
}

const maxTimerMs = 2 ** 31 - 1;

function sleepOnce(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      stopListening();
      resolve();
    }, ms);
    const stopListening = onAbort(signal, () => {
      clearTimeout(timer);
      reject(signal?.reason);
    });
  });
}
