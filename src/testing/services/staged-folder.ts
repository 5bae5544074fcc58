import { gzipSync } from 'node:zlib';
import type { StoredBuild } from '../lab/build-store.js';
import { pythonRepr } from './python.js';
import type { Staging } from './staging.js';
import { artifactFiles } from './staging.js';

/** Where the dev server keeps what it has staged, a folder per build. */
export const staticRoot = '/srv/static';

/** A build's folder on the dev server: what has been staged of it so far. Paths are relative to it. */
export class StagedFolder {
  readonly #build: StoredBuild;
  readonly #staging: Staging;
  readonly #nowMs: number;

  constructor(build: StoredBuild, staging: Staging, nowMs: number) {
    this.#build = build;
    this.#staging = staging;
    this.#nowMs = nowMs;
  }

  /** Undefined where there is no file. */
  file(path: string): Uint8Array | undefined {
    if (path.startsWith(autotest)) {
      const inside = path.slice(autotest.length);
      return this.#hasPart(inside) ? (this.#build.files.get(inside) ?? this.#made(inside)) : undefined;
    }
    return this.topLevel().get(path)?.bytes;
  }

  hasFolder(path: string): boolean {
    return path === '' ? this.paths().length > 0 : this.paths().some((file) => file.startsWith(`${path}/`));
  }

  /** Of all files, in no certain order. */
  paths(): readonly string[] {
    const inside = [...this.#build.files.keys(), ...madeFiles].filter((path) => this.#hasPart(path));
    return [...inside.map((path) => autotest + path), ...this.topLevel().keys()];
  }

  /** The files beside the folder `autotest`, with the time at which they came. */
  topLevel(): ReadonlyMap<string, { readonly bytes: Uint8Array; readonly atMs: number }> {
    const found = new Map<string, { readonly bytes: Uint8Array; readonly atMs: number }>();
    for (const [artifact, pattern] of [...artifactFiles, ...[...this.#build.storedFiles.keys()].map(twice)]) {
      const atMs = this.#staging.arrivalOf(this.#build.name, artifact, this.#nowMs);
      if (atMs === undefined) continue;
      for (const name of archivesOf(artifact, pattern)) found.set(name, { bytes: this.#archive(name), atMs });
      const installed = this.installedBy(artifact).map((path) => `${staticRoot}/${this.#build.name}/${path}`);
      found.set(markerOf(pattern), { bytes: encode(installed.join('\n')), atMs });
      found.set('staged.timestamp', { bytes: new Uint8Array(), atMs });
    }
    return found;
  }

  /** What an artifact or file brought, once it is there. */
  installedBy(artifact: string): readonly string[] {
    if (!this.#staging.has(this.#build.name, artifact, this.#nowMs)) return [];
    const isPart = parts.find(([name]) => name === artifact)?.[1];
    if (isPart === undefined) return archivesOf(artifact, artifactFiles.get(artifact) ?? artifact);
    return [...this.#build.files.keys(), ...madeFiles].filter(isPart).map((path) => autotest + path);
  }

  #hasPart(path: string): boolean {
    return parts.some(
      ([artifact, isPart]) => isPart(path) && this.#staging.has(this.#build.name, artifact, this.#nowMs),
    );
  }

  #made(path: string): Uint8Array | undefined {
    if (path === 'test_suites/dependency_info') return encode('{}');
    if (path === 'test_suites/suite_to_control_file_map') {
      return encode(pythonRepr(Object.fromEntries(this.#build.suites)));
    }
    if (path === packagesChecksum) return encode('d41d8cd98f00b204e9800998ecf8427e client-autotest.tar.bz2\n');
    return path === clientPackage ? new Uint8Array() : undefined;
  }

  /** The lab's archives hold nothing: what is in them is served from beside them. */
  #archive(name: string): Uint8Array {
    const stored = this.#build.storedFiles.get(name);
    if (stored !== undefined) return stored;
    if (name.endsWith('.tgz')) return gzipSync(emptyTar);
    if (name.endsWith('.tar')) return emptyTar;
    if (name.endsWith('.bin')) return emptyImage;
    const what = name === 'update.gz' ? 'full payload' : name;
    return encode(`${what} ${this.#build.name.replace('/', ' ')}\n`);
  }
}

const autotest = 'autotest/';
const packagesChecksum = 'packages/packages.checksum';
const clientPackage = 'packages/client-autotest.tar.bz2';
/** Files of each build that the lab's user does not describe. */
const madeFiles = [
  'test_suites/dependency_info',
  'test_suites/suite_to_control_file_map',
  packagesChecksum,
  clientPackage,
];

/** Which files below `autotest` an artifact brings. */
const parts: readonly (readonly [string, (path: string) => boolean])[] = [
  ['test_suites', (path) => path.startsWith('test_suites/')],
  ['control_files', (path) => !path.startsWith('test_suites/') && !path.startsWith('packages/')],
  ['autotest_packages', (path) => path.startsWith('packages/')],
  ['autotest', () => true],
];

function archivesOf(artifact: string, pattern: string): readonly string[] {
  if (artifact === 'full_payload') return ['update.gz'];
  const archive = pattern.replaceAll('*', '');
  return archive.endsWith('_image.tar.xz') ? [archive, archive.replace('.tar.xz', '.bin')] : [archive];
}

/** The empty or listing file that tells the server itself what it has staged. */
function markerOf(pattern: string): string {
  return `.${pattern.replaceAll('*', 'STAR').replaceAll('.', 'DOT')}`;
}

function twice(name: string): readonly [string, string] {
  return [name, name];
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

const emptyTar = new Uint8Array(10_240);
const emptyImage = new Uint8Array(512);
