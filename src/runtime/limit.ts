import pLimit from 'p-limit';
import { onAbort } from './abort.js';

/** Lets only so many pieces of work run at a time; the others wait in line. */
export interface Limit {
  /**
   * Runs `work` when its turn has come. Rejects with `signal.reason` when aborted in line, and `work` then never runs;
   * once it runs, aborting it is its own business.
   */
  run<T>(work: () => Promise<T>, options?: { readonly signal?: AbortSignal | undefined }): Promise<T>;
}

/** @param concurrency - how many may run at a time; a whole number of at least 1, or Infinity */
export function createLimit(concurrency: number): Limit {
  const limit = pLimit(concurrency);
  return {
    run(work, options) {
      const signal = options?.signal;
      return new Promise((resolve, reject) => {
        let left = false;
        const stopListening = onAbort(signal, () => {
          left = true;
          reject(signal?.reason);
        });
        if (left) return;
        // p-limit cannot take one entry out of its line; an entry that has left does nothing when its turn comes.
        void limit(async () => {
          if (left) return;
          stopListening();
          try {
            resolve(await work());
          } catch (error) {
            reject(error);
          }
        });
      });
    },
  };
}
