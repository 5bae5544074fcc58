import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { BuildOptions } from './lab-description.js';
import type { StoredBuild } from './lab/build-store.js';
import { suitesOf } from './lab/build-store.js';

/** A build as the lab keeps it; reads the folder of its control files where there is one. */
export async function readBuild(name: string, options: BuildOptions): Promise<StoredBuild> {
  const {
    controlFiles = {},
    suites,
    storedFiles = {},
    stagingMs = 20_000,
    latest = false,
    missingArtifacts = [],
    brokenArtifacts = {},
    symbols = true,
    stagingFails,
    appearsAfterMs,
  } = options;
  const files = typeof controlFiles === 'string' ? await readFolder(controlFiles) : encodeFiles(controlFiles);
  return {
    name,
    files,
    suites: suites === undefined ? suitesOf(files) : new Map(Object.entries(suites)),
    storedFiles: encodeFiles(storedFiles),
    stagingMs: typeof stagingMs === 'number' ? stagingMs : new Map(Object.entries(stagingMs)),
    latest,
    missingArtifacts: symbols ? missingArtifacts : [...missingArtifacts, 'symbols', 'debug_symbols'],
    brokenArtifacts: new Map(Object.entries(brokenArtifacts)),
    stagingFails: typeof stagingFails === 'string' ? { message: stagingFails, times: Infinity } : stagingFails,
    appearsAfterMs,
  };
}

async function readFolder(folder: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = paths
    .sort()
    .map(async (path) => [relative(folder, path).split(sep).join('/'), await readFile(path)] as const);
  return new Map(await Promise.all(files));
}

function encodeFiles(files: Readonly<Record<string, string | Uint8Array>>): ReadonlyMap<string, Uint8Array> {
  const encoded = Object.entries(files).map(
    ([path, content]) => [path, typeof content === 'string' ? new TextEncoder().encode(content) : content] as const,
  );
  return new Map(encoded);
}
