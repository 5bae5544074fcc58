import { onAbort } from '../runtime/abort.js';
import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import { keepLease } from './ledger/keep-lease.js';
import { StaleLeaseError, type HeldLease, type Lease } from './ledger/lease.js';

/** What came of work under a lease. */
export type LeaseOutcome<T> = { readonly isLost: false; readonly value: T } | { readonly isLost: true };

/** Who works under a lease, and how it is waited for. */
export interface LeaseUse {
  readonly holder: string;
  readonly wait: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs work under a lease, which is renewed meanwhile, and let go at the end. When it is lost the work is aborted.
 *
 * Rejects with `LeaseHeldError` when somebody else has it and it is not to be waited for.
 */
export async function underLease<T>(
  lease: Lease,
  { holder, wait, clock, logger, signal }: LeaseUse,
  work: (held: HeldLease, signal: AbortSignal) => Promise<T>,
): Promise<LeaseOutcome<T>> {
  const held = await lease.acquire({ holder, wait, signal });
  const working = new AbortController();
  const stopListening = onAbort(signal, () => working.abort(signal?.reason));
  const done = new AbortController();
  const renewing = keepLease(held, { signal: done.signal, clock, logger }).then(
    () => working.abort(lost),
    () => {},
  );
  try {
    return { isLost: false, value: await work(held, working.signal) };
  } catch (error) {
    if (error === lost || error instanceof StaleLeaseError) return { isLost: true };
    throw error;
  } finally {
    stopListening();
    done.abort();
    await renewing;
    await held.release();
  }
}

const lost = Symbol('the lease was lost');
