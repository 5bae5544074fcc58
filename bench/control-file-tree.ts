import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDynamicSuiteError, parseControlFile } from 'dynamic-suite';

/** Files from 700 bytes to 2 KB, about 1 KB on the average, as most are in a real tree. */
const ordinarySize = { min: 700, max: 2048 };

/** The control files below `examples/build`, path → bytes, by path. */
export async function controlFileTree(): Promise<ReadonlyMap<string, Uint8Array>> {
  const root = fileURLToPath(new URL('../examples/build', import.meta.url));
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && /^control(\.|$)/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map(async (file) => [relative(root, file).split(sep).join('/'), await readFile(file)] as const);
  return new Map(await Promise.all(files));
}

/** Those of about 1 KB that can be used. */
export function ordinaryFiles(tree: ReadonlyMap<string, Uint8Array>): readonly Uint8Array[] {
  return [...tree.values()]
    .filter(({ length }) => length >= ordinarySize.min && length <= ordinarySize.max)
    .filter(isGood);
}

function isGood(file: Uint8Array): boolean {
  try {
    parseControlFile(file, { path: 'control' });
    return true;
  } catch (error) {
    if (isDynamicSuiteError(error)) return false;
    throw error;
  }
}
