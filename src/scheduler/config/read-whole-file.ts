import { open, stat } from 'node:fs/promises';
import { SchedulerConfigError } from './scheduler-config-error.js';

/** The state of a file: when it was last changed, its size, and which file of its path it is. */
export type FileStamp = string;

export interface WholeFile {
  readonly text: string;
  readonly stamp: FileStamp;
}

/** Rejects with `SchedulerConfigError` when there is no such file. */
export async function stampOf(path: string): Promise<FileStamp> {
  return readable(path, async () => stampFrom(await stat(path, { bigint: true })));
}

/**
 * The text of a file, as it was at one time: half of what somebody is just writing is a configuration with half of its
 * tasks.
 *
 * Rejects with `SchedulerConfigError` for what is no file, is too large, cannot be read, or is changing all the time.
 *
 * @param once - reads it, and resolves to null when it has changed meanwhile
 */
export async function readWholeFile(path: string, once: typeof readOnce = readOnce): Promise<WholeFile> {
  // Asked before it is opened: opening a pipe waits for somebody to write into it.
  const found = await readable(path, () => stat(path));
  if (!found.isFile()) throw new SchedulerConfigError('is not a file', { file: path });
  for (let tries = 0; tries < maxTries; tries += 1) {
    const whole = await readable(path, () => once(path));
    if (whole !== null) return whole;
  }
  throw new SchedulerConfigError('is being written', { file: path });
}

const maxTries = 3;
const maxBytes = 10_000_000;

/** Null: it has changed meanwhile. */
async function readOnce(path: string): Promise<WholeFile | null> {
  const handle = await open(path);
  try {
    const before = await handle.stat({ bigint: true });
    if (before.size > maxBytes) throw new SchedulerConfigError(`is larger than ${maxBytes} bytes`, { file: path });
    const buffer = Buffer.alloc(Number(before.size));
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    const stamp = stampFrom(before);
    const isSame = length === buffer.length && stampFrom(await handle.stat({ bigint: true })) === stamp;
    // Comments may be in any encoding; elsewhere a character that is none is refused with its key.
    return isSame ? { text: buffer.toString('utf8'), stamp } : null;
  } finally {
    await handle.close();
  }
}

function stampFrom({ mtimeNs, size, ino }: { readonly mtimeNs: bigint; readonly size: bigint; readonly ino: bigint }) {
  return `${mtimeNs} ${size} ${ino}`;
}

async function readable<Value>(path: string, look: () => Promise<Value>): Promise<Value> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof SchedulerConfigError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new SchedulerConfigError(`cannot be read: ${reason}`, { file: path }, { cause: error });
  }
}
