import type { ConformanceCase } from './conformance-case.js';
import { claimPromises } from './ledger/claims.js';
import { fencingPromises } from './ledger/fencing.js';
import { launchPromises } from './ledger/launches.js';
import { lastingPromises } from './ledger/lasting.js';
import { notePromises } from './ledger/notes.js';
import type { LedgerPromise, LedgerStore } from './ledger/store.js';
import { watermarkPromises } from './ledger/watermarks.js';

/**
 * The promises of `Ledger`, each as a case, for tests of a ledger of one's own:
 *
 * ```ts
 * const store = async () => {
 *   const schema = await freshSchema();
 *   return { open: () => postgresLedger({ schema }), lasts: true, shared: true, dispose: () => schema.drop() };
 * };
 * for (const { name, run } of ledgerConformance(store)) test(name, run);
 * ```
 *
 * @param store - makes an empty store for one case
 */
export function ledgerConformance(store: () => LedgerStore | PromiseLike<LedgerStore>): readonly ConformanceCase[] {
  return promises.map(({ name, check }) => ({
    name,
    async run() {
      const made = await store();
      try {
        await check(made);
      } finally {
        await made.dispose?.();
      }
    },
  }));
}

const promises: readonly LedgerPromise[] = [
  ...claimPromises,
  ...launchPromises,
  ...watermarkPromises,
  ...notePromises,
  ...fencingPromises,
  ...lastingPromises,
];
