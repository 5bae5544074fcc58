import { open, readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { ControlFileNotFoundError } from '../clients/dev-server/errors.js';
import { DynamicSuiteError } from '../errors.js';
import type { ControlFileGetter } from './types.js';

/**
 * A folder of control files, or something in it, that cannot be read. Its code is `ERR_CONTROL_FILE_FOLDER`; the
 * `cause` says why.
 */
export class ControlFileFolderError extends DynamicSuiteError {
  /** What cannot be read: a folder or, where a folder can but a file in it cannot, the file. */
  readonly folder: string;

  constructor(folder: string, cause: unknown) {
    super('ERR_CONTROL_FILE_FOLDER', `cannot read ${folder}: ${messageOf(cause)}`, { cause });
    this.folder = folder;
  }
}

/**
 * Control files below a folder, as in an Autotest tree: in `server/site_tests`, `client/site_tests`, `server/tests`
 * and `client/tests`. Paths are relative to the root, with `/` between their parts.
 *
 * Symbolic links are followed as long as they stay below the root; a folder that two paths lead to is listed once.
 * `list` rejects with {@link ControlFileFolderError} when there is no such root, or a folder in it cannot be read: a test
 * may be missed otherwise. `read` does when there is such a file, but it cannot be read.
 */
export function fileSystemControlFiles(options: {
  readonly root: string;
  /**
   * How much of a file is read at most, in bytes; one more, that the parser may see that it is too long.
   *
   * @defaultValue 1 MiB
   */
  readonly maxBytes?: number | undefined;
}): ControlFileGetter {
  const { root, maxBytes = defaultMaxBytes } = options;
  return {
    ignoresSuite: true,
    async list({ signal } = {}) {
      return new TreeWalk(await readableFolder(root), signal).controlFiles();
    },
    async read(path, { signal } = {}) {
      signal?.throwIfAborted();
      const file = await fileBelow(root, path);
      if (file === undefined) throw new ControlFileNotFoundError({ path });
      const content = await ifThere(file, () => readStart(file, maxBytes + 1));
      if (content === undefined) throw new ControlFileNotFoundError({ path });
      return content;
    },
  };
}

const folders = ['server/site_tests', 'client/site_tests', 'server/tests', 'client/tests'];
const controlFileName = /^control(\..+)?$/s;
const defaultMaxBytes = 1024 * 1024;

class TreeWalk {
  readonly #root: string;
  readonly #signal: AbortSignal | undefined;
  readonly #visited = new Set<string>();
  readonly #found: string[] = [];
  readonly #folders: string[] = [];
  /** Links wait until the tree itself is done, so that a file is listed under its own path where it has one. */
  readonly #links: string[] = [];

  /** @param root - without symbolic links */
  constructor(root: string, signal: AbortSignal | undefined) {
    this.#root = root;
    this.#signal = signal;
  }

  async controlFiles(): Promise<readonly string[]> {
    this.#links.push(...[...folders].reverse());
    for (;;) {
      this.#signal?.throwIfAborted();
      const folder = this.#folders.pop();
      if (folder !== undefined) {
        await this.#visit(folder);
        continue;
      }
      const link = this.#links.pop();
      if (link === undefined) return this.#found.sort();
      await this.#follow(link);
    }
  }

  async #visit(folder: string): Promise<void> {
    for (const entry of await this.#entries(folder)) {
      const path = `${folder}/${entry.name}`;
      if (entry.isSymbolicLink()) this.#links.push(path);
      else if (entry.isDirectory()) await this.#add(path, join(this.#root, path));
      else if (entry.isFile() && controlFileName.test(entry.name)) this.#found.push(path);
    }
  }

  async #entries(folder: string) {
    const absolute = join(this.#root, folder);
    return readable(absolute, () => readdir(absolute, { withFileTypes: true }));
  }

  async #add(path: string, absolute: string): Promise<void> {
    const real = await readable(absolute, () => realpath(absolute));
    if (this.#visited.has(real)) return;
    this.#visited.add(real);
    this.#folders.push(path);
  }

  /** A link that leads nowhere or out of the tree is left alone. */
  async #follow(link: string): Promise<void> {
    const real = await realPathBelow(this.#root, link);
    if (real === undefined) return;
    const target = await readable(real, () => stat(real));
    if (target.isDirectory()) await this.#add(link, real);
    else if (target.isFile() && controlFileName.test(link.slice(link.lastIndexOf('/') + 1))) this.#found.push(link);
  }
}

function readableFolder(folder: string): Promise<string> {
  return readable(folder, () => realpath(folder));
}

/** The regular file that a path below the root leads to. */
async function fileBelow(root: string, path: string): Promise<string | undefined> {
  const real = await realPathBelow(await readableFolder(root), path);
  if (real === undefined) return undefined;
  const target = await ifThere(real, () => stat(real));
  return target?.isFile() === true ? real : undefined;
}

async function realPathBelow(root: string, path: string): Promise<string | undefined> {
  const absolute = join(root, path);
  const real = await ifThere(absolute, () => realpath(absolute));
  return real?.startsWith(root.endsWith(sep) ? root : root + sep) === true ? real : undefined;
}

async function readable<Value>(path: string, look: () => Promise<Value>): Promise<Value> {
  try {
    return await look();
  } catch (error) {
    throw new ControlFileFolderError(path, error);
  }
}

async function ifThere<Value>(path: string, look: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await look();
  } catch (error) {
    if (missingCodes.has(codeOf(error))) return undefined;
    throw new ControlFileFolderError(path, error);
  }
}

/** No such file, a file where a folder should be, links in a circle, a path that cannot be one. */
const missingCodes: ReadonlySet<unknown> = new Set([
  'ENOENT',
  'ENOTDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'ERR_INVALID_ARG_VALUE',
]);

async function readStart(file: string, maxBytes: number): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(size, maxBytes));
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return buffer.subarray(0, length);
  } finally {
    await handle.close();
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
