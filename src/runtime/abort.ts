import { setMaxListeners } from 'node:events';

/**
 * Calls `listener` when the signal aborts, at once if it already has.
 *
 * @returns a function that takes the listener off again; whoever registers must call it when the work is done
 */
export function onAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
  if (signal === undefined) return () => {};
  if (signal.aborted) {
    listener();
    return () => {};
  }
  // One signal is meant to stop hundreds of calls; node would take more than ten listeners for a leak and warn.
  setMaxListeners(0, signal);
  signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}

/**
 * Runs tasks side by side and resolves to their results in order. When one fails, or the signal aborts, the others are
 * aborted, and the first failure is thrown once all have come to an end: nothing is left running.
 */
export async function allOrNone<T>(
  tasks: readonly ((signal: AbortSignal) => Promise<T>)[],
  signal?: AbortSignal,
): Promise<T[]> {
  signal?.throwIfAborted();
  const local = new AbortController();
  const stopListening = onAbort(signal, () => local.abort(signal?.reason));
  const failures: unknown[] = [];
  try {
    const runs = tasks.map(async (task) => {
      try {
        return await task(local.signal);
      } catch (error) {
        failures.push(error);
        local.abort(error);
        throw error;
      }
    });
    const settled = await Promise.allSettled(runs);
    const results: T[] = [];
    for (const run of settled) {
      if (run.status === 'fulfilled') results.push(run.value);
    }
    if (failures.length > 0) throw failures[0];
    return results;
  } finally {
    stopListening();
  }
}
