import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** `<folder>/<name>.<n>`: files of which the one with the highest number counts, and is never removed. */
export class NumberedFiles {
  readonly folder: string;
  readonly name: string;

  constructor(folder: string, name: string) {
    this.folder = folder;
    this.name = name;
  }

  path(number: number): string {
    return join(this.folder, `${this.name}.${number}`);
  }

  /** A name for what is to become a file of this number. */
  draft(number: number, unique = 'draft'): string {
    return join(this.folder, `${this.name}.${number}.${unique}.tmp`);
  }

  /** The numbers that there are, from the lowest; none where there is no folder. */
  async numbers(): Promise<readonly number[]> {
    return (await this.#entries()).flatMap(({ number, isDraft }) => (isDraft ? [] : [number])).sort((a, b) => a - b);
  }

  /** The highest number; 0 where there is none. */
  async newest(): Promise<number> {
    return (await this.numbers()).at(-1) ?? 0;
  }

  /** What a process that was killed may have left: drafts of files up to a number. */
  async drafts(upTo: number): Promise<readonly string[]> {
    const entries = await this.#entries();
    return entries.flatMap(({ file, number, isDraft }) => (isDraft && number <= upTo ? [join(this.folder, file)] : []));
  }

  async #entries(): Promise<readonly { file: string; number: number; isDraft: boolean }[]> {
    const files = await readdir(this.folder).catch(noneWhenMissing);
    return files.flatMap((file) => {
      if (!file.startsWith(`${this.name}.`)) return [];
      const match = /^(\d{1,15})(\.[^.]*\.tmp)?$/.exec(file.slice(this.name.length + 1));
      return match === null ? [] : [{ file, number: Number(match[1]), isDraft: match[2] !== undefined }];
    });
  }
}

/** Has the names in a folder on the disk. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Whether an error is one of the file system, of this code. */
export function isFileError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function noneWhenMissing(error: unknown): readonly string[] {
  if (isFileError(error, 'ENOENT')) return [];
  throw error;
}
