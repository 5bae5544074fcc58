import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { renderTests, type DescribedTest, type RenderedFiles } from './described-test.js';
import { LabDescriptionError } from './errors.js';
import type { BuildOptions } from './lab-description.js';
import type { StoredBuild } from './lab/build-store.js';
import { suitesOf } from './lab/build-store.js';

/** The builds as the lab keeps them. Those that consist of the same list of tests share their files. */
export function readBuilds(builds: ReadonlyMap<string, BuildOptions>): Promise<readonly StoredBuild[]> {
  const rendered = new Map<readonly DescribedTest[], BuildFiles>();
  const filesOfTests = (tests: readonly DescribedTest[]) => {
    const files = rendered.get(tests) ?? filesOf(renderTests(tests));
    rendered.set(tests, files);
    return files;
  };
  return Promise.all([...builds].map(([name, options]) => readBuild(name, options, filesOfTests)));
}

/** A build as the lab keeps it; reads the folder of its control files where there is one. */
export async function readBuild(
  name: string,
  options: BuildOptions,
  filesOfTests = (tests: readonly DescribedTest[]) => filesOf(renderTests(tests)),
): Promise<StoredBuild> {
  const {
    controlFiles,
    tests = [],
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
  const ofTests = filesOfTests(tests);
  const given = typeof controlFiles === 'string' ? await readFolder(controlFiles) : encodeFiles(controlFiles ?? {});
  const all = controlFiles === undefined ? ofTests : together(name, given, ofTests);
  return {
    name,
    files: all.files,
    suites: suites === undefined ? all.suites : new Map(Object.entries(suites)),
    storedFiles: encodeFiles(storedFiles),
    stagingMs: typeof stagingMs === 'number' ? stagingMs : new Map(Object.entries(stagingMs)),
    latest,
    missingArtifacts: symbols ? missingArtifacts : [...missingArtifacts, 'symbols', 'debug_symbols'],
    brokenArtifacts: new Map(Object.entries(brokenArtifacts)),
    stagingFails: typeof stagingFails === 'string' ? { message: stagingFails, times: Infinity } : stagingFails,
    appearsAfterMs,
  };
}

/** What a build consists of, and the suites that it says of itself. */
interface BuildFiles {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly suites: ReadonlyMap<string, readonly string[]>;
}

function filesOf(rendered: RenderedFiles): BuildFiles {
  const files = encodeFiles(rendered);
  return { files, suites: suitesOf(files) };
}

/** A suite's own control file may be given as well, and is then that; a test may not. */
function together(build: string, given: ReadonlyMap<string, Uint8Array>, { files }: BuildFiles): BuildFiles {
  const twice = [...files.keys()].find((path) => given.has(path) && !path.startsWith('test_suites/'));
  if (twice !== undefined) throw new LabDescriptionError(`the build ${build} has ${twice} as a file and as a test`);
  const all = new Map([...files, ...given]);
  return { files: all, suites: suitesOf(all) };
}

async function readFolder(folder: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = paths
    .sort()
    .map(async (path) => [relative(folder, path).split(sep).join('/'), await readFile(path)] as const);
  return new Map(await Promise.all(files));
}

function encodeFiles(
  files: Readonly<Record<string, string | Uint8Array>> | RenderedFiles,
): ReadonlyMap<string, Uint8Array> {
  const encoder = new TextEncoder();
  const entries: Iterable<readonly [string, string | Uint8Array]> =
    files instanceof Map ? files : Object.entries(files);
  return new Map(
    Array.from(entries, ([path, content]) => [path, typeof content === 'string' ? encoder.encode(content) : content]),
  );
}
