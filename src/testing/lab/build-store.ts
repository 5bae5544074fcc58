import { compareVersions } from '../../index.js';
import { controlFileFacts } from './control-file-facts.js';
import { stableHash } from './stable-hash.js';

/** A build in the image storage. */
export interface StoredBuild {
  /** e.g. `x86-mario-release/R19-1998.0.0` */
  readonly name: string;
  /** Path below the build's `autotest` folder → content. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Suite → paths, as the build's map of suites has it. */
  readonly suites: ReadonlyMap<string, readonly string[]>;
  /** Files beside the archives of the artifacts, by name. */
  readonly storedFiles: ReadonlyMap<string, Uint8Array>;
  /** How long one stage request takes, or each artifact and file. */
  readonly stagingMs: number | ReadonlyMap<string, number>;
  readonly latest: boolean | 'with-newline';
  readonly missingArtifacts: readonly string[];
  /** Artifact → the server's error. */
  readonly brokenArtifacts: ReadonlyMap<string, string>;
  readonly stagingFails: StagingFailure | undefined;
  /** Undefined for a build that is there from the start. */
  readonly appearsAfterMs: number | undefined;
}

interface StagingFailure {
  readonly message: string;
  /** How many stage requests fail before one succeeds. */
  readonly times: number;
}

/** The map of suites as the build process makes it of the files, in their order. */
export function suitesOf(files: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, readonly string[]> {
  const suites = new Map<string, string[]>();
  for (const path of controlFilePaths(files)) {
    for (const suite of controlFileFacts(files.get(path) ?? '').suites) {
      const paths = suites.get(suite);
      if (paths === undefined) suites.set(suite, [path]);
      else paths.push(path);
    }
  }
  return suites;
}

/** All control files of a build, in an order that means nothing, as the real server lists them. */
export function unsortedControlFiles(build: StoredBuild): readonly string[] {
  return controlFilePaths(build.files)
    .map((path) => ({ path, rank: stableHash(path) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ path }) => path);
}

/** The newest of some builds by version: digits compare as numbers, all else as text. */
export function newestVersion(versions: readonly string[]): string | undefined {
  return [...versions].sort(compareVersions).at(-1);
}

function controlFilePaths(files: ReadonlyMap<string, Uint8Array>): readonly string[] {
  return [...files.keys()].filter((path) => path.slice(path.lastIndexOf('/') + 1).startsWith('control'));
}
