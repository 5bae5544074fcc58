import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { holdingClock, type Clock } from '../../runtime/clock.js';
import { KeptLaunchError, readKeptLaunch, renderKeptLaunch, type KeptLaunch } from './kept-launch.js';

/** How a suite that was run here came to its end. */
export type LaunchEnding =
  | { readonly atMs: number; readonly verdict: string; readonly exitCode: number; readonly summary: string }
  | { readonly atMs: number; readonly error: string };

/**
 * A folder for each launch: `launch.json`, which says that it was started, the results of its suite, and `ended.json`,
 * which says that it has come to its end. Each of the two is whole or not there, whenever the process is killed.
 */
export class LaunchFolders {
  readonly #root: string;
  readonly #clock: Clock;

  constructor(root: string, clock: Clock) {
    this.#root = root;
    this.#clock = clock;
  }

  pathOf(key: string): string {
    return join(this.#root, folderName(key));
  }

  /** What was written down of a launch; null: it was never started here. */
  async find(key: string): Promise<KeptLaunch | null> {
    return await holdingClock(this.#clock, () => this.#read(this.pathOf(key)));
  }

  async hasEnded(key: string): Promise<boolean> {
    return await holdingClock(this.#clock, async () => (await textOf(join(this.pathOf(key), endedFile))) !== undefined);
  }

  /** Writes down that a launch was started. */
  async put(record: KeptLaunch): Promise<void> {
    await this.#write(record.launch.key, launchFile, renderKeptLaunch(record));
  }

  async end(key: string, ending: LaunchEnding): Promise<void> {
    await this.#write(key, endedFile, `${JSON.stringify(ending, null, 2)}\n`);
  }

  /** What was started and has not come to its end, in the order in which it was due; and the records of no use. */
  async unfinished(): Promise<{ readonly records: readonly KeptLaunch[]; readonly problems: readonly unknown[] }> {
    return await holdingClock(this.#clock, async () => {
      const records: KeptLaunch[] = [];
      const problems: unknown[] = [];
      for (const name of await namesIn(this.#root)) {
        const folder = join(this.#root, name);
        try {
          const record = await this.#read(folder);
          if (record === null || (await textOf(join(folder, endedFile))) !== undefined) continue;
          if (folderName(record.launch.key) !== name)
            throw new KeptLaunchError(join(folder, launchFile), 'of another folder');
          records.push(record);
        } catch (error) {
          problems.push(error);
        }
      }
      return { records: records.sort((a, b) => a.launch.dueMs - b.launch.dueMs), problems };
    });
  }

  async #read(folder: string): Promise<KeptLaunch | null> {
    const file = join(folder, launchFile);
    const text = await textOf(file);
    return text === undefined ? null : readKeptLaunch(text, file);
  }

  async #write(key: string, name: string, text: string): Promise<void> {
    await holdingClock(this.#clock, async () => {
      const folder = this.pathOf(key);
      await mkdir(folder, { recursive: true });
      const path = join(folder, name);
      const file = await open(`${path}.new`, 'w');
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${path}.new`, path);
    });
  }
}

const launchFile = 'launch.json';
const endedFile = 'ended.json';

/** A key may hold anything; the name of its folder is its beginning, made safe, and a hash that no other key has. */
function folderName(key: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto');
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 16);
  const readable = key
    .slice(0, maxReadable)
    .replace(/[^-\w.]+/gu, '_')
    .replace(/^[-_.]+/u, '');
  return `${readable}-${hash}`.replace(/^-/u, '');
}

const maxReadable = 100;

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
