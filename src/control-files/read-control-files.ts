import { setMaxListeners } from 'node:events';
import pLimit from 'p-limit';
import type { ControlFileGetter, ControlFileSource } from './types.js';

/**
 * Reads files side by side. When one fails, or the signal is aborted, the others are cancelled, and the result rejects
 * with that error once none is under way any more.
 *
 * @param concurrency - how many are read at the same time
 */
export async function readControlFiles(
  getter: ControlFileGetter,
  paths: readonly string[],
  concurrency: number,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, ControlFileSource>> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  // Every read under way may listen; node warns at more than ten.
  setMaxListeners(0, controller.signal);
  const cancel = () => controller.abort(signal?.reason);
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    const limit = pLimit(concurrency);
    const files = new Map<string, ControlFileSource>();
    const reads = paths.map((path) =>
      limit(async () => {
        if (controller.signal.aborted) return;
        try {
          files.set(path, await getter.read(path, { signal: controller.signal }));
        } catch (error) {
          // The first failure is the reason; what follows from it is not.
          controller.abort(error);
        }
      }),
    );
    await Promise.all(reads);
    controller.signal.throwIfAborted();
    return files;
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}
