import { LedgerOptionError } from './errors.js';

/** A time to live. Throws `LedgerOptionError` where it is none. */
export function checkTtl(ttlMs: number): number {
  if (Number.isFinite(ttlMs) && ttlMs > 0) return ttlMs;
  throw new LedgerOptionError('ttlMs', 'a number of milliseconds above 0');
}
