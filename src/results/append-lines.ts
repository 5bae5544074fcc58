import { open, readFile, truncate } from 'node:fs/promises';

/**
 * Appends whole lines to a file and has them on the disk when it resolves.
 *
 * All of `text` goes out in one write to a file opened for appending, so that other writers never come in between, and
 * a line that a killed process left torn is closed first, so that it cannot swallow ours.
 *
 * @param text - lines, each ended by a line break
 */
export async function appendLines(path: string, text: string): Promise<void> {
  const file = await open(path, 'a+');
  try {
    const { size } = await file.stat();
    const lastByte = Buffer.alloc(1);
    if (size > 0) await file.read(lastByte, 0, 1, size - 1);
    const torn = size > 0 && lastByte.toString('latin1') !== '\n';
    await file.appendFile(torn ? `\n${text}` : text);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** A file's bytes; none when there is no such file. */
export async function readIfThere(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

/** Cuts off what a file has beyond so many bytes. */
export async function cutTo(path: string, bytes: number): Promise<void> {
  const { length } = await readIfThere(path);
  if (length > bytes) await truncate(path, bytes);
}
