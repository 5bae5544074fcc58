import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import { anyOf } from './any-signal.js';
import { keepLease } from './ledger/keep-lease.js';
import { StaleLeaseError, type HeldLease, type Lease } from './ledger/lease.js';

/** What came of work under a lease; `token`: of the lease that was lost. */
export type LeaseOutcome<T> =
  { readonly isLost: false; readonly value: T } | { readonly isLost: true; readonly token: number };

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
  const losing = new AbortController();
  const working = anyOf(signal, losing.signal);
  const done = new AbortController();
  const renewing = keepLease(held, { signal: done.signal, clock, logger }).then(
    () => losing.abort(),
    () => {},
  );
  try {
    return { isLost: false, value: await work(held, working.signal) };
  } catch (error) {
    if (losing.signal.aborted || error instanceof StaleLeaseError) return { isLost: true, token: held.token };
    throw error;
  } finally {
    working.release();
    done.abort();
    await renewing;
    // Nobody is helped by work that fails at its very end: the lease falls free by itself.
    await held.release().catch((error: unknown) => logger.warn('a lease could not be released', { error }));
  }
}
