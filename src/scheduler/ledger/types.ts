import type { SuiteLaunch } from '../launch/types.js';

/**
 * How far a launch has come: it is to be started (`due`), somebody is starting it (`launching`; of a process that was
 * killed meanwhile nobody knows), it was started (`launched`), it can never be (`refused`), or its time is over (`missed`).
 */
export type LaunchState = 'due' | 'launching' | 'launched' | 'refused' | 'missed';

/** What the ledger knows of a launch. */
export interface LaunchRecord {
  readonly launch: SuiteLaunch;
  readonly state: LaunchState;
  /** Grows by one with each change; who changes a record names the version that was read. */
  readonly version: number;
  /** When it was claimed, in ms since the epoch. */
  readonly claimedAtMs: number;
  /** When its state last changed. */
  readonly changedAtMs: number;
  /** When it is not worth starting any more. */
  readonly expiresAtMs: number;
  /** Not to be started before; 0: at once. */
  readonly notBeforeMs: number;
  /** How often it was tried. */
  readonly tries: number;
  /** When it was first tried; null: never. */
  readonly firstTriedAtMs: number | null;
  readonly jobId: number | null;
  /** What went wrong last; null: nothing. */
  readonly problem: string | null;
}

/** A launch that is to be put down. */
export type LaunchClaim = Pick<LaunchRecord, 'launch' | 'claimedAtMs' | 'expiresAtMs' | 'notBeforeMs'>;

/** What changes of a record. */
export type LaunchChange = Partial<
  Pick<LaunchRecord, 'state' | 'notBeforeMs' | 'tries' | 'firstTriedAtMs' | 'jobId' | 'problem'>
> & { readonly changedAtMs: number };

/** Whether a claim was the first, and the record that stands. */
export interface ClaimAnswer {
  readonly isNew: boolean;
  readonly record: LaunchRecord;
}

/** Why a task did, or did not do, something from some time on (C3). */
export interface ReasonNote {
  readonly atMs: number;
  /** null: about the scheduler itself. */
  readonly task: string | null;
  /** null: about all boards. */
  readonly board: string | null;
  /** Stable, e.g. `wrong-hour`, `launched`, `lab-closed`. */
  readonly code: string;
  /** In a sentence, without the task and the board. */
  readonly text: string;
}

/** Which notes are wanted. All given conditions must hold. */
export interface NoteFilter {
  /** Those of this task, and those about the scheduler itself. */
  readonly task?: string | undefined;
  /** Those of this board, and those about all boards. */
  readonly board?: string | undefined;
  readonly sinceMs?: number | undefined;
}

/** With each change of a ledger. */
export interface LedgerWriteOptions {
  /**
   * The fencing token of the lease under which the change is made. A change with a lower token than one that the ledger
   * has seen is refused with `StaleLeaseError`: its writer has lost the lease without knowing.
   *
   * @defaultValue no token; the change is made
   */
  readonly token?: number | undefined;
}

/**
 * The memory of a scheduler: which suites were claimed and started, how far each event has been handled, and why what
 * was decided. What it has confirmed outlives the process (if the implementation is one that outlives it).
 *
 * Deliberately not part of the contract: queries other than these, and transactions over several calls; the scheduler
 * works in an order in which a stop between any two calls neither loses nor doubles a suite.
 */
export interface Ledger {
  /**
   * Puts down launches whose keys it does not have; of the others it tells the record that there is. Answers in the
   * order of the claims. Each key is new for one caller only, whoever else claims it at the same time (C1).
   */
  claim(claims: readonly LaunchClaim[], options?: LedgerWriteOptions): Promise<readonly ClaimAnswer[]>;
  /** Changes a record that still has the version that was read; null where it has another, or is not there. */
  mark(key: string, version: number, change: LaunchChange, options?: LedgerWriteOptions): Promise<LaunchRecord | null>;
  /** The records of those keys that there are. */
  find(keys: readonly string[]): Promise<ReadonlyMap<string, LaunchRecord>>;
  /** All records in these states, by `dueMs` of the launch, then by key. */
  launches(filter: { readonly states: readonly LaunchState[] }): AsyncIterable<LaunchRecord>;
  /** A text kept under a name, e.g. how far an event was handled; null where there is none. */
  watermark(name: string): Promise<string | null>;
  /** Replaces a watermark that still is as it was read; false where it is not. */
  moveWatermark(name: string, from: string | null, to: string, options?: LedgerWriteOptions): Promise<boolean>;
  /** Keeps notes. */
  note(notes: readonly ReasonNote[], options?: LedgerWriteOptions): Promise<void>;
  /** Notes that were kept, oldest first. */
  notes(filter?: NoteFilter): AsyncIterable<ReasonNote>;
  /**
   * Forgets launches that came to an end (`launched`, `refused`, `missed`) and last changed before a time, and notes
   * before a time. A key that was forgotten can be claimed again.
   */
  prune(before: { readonly launchesMs: number; readonly notesMs: number }, options?: LedgerWriteOptions): Promise<void>;
  /** Gives back what it holds: files, connections. Called again it does nothing. */
  close(): Promise<void>;
}
