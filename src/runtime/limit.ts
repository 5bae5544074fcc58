import type { LimitFunction } from 'p-limit';
import { onAbort } from './abort.js';
import { holdingClock, systemClock, type Clock } from './clock.js';

/** Lets only so many pieces of work run at a time; the others wait in line. */
export interface Limit {
  /**
   * Runs `work` when its turn has come. Rejects with `signal.reason` when aborted in line, and `work` then never runs;
   * once it runs, aborting it is its own business.
   */
  run<T>(work: () => Promise<T>, options?: { readonly signal?: AbortSignal | undefined }): Promise<T>;
}

/**
 * @param concurrency - how many may run at a time; a whole number of at least 1, or Infinity
 * @param clock - is held while the first piece of work waits for p-limit to be loaded, which takes real time
 */
export function createLimit(concurrency: number, clock: Clock = systemClock): Limit {
  let loading: Promise<LimitFunction> | undefined;
  return {
    run(work, options) {
      const signal = options?.signal;
      // Loaded when it is needed: whoever only imports the package does not pay for it.
      loading ??= holdingClock(clock, async () => (await import('p-limit')).default(concurrency));
      const loaded = loading;
      return new Promise((resolve, reject) => {
        let left = false;
        const stopListening = onAbort(signal, () => {
          left = true;
          reject(signal?.reason);
        });
        if (left) return;
        // p-limit cannot take one entry out of its line; an entry that has left does nothing when its turn comes.
        loaded
          .then((limit) =>
            limit(async () => {
              if (left) return;
              stopListening();
              await work().then(resolve, reject);
            }),
          )
          .catch(reject);
      });
    },
  };
}
