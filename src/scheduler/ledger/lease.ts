import type { CallOptions } from '../../clients/call-options.js';
import { DynamicSuiteError } from '../../errors.js';

/** A lock that one scheduler holds at a time, and that falls free when its holder is gone. */
export interface Lease {
  /**
   * Takes the lease.
   *
   * Rejects with `LeaseHeldError` when somebody else has it, unless it is to be waited for.
   *
   * @param options - `holder`: who asks, for the eyes of others; `wait`: until it is free, or the signal aborts
   */
  acquire(options: CallOptions & { readonly holder: string; readonly wait?: boolean | undefined }): Promise<HeldLease>;
}

/** A lease that is held, for a while. */
export interface HeldLease {
  /** Higher than that of every holder before: see `LedgerWriteOptions`. */
  readonly token: number;
  readonly holder: string;
  /** Until when it is held, in ms since the epoch, if it is not renewed. */
  readonly expiresAtMs: number;
  /** Holds it longer. False: it is lost, and somebody else may have it. */
  renew(): Promise<boolean>;
  /** Lets it go. Called again, or after it was lost, it does nothing. */
  release(): Promise<void>;
}

/** Somebody else holds the lease. */
export class LeaseHeldError extends DynamicSuiteError {
  readonly holder: string;
  /** In ms since the epoch. */
  readonly expiresAtMs: number;

  constructor(what: string, holder: string, expiresAtMs: number) {
    super('ERR_LEASE_HELD', `${what} is in use by ${holder}`);
    this.holder = holder;
    this.expiresAtMs = expiresAtMs;
  }
}

/** A change of the ledger came from somebody who has lost the lease. */
export class StaleLeaseError extends DynamicSuiteError {
  readonly token: number;

  /** @param latest - the token of a later holder, where it is known */
  constructor(token: number, latest?: number) {
    const since = latest === undefined ? 'somebody else has taken over' : `the holder of ${latest} has written since`;
    super('ERR_STALE_LEASE', `the lease ${token} was lost; ${since}`);
    this.token = token;
  }
}
