import { systemClock, type Clock } from '../../runtime/clock.js';
import { silentLogger, type Logger } from '../../runtime/logger.js';
import type { HeldLease } from './lease.js';

/** Options of {@link keepLease}. */
export interface KeepLeaseOptions {
  /** Stops the renewing; the lease is not released. */
  readonly signal?: AbortSignal | undefined;
  /** @defaultValue the computer's clock */
  readonly clock?: Clock | undefined;
  /** Is told of tries that failed. @defaultValue nobody */
  readonly logger?: Logger | undefined;
}

/**
 * Renews a lease each third of its time to live. Resolves when it is lost: somebody else has it, or its time has passed
 * while it could not be renewed. Rejects with `signal.reason` when aborted.
 */
export async function keepLease(lease: HeldLease, options: KeepLeaseOptions = {}): Promise<void> {
  const { clock = systemClock, logger = silentLogger, signal } = options;
  const everyMs = Math.max(1, (lease.expiresAtMs - clock.now()) / 3);
  for (;;) {
    await clock.sleep(everyMs, { signal });
    try {
      if (!(await lease.renew())) return;
    } catch (error) {
      if (clock.now() >= lease.expiresAtMs) return;
      logger.warn('The lease could not be renewed; it is tried again', { error, token: lease.token });
    }
  }
}
