import { ledgerMethods } from './ledger-methods.js';
import { LedgerState } from './ledger-state.js';
import type { Ledger } from './types.js';

/**
 * A ledger that lives as long as this object: for tests, dry runs, and schedulers that may forget. Closing it does
 * nothing, so that a scheduler can be started again with it.
 */
export function memoryLedger(): Ledger {
  const state = new LedgerState();
  const methods = ledgerMethods(async (call) => {
    const { answer, entries } = call(state);
    for (const entry of entries) state.apply(entry);
    return answer;
  });
  return { ...methods, close: async () => {} };
}
