import { allOrNone } from '../runtime/abort.js';
import { createLimit } from '../runtime/limit.js';
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
  const limit = createLimit(concurrency);
  const tasks = paths.map((path) => async (ownSignal: AbortSignal) => {
    const read = () => getter.read(path, { signal: ownSignal });
    return [path, await limit.run(read, { signal: ownSignal })] as const;
  });
  return new Map(await allOrNone(tasks, signal));
}
