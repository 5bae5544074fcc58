import { link, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { holdingClock, systemClock, type Clock } from '../../runtime/clock.js';
import { checkTtl } from './lease-options.js';
import { describeHolder, readLeaseNote, type LeaseNote } from './lease-note.js';
import { LeaseHeldError, type HeldLease, type Lease } from './lease.js';
import { isFileError, NumberedFiles, syncFolder } from './numbered-files.js';
import { isGone, thisProcess } from './process-identity.js';

/** Options of {@link fileLease}. */
export interface FileLeaseOptions {
  /** How long it is held when it is not renewed, in ms. */
  readonly ttlMs: number;
  /**
   * Leaves the lease to a holder whose time has passed, as long as its process is seen to run on this host or nobody else
   * has taken it: for one that holds it for as long as it runs, and renews it only now and then.
   *
   * @defaultValue false
   */
  readonly keepWhileAlive?: boolean | undefined;
  /** @defaultValue the computer's clock */
  readonly clock?: Clock | undefined;
}

/**
 * A lease among the processes of a host, or of hosts that share a folder and agree on the time: files
 * `<path>.<token>`, of which the newest says who holds it. The folder is made if it is not there.
 *
 * It is free when it was released, when its time has passed, or when its holder's process on this host has gone. A
 * `LeaseHeldError` names process, host and since when.
 *
 * When the clock goes back, a holder on another host that has gone is waited for longer by as much. When it jumps ahead,
 * a holder that is alive may lose the lease; `renew` tells it, and until then its token is lower than that of the new one.
 */
export function fileLease(path: string, options: FileLeaseOptions): Lease {
  const { clock = systemClock, keepWhileAlive = false } = options;
  const ttlMs = checkTtl(options.ttlMs);
  const files = new NumberedFiles(dirname(path), basename(path));

  /** The lease, or the note of who holds it. */
  const tryToTake = async (holder: string): Promise<FileHeldLease | LeaseNote> => {
    await mkdir(files.folder, { recursive: true, mode: 0o700 });
    for (;;) {
      const newest = await files.newest();
      const other = newest === 0 ? null : await readLeaseNote(files.path(newest));
      if (other !== null && !(await isFree(other, clock.now(), keepWhileAlive))) return other;
      const takenAtMs = clock.now();
      const process = await thisProcess();
      const note = { holder, process, takenAtMs, expiresAtMs: takenAtMs + ttlMs, released: false };
      const token = newest + 1;
      if (!(await createNote(files, token, note))) continue;
      await removeOlder(files, token);
      return new FileHeldLease({ files, token, note, clock, ttlMs, keepWhileAlive });
    }
  };

  return {
    async acquire({ holder, wait = false, signal, deadlineMs = Infinity }) {
      const endMs = clock.now() + deadlineMs;
      for (;;) {
        signal?.throwIfAborted();
        const taken = await holdingClock(clock, () => tryToTake(holder));
        if (taken instanceof FileHeldLease) return taken;
        const leftMs = endMs - clock.now();
        if (!wait || leftMs <= 0)
          throw new LeaseHeldError(`the lease ${path}`, describeHolder(taken), taken.expiresAtMs);
        const untilExpiryMs = taken.expiresAtMs - clock.now();
        const pollMs = Math.min(maxPollMs, ttlMs / 10);
        await clock.sleep(Math.min(leftMs, untilExpiryMs > 0 ? Math.min(pollMs, untilExpiryMs) : pollMs), { signal });
      }
    },
  };
}

/** How soon a lease that was released, or whose holder has gone, is found. */
const maxPollMs = 1_000;

interface HeldNote {
  readonly files: NumberedFiles;
  readonly token: number;
  readonly note: LeaseNote;
  readonly clock: Clock;
  readonly ttlMs: number;
  readonly keepWhileAlive: boolean;
}

class FileHeldLease implements HeldLease {
  readonly token: number;
  readonly #held: HeldNote;
  #note: LeaseNote;
  #isOver = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(held: HeldNote) {
    this.token = held.token;
    this.#held = held;
    this.#note = held.note;
  }

  get holder(): string {
    return this.#note.holder;
  }

  get expiresAtMs(): number {
    return this.#note.expiresAtMs;
  }

  renew(): Promise<boolean> {
    return this.#inTurn(async () => {
      const { clock, ttlMs, keepWhileAlive } = this.#held;
      const nowMs = clock.now();
      // Once its time has passed somebody may be about to take it, and nobody could tell.
      if (this.#isOver || (nowMs >= this.expiresAtMs && !keepWhileAlive)) return false;
      const note = { ...this.#note, expiresAtMs: nowMs + ttlMs };
      if (!(await this.#rewrite(note))) return false;
      this.#note = note;
      return true;
    });
  }

  release(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#isOver) return;
      await this.#rewrite({ ...this.#note, released: true });
      this.#isOver = true;
    });
  }

  /** False when somebody else has taken the lease. */
  async #rewrite(note: LeaseNote): Promise<boolean> {
    const { files, token } = this.#held;
    if ((await files.newest()) === token) {
      const draft = await writeDraft(files, token, note);
      const isThere = await rename(draft, files.path(token)).then(() => true, falseWhenMissing);
      if (isThere && (await files.newest()) === token) return true;
    }
    this.#isOver = true;
    return false;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(() => holdingClock(this.#held.clock, work));
    this.#last = done.catch(() => undefined);
    return done;
  }
}

async function isFree(note: LeaseNote, nowMs: number, keepWhileAlive: boolean): Promise<boolean> {
  if (note.released || (await isGone(note.process))) return true;
  if (nowMs < note.expiresAtMs) return false;
  return !keepWhileAlive || !(await isSeen(note));
}

/** Whether its holder's process can be seen from here, and so is known to run, unless it is gone. */
async function isSeen({ process: { host, space } }: LeaseNote): Promise<boolean> {
  const self = await thisProcess();
  return host === self.host && space === self.space;
}

/** False when somebody else was quicker. */
async function createNote(files: NumberedFiles, token: number, note: LeaseNote): Promise<boolean> {
  const draft = await writeDraft(files, token, note);
  try {
    await link(draft, files.path(token));
  } catch (error) {
    if (isFileError(error, 'EEXIST') || isFileError(error, 'ENOENT')) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  await syncFolder(files.folder);
  // Others may have gone past this number, and removed it, while it was being made.
  if ((await files.newest()) === token) return true;
  await rm(files.path(token), { force: true });
  return false;
}

async function writeDraft(files: NumberedFiles, token: number, note: LeaseNote): Promise<string> {
  const draft = files.draft(token, process.getBuiltinModule('node:crypto').randomUUID());
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(JSON.stringify(note));
    await file.sync();
  } finally {
    await file.close();
  }
  return draft;
}

/** What is left behind does no harm: only the newest counts. */
async function removeOlder(files: NumberedFiles, token: number): Promise<void> {
  const older = (await files.numbers()).filter((number) => number < token).map((number) => files.path(number));
  for (const path of [...older, ...(await files.drafts(token - 1))]) await rm(path, { force: true });
}

function falseWhenMissing(error: unknown): false {
  if (isFileError(error, 'ENOENT')) return false;
  throw error;
}
