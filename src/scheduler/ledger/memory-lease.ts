import { onAbort } from '../../runtime/abort.js';
import type { Clock } from '../../runtime/clock.js';
import { LeaseHeldError, type HeldLease, type Lease } from './lease.js';
import { checkTtl } from './lease-options.js';

/** Options of {@link memoryLease}. */
export interface MemoryLeaseOptions {
  readonly clock: Clock;
  /** How long it is held when it is not renewed, in ms. */
  readonly ttlMs: number;
}

/**
 * A lease among those who share this object: schedulers in one process, tests.
 *
 * When the clock goes back, a lease that nobody renews is held longer by as much; when it jumps ahead, a holder that
 * is alive may lose it, and is told so by `renew`.
 */
export function memoryLease(options: MemoryLeaseOptions): Lease {
  const { clock } = options;
  const ttlMs = checkTtl(options.ttlMs);
  let latest: Held | undefined;
  const waiting = new Set<AbortController>();
  const wakeAll = () => {
    for (const waiter of waiting) waiter.abort();
  };

  const holderNow = () => (latest !== undefined && latest.expiresAtMs > clock.now() ? latest : undefined);

  const take = (holder: string): HeldLease => {
    const held: Held = { token: (latest?.token ?? 0) + 1, holder, expiresAtMs: clock.now() + ttlMs };
    latest = held;
    return {
      token: held.token,
      holder,
      get expiresAtMs() {
        return held.expiresAtMs;
      },
      async renew() {
        if (holderNow() !== held) return false;
        held.expiresAtMs = clock.now() + ttlMs;
        return true;
      },
      async release() {
        if (latest !== held || held.expiresAtMs === -Infinity) return;
        held.expiresAtMs = -Infinity;
        wakeAll();
      },
    };
  };

  const untilFree = async (ms: number, signal: AbortSignal | undefined) => {
    const waiter = new AbortController();
    waiting.add(waiter);
    const stopListening = onAbort(signal, () => waiter.abort());
    try {
      await clock.sleep(ms, { signal: waiter.signal });
    } catch (error) {
      signal?.throwIfAborted();
      if (!waiter.signal.aborted) throw error;
    } finally {
      stopListening();
      waiting.delete(waiter);
    }
  };

  return {
    async acquire({ holder, wait = false, signal, deadlineMs = Infinity }) {
      const endMs = clock.now() + deadlineMs;
      for (;;) {
        signal?.throwIfAborted();
        const other = holderNow();
        if (other === undefined) return take(holder);
        const nowMs = clock.now();
        if (!wait || nowMs >= endMs) throw new LeaseHeldError('the lease', other.holder, other.expiresAtMs);
        await untilFree(Math.min(other.expiresAtMs, endMs) - nowMs, signal);
      }
    },
  };
}

interface Held {
  readonly token: number;
  readonly holder: string;
  /** -Infinity: it was released. */
  expiresAtMs: number;
}
