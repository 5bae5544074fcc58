import { join } from 'node:path';
import { onAbort } from '../../runtime/abort.js';
import { holdingClock, systemClock, type Clock } from '../../runtime/clock.js';
import { silentLogger, type Logger } from '../../runtime/logger.js';
import { LedgerClosedError, LedgerFileError } from './errors.js';
import { isDynamicSuiteError } from '../../errors.js';
import { fileLease } from './file-lease.js';
import { Journal } from './journal.js';
import { LeaseHeldError, type HeldLease, type Lease } from './lease.js';
import type { LedgerChange } from './ledger-changes.js';
import type { LedgerEntry } from './ledger-entry.js';
import { ledgerMethods } from './ledger-methods.js';
import type { LedgerState } from './ledger-state.js';
import type { Ledger } from './types.js';

/** Options of {@link fileLedger}. */
export interface FileLedgerOptions {
  /** @defaultValue the computer's clock */
  readonly clock?: Clock | undefined;
  /** Is told of damage that was found and of rewrites that failed. @defaultValue nobody */
  readonly logger?: Logger | undefined;
  /**
   * Who uses the folder, for the eyes of others.
   *
   * @defaultValue `'a suite scheduler'`
   */
  readonly holder?: string | undefined;
  /**
   * Waits while another process uses the folder, instead of rejecting with `LeaseHeldError`.
   *
   * @defaultValue false
   */
  readonly wait?: boolean | undefined;
  /** Ends that wait; the calls that wait reject with its reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Keeps the folder to one process at a time.
   *
   * @defaultValue `fileLease` in the folder: it is free when its process has gone, or, where that cannot be seen, from
   * another host or container, ten minutes after the last call
   */
  readonly lease?: Lease | undefined;
}

/** A ledger in files of a folder. */
export interface FileLedger extends Ledger {
  /** Opens it now. Without this the first call does. Rejects with `LeaseHeldError` or `LedgerFileError`. */
  open(): Promise<void>;
}

/**
 * A ledger in a folder of local disks, which is made if it is not there. It outlives the process: what a call has
 * resolved to is on the disk, wherever the process is killed or the power goes; calls that come together share one write.
 * What it holds is in memory too, so have it pruned.
 *
 * One process uses a folder at a time; another one is refused with `LeaseHeldError`, or waits. A process that was taken
 * for gone and comes back is refused with `StaleLeaseError`: nothing that it could not know of is confirmed to it.
 *
 * Damage never ends the process: what can be read is kept, what cannot is told to the logger, and the damaged file is
 * kept as `journal.corrupt`. After a failed write (`LedgerFileError`) the next call reads the files again.
 */
export function fileLedger(folder: string, options: FileLedgerOptions = {}): FileLedger {
  const files = new LedgerFiles(folder, options);
  return {
    ...ledgerMethods((call) => files.perform(call)),
    open: () => files.perform(() => ({ answer: undefined, entries: [] })),
    close: () => files.close(),
  };
}

const unseenHolderTtlMs = 10 * 60_000;

/** A call that waits for its turn. */
interface WaitingCall {
  /** Decides what it comes to, and confirms that once it is on the disk. Throws where the call is refused. */
  readonly decide: (state: LedgerState) => { readonly entries: readonly LedgerEntry[]; readonly confirm: () => void };
  readonly reject: (reason: unknown) => void;
}

interface OpenFiles {
  readonly journal: Journal;
  readonly state: LedgerState;
}

class LedgerFiles {
  readonly #folder: string;
  readonly #options: FileLedgerOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #lease: Lease;
  readonly #ending = new AbortController();
  readonly #waiting: WaitingCall[] = [];
  #working: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #held: { readonly lease: HeldLease; renewedAtMs: number } | undefined;
  #open: OpenFiles | undefined;

  constructor(folder: string, options: FileLedgerOptions) {
    this.#folder = folder;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    const ownLease = { clock: this.#clock, ttlMs: unseenHolderTtlMs, keepWhileAlive: true };
    this.#lease = options.lease ?? fileLease(join(folder, 'lease'), ownLease);
  }

  perform<T>(call: (state: LedgerState) => LedgerChange<T>): Promise<T> {
    if (this.#closing !== undefined) return Promise.reject(new LedgerClosedError(this.#folder));
    return new Promise((resolve, reject) => {
      const decide = (state: LedgerState) => {
        const { answer, entries } = call(state);
        return { entries, confirm: () => resolve(answer) };
      };
      this.#waiting.push({ decide, reject });
      this.#working ??= this.#work();
    });
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      this.#ending.abort(new LedgerClosedError(this.#folder));
      await this.#working;
      await holdingClock(this.#clock, () => this.#forget());
      await this.#held?.lease.release();
    })();
    return this.#closing;
  }

  async #work(): Promise<void> {
    // Whatever else is called before the process turns to its files goes into the same write.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#serve();
    this.#working = undefined;
  }

  /** Serves all that wait, in their order and with one write. Never rejects. */
  async #serve(): Promise<void> {
    try {
      await this.#holdFolder();
      await holdingClock(this.#clock, async () => {
        this.#open ??= await Journal.open({ folder: this.#folder, logger: this.#logger, token: this.#heldToken() });
        await this.#serveFrom(this.#open, this.#waiting.splice(0));
      });
    } catch (error) {
      for (const { reject } of this.#waiting.splice(0)) reject(this.#asOurs(error));
    }
  }

  async #serveFrom({ journal, state }: OpenFiles, calls: readonly WaitingCall[]): Promise<void> {
    const toWrite: LedgerEntry[] = [];
    const decided: { confirm: () => void; reject: (reason: unknown) => void }[] = [];
    for (const { decide, reject } of calls) {
      try {
        const { entries, confirm } = decide(state);
        for (const entry of entries) state.apply(entry);
        toWrite.push(...entries);
        decided.push({ confirm, reject });
      } catch (error) {
        reject(error);
      }
    }
    try {
      if (toWrite.length > 0) await journal.append(toWrite);
      for (const { confirm } of decided) confirm();
      if (journal.wantsRewrite(state)) await journal.rewrite(state);
    } catch (error) {
      for (const { reject } of decided) reject(this.#asOurs(error));
      // What is in memory is more than what is known to be on the disk.
      await this.#forget();
    }
  }

  /** Makes sure that the folder is this process's own, for some time to come. */
  async #holdFolder(): Promise<void> {
    if (this.#held !== undefined) {
      const { lease, renewedAtMs } = this.#held;
      const nowMs = this.#clock.now();
      const isFresh = nowMs >= renewedAtMs && nowMs < renewedAtMs + (lease.expiresAtMs - renewedAtMs) / 3;
      if (isFresh) return;
      if (await lease.renew()) {
        this.#held.renewedAtMs = nowMs;
        return;
      }
      this.#held = undefined;
      await holdingClock(this.#clock, () => this.#forget());
      await lease.release();
    }
    const lease = await this.#acquire();
    this.#held = { lease, renewedAtMs: this.#clock.now() };
  }

  async #acquire(): Promise<HeldLease> {
    const { holder = 'a suite scheduler', wait = false, signal } = this.#options;
    try {
      return await this.#lease.acquire({ holder });
    } catch (error) {
      if (!(error instanceof LeaseHeldError)) throw error;
      if (!wait) throw new LeaseHeldError(`the ledger in ${this.#folder}`, error.holder, error.expiresAtMs);
    }
    // Closing it ends the wait too, but not a call that finds the folder free.
    const ending = new AbortController();
    const stops = [signal, this.#ending.signal].map((stop) => onAbort(stop, () => ending.abort(stop?.reason)));
    try {
      return await this.#lease.acquire({ holder, wait: true, signal: ending.signal });
    } finally {
      for (const stop of stops) stop();
    }
  }

  #heldToken(): number {
    return this.#held?.lease.token ?? 0;
  }

  /** Has the next call read the files again. */
  async #forget(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.journal.close().catch((error: unknown) => {
      this.#logger.warn('A file of the ledger could not be closed', { folder: this.#folder, error });
    });
  }

  #asOurs(error: unknown): unknown {
    if (isDynamicSuiteError(error) || error === this.#options.signal?.reason) return error;
    return new LedgerFileError(this.#folder, 'cannot be read or written', { cause: error });
  }
}
