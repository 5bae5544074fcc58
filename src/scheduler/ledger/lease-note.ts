import { open } from 'node:fs/promises';
import { isFileError } from './numbered-files.js';
import type { ProcessIdentity } from './process-identity.js';

/** What the file of a lease says. */
export interface LeaseNote {
  readonly holder: string;
  readonly process: ProcessIdentity;
  /** In ms since the epoch. */
  readonly takenAtMs: number;
  readonly expiresAtMs: number;
  readonly released: boolean;
}

const maxNoteBytes = 64 * 1024;

/** Null where the file is not there or says nothing that makes sense, as after a loss of power. */
export async function readLeaseNote(path: string): Promise<LeaseNote | null> {
  let text: string;
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(maxNoteBytes), 0, maxNoteBytes, 0);
      text = buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isFileError(error, 'ENOENT')) return null;
    throw error;
  }
  return parseLeaseNote(text);
}

/** Null for a text that is no note of a lease. */
export function parseLeaseNote(text: string): LeaseNote | null {
  try {
    const note: unknown = JSON.parse(text);
    return isLeaseNote(note) ? note : null;
  } catch {
    return null;
  }
}

/** Who holds it, for people. */
export function describeHolder({ holder, process: { pid, host }, takenAtMs }: LeaseNote): string {
  return `${holder}, process ${pid} on ${host} since ${new Date(takenAtMs).toISOString()}`;
}

function isLeaseNote(value: unknown): value is LeaseNote {
  if (!isObject(value) || !isObject(value['process'])) return false;
  const { pid, host, boot, space, started } = value['process'];
  return (
    typeof value['holder'] === 'string' &&
    typeof value['released'] === 'boolean' &&
    [value['takenAtMs'], value['expiresAtMs']].every(isTime) &&
    typeof host === 'string' &&
    typeof pid === 'number' &&
    Number.isSafeInteger(pid) &&
    pid > 0 &&
    [boot, space, started].every((word) => word === null || typeof word === 'string')
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) <= 8.64e15;
}
