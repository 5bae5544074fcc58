import { readFile, readlink } from 'node:fs/promises';
import { isFileError } from './numbered-files.js';

/** A process, so that others on its host can tell whether it still runs. Null: the system does not say. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Another one after the host was started again. */
  readonly boot: string | null;
  /** Within which the pid has its meaning: that of the host, or of a container. */
  readonly space: string | null;
  /** When the process was started, as the kernel counts: another process may have its pid later. */
  readonly started: string | null;
}

export async function thisProcess(): Promise<ProcessIdentity> {
  const { pid } = process;
  const [boot, space, started] = await Promise.all([
    orNull(readFile('/proc/sys/kernel/random/boot_id', 'utf8')),
    orNull(readlink('/proc/self/ns/pid')),
    startOf(pid),
  ]);
  return { pid, host: process.getBuiltinModule('node:os').hostname(), boot: boot?.trim() ?? null, space, started };
}

/** Whether a process is certain not to run any more. Of another host's nobody is. */
export async function isGone(other: ProcessIdentity): Promise<boolean> {
  const self = await thisProcess();
  if (other.host !== self.host) return false;
  if (differ(other.boot, self.boot)) return true;
  if (other.space !== self.space) return false;
  return !isThere(other.pid) || differ(other.started, await startOf(other.pid));
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process may not be sent signals, but is there.
    return !isFileError(error, 'ESRCH');
  }
}

/** The 22nd word of `/proc/<pid>/stat`; the second one is in parentheses and may hold anything. */
async function startOf(pid: number): Promise<string | null> {
  const stat = await orNull(readFile(`/proc/${pid}/stat`, 'latin1'));
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

function differ(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && a !== b;
}

async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  return reading.catch(() => null);
}
