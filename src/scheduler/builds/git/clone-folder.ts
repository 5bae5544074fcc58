import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isRecord } from '../cursor.js';
import { CloneFolderError } from '../errors.js';

/**
 * The folder of one clone. A file in it says of which repository it is, so that nothing else is ever taken for a clone,
 * or deleted as a damaged one.
 */
export class CloneFolder {
  readonly path: string;
  readonly #parent: string;
  readonly #identity: string;

  /** @param name - of the folder, below `parent`; `identity`: the repository and what is fetched of it */
  constructor(parent: string, name: string, identity: string) {
    this.#parent = resolve(parent);
    this.path = join(this.#parent, name);
    this.#identity = identity;
  }

  /**
   * Whether there is a clone. Makes the folder where there is none.
   *
   * Rejects with `CloneFolderError` where there is something else.
   */
  async prepare(): Promise<boolean> {
    const neighbours = await entriesOf(this.#parent);
    if (neighbours.includes('.git') || (neighbours.includes('HEAD') && neighbours.includes('objects'))) {
      throw new CloneFolderError(this.#parent, 'is a git repository; clones need a folder of their own');
    }
    const entries = await entriesOf(this.path);
    if (entries.length === 0) {
      await this.#write();
      return false;
    }
    const owner = await this.#owner();
    if (owner === this.#identity) return entries.includes('HEAD');
    const problem = owner === undefined ? 'holds something that is no clone of ours' : 'is a clone of something else';
    throw new CloneFolderError(this.path, `${problem}, and is left alone`);
  }

  /** Deletes the clone, so that it is made anew. */
  async clear(): Promise<void> {
    // Whoever put something else there meanwhile keeps it.
    if ((await this.#owner()) !== this.#identity) return;
    await rm(this.path, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Takes away the locks of a git that was killed: nobody else works in this folder. */
  async unlock(ref: string): Promise<void> {
    for (const name of ['shallow.lock', 'packed-refs.lock', 'HEAD.lock', 'config.lock', `${ref}.lock`]) {
      await rm(join(this.path, name), { force: true });
    }
  }

  async #write(): Promise<void> {
    try {
      await mkdir(this.path, { recursive: true });
      await writeFile(join(this.path, ownerFile), `${JSON.stringify({ repository: this.#identity })}\n`);
    } catch (cause) {
      throw new CloneFolderError(this.path, `cannot be written: ${messageOf(cause)}`, { cause });
    }
  }

  async #owner(): Promise<string | undefined> {
    try {
      const value: unknown = JSON.parse(await readFile(join(this.path, ownerFile), 'utf8'));
      return isRecord(value) && typeof value.repository === 'string' ? value.repository : undefined;
    } catch {
      return undefined;
    }
  }
}

const ownerFile = 'dynamic-suite-clone.json';

async function entriesOf(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw new CloneFolderError(folder, `cannot be read: ${messageOf(cause)}`, { cause });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
