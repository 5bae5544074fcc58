import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDynamicSuiteError, parseControlFile } from 'dynamic-suite';
import { atLeast, median, type Figure, type FigureGroup } from './figure.js';
import { pythonParsing } from './python-parsing.js';

/** Files from 700 bytes to 2 KB, about 1 KB on the average, as most are in a real tree. */
const ordinarySize = { min: 700, max: 2048 };
const rounds = 11;
const roundMs = 400;

/** Control files parsed per second on one core, and beside it Python's own parser on the same files. */
export async function parsingFigures(): Promise<readonly FigureGroup[]> {
  const files = await ordinaryFiles();
  const unit = 'files per CPU second';
  const figures: Figure[] = [
    { name: 'files, mean size', value: meanSize(files), unit: 'bytes', note: `${files.length} files, repeated` },
    { name: 'parseControlFile', value: parsedPerSecond(files), unit, target: atLeast(50_000) },
  ];
  const python = await pythonParsing(files, rounds, roundMs);
  if (python === undefined) {
    figures.push({ name: 'python3 ast.parse', value: null, unit, note: 'no python3 here' });
  } else {
    const shared = files.filter((_, index) => python.parsable.has(index));
    const ours = parsedPerSecond(shared);
    const note = `the ${shared.length} files that are Python 3 too`;
    figures.push(
      { name: 'parseControlFile, same files', value: ours, unit, note },
      { name: 'python3 ast.parse', value: python.filesPerSecond, unit, note: `${python.version}; ${note}` },
      { name: 'ours over ast.parse', value: ours / python.filesPerSecond, unit: 'times' },
    );
  }
  return [{ title: 'Parsing control files, one core', figures }];
}

async function ordinaryFiles(): Promise<readonly Uint8Array[]> {
  const root = fileURLToPath(new URL('../examples/build', import.meta.url));
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && /^control(\.|$)/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  const files = await Promise.all(paths.sort().map((path) => readFile(path)));
  return files.filter(({ length }) => length >= ordinarySize.min && length <= ordinarySize.max).filter(isGood);
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

/** Per second of the process's own time, so that what else the machine does counts little. */
function parsedPerSecond(files: readonly Uint8Array[]): number {
  const rates: number[] = [];
  // The first round warms up the compiler and is not counted.
  for (let round = 0; round <= rounds; round++) {
    const start = process.cpuUsage();
    let parsed = 0;
    let elapsedMs = 0;
    while (elapsedMs < roundMs) {
      for (const file of files) parseControlFile(file, { path: 'client/site_tests/x/control' });
      parsed += files.length;
      const { user, system } = process.cpuUsage(start);
      elapsedMs = (user + system) / 1000;
    }
    if (round > 0) rates.push((parsed / elapsedMs) * 1000);
  }
  return median(rates);
}

function meanSize(files: readonly Uint8Array[]): number {
  return files.reduce((sum, { length }) => sum + length, 0) / files.length;
}
