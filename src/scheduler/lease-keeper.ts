import { onAbort } from '../runtime/abort.js';
import type { Clock } from '../runtime/clock.js';
import { StaleLeaseError, type HeldLease, type Lease } from './ledger/lease.js';

/** Somebody else may have the lease by now. */
const lost = Symbol('lease lost');

/**
 * Runs work under a lease, which is renewed meanwhile. When it is lost the work is aborted.
 *
 * @returns what the work gave, or `lost`
 */
export async function underLease<T>(
  lease: Lease,
  { holder, clock, wait, signal }: { holder: string; clock: Clock; wait: boolean; signal: AbortSignal | undefined },
  work: (held: HeldLease, signal: AbortSignal) => Promise<T>,
): Promise<{ readonly isLost: false; readonly value: T } | { readonly isLost: true }> {
  const held = await lease.acquire({ holder, wait, signal });
  const local = new AbortController();
  const stopListening = onAbort(signal, () => local.abort(signal?.reason));
  const done = new AbortController();
  const renewing = keepRenewing(held, clock, done.signal, () => local.abort(lost));
  try {
    return { isLost: false, value: await work(held, local.signal) };
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

/** A renewal that fails is tried again; only one that says so has lost the lease. */
async function keepRenewing(held: HeldLease, clock: Clock, done: AbortSignal, tellLost: () => void): Promise<void> {
  while (!done.aborted) {
    try {
      await clock.sleep(Math.max(1_000, (held.expiresAtMs - clock.now()) / 3), { signal: done });
      if (!(await held.renew())) return tellLost();
    } catch (error) {
      if (done.aborted) return;
      if (clock.now() >= held.expiresAtMs) return tellLost();
      void error;
    }
  }
}
