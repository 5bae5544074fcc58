import { allOrNone } from '../runtime/abort.js';
import { createLimit } from '../runtime/limit.js';
import { isTestControlPath } from './control-paths.js';
import type { ControlFileGetter, ControlFileSource } from './types.js';

/** How control files are read. */
export interface ReadControlFilesOptions {
  readonly suite?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How many are read at the same time. */
  readonly concurrency?: number | undefined;
}

/** What a getter has for a search. */
export interface ListedControlFiles {
  /** Path → content of what may be tests. */
  readonly files: ReadonlyMap<string, ControlFileSource>;
  /** Paths that were listed but are no test's, so that they were not read. */
  readonly leftOut: readonly string[];
}

/**
 * Lists and reads what may be tests: in one request where the getter can, else side by side.
 *
 * When one file fails, or the signal is aborted, the others are cancelled, and the result rejects with that error once
 * none is under way any more.
 */
export async function readControlFiles(
  getter: ControlFileGetter,
  options: ReadControlFilesOptions,
): Promise<ListedControlFiles> {
  const { suite, signal, concurrency = 8 } = options;
  signal?.throwIfAborted();
  const isTest = (path: string) => isTestControlPath(path, getter.root);
  if (suite) {
    const all = await getter.readSuite?.(suite, { signal });
    if (all !== undefined) {
      const leftOut = [...all.keys()].filter((path) => !isTest(path));
      return { files: new Map([...all].filter(([path]) => isTest(path))), leftOut };
    }
  }
  const listed = [...new Set(await getter.list({ suite, signal }))];
  const leftOut = listed.filter((path) => !isTest(path));
  return { files: await readSideBySide(getter, listed.filter(isTest), concurrency, signal), leftOut };
}

async function readSideBySide(
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
