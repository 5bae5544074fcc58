import {
  claimChange,
  markChange,
  noteChange,
  pruneChange,
  watermarkChange,
  type LedgerChange,
} from './ledger-changes.js';
import type { LedgerState } from './ledger-state.js';
import type { LaunchRecord, Ledger } from './types.js';

/** Makes one call to a ledger: what it comes to, with what the ledger holds when its turn comes. */
export type PerformCall = <T>(call: (state: LedgerState) => LedgerChange<T>) => Promise<T>;

/** The calls of a ledger, for whoever keeps its state and performs them one after the other. */
export function ledgerMethods(perform: PerformCall): Omit<Ledger, 'close'> {
  const read = <T>(answer: (state: LedgerState) => T) => perform((state) => ({ answer: answer(state), entries: [] }));
  return {
    claim: (claims, options) => perform((state) => claimChange(state, claims, options)),
    mark: (key, version, change, options) => perform((state) => markChange(state, key, version, change, options)),
    find: (keys) => read((state) => recordsOf(state, keys)),
    async *launches({ states }) {
      yield* await read((state) => state.launchesIn(states));
    },
    watermark: (name) => read((state) => state.watermark(name) ?? null),
    moveWatermark: (name, from, to, options) => perform((state) => watermarkChange(state, { name, from, to }, options)),
    note: (notes, options) => perform((state) => noteChange(state, notes, options)),
    async *notes(filter = {}) {
      yield* await read((state) => state.notes(filter));
    },
    prune: (before, options) => perform((state) => pruneChange(state, before, options)),
  };
}

function recordsOf(state: LedgerState, keys: readonly string[]): ReadonlyMap<string, LaunchRecord> {
  const found = new Map<string, LaunchRecord>();
  for (const key of keys) {
    const record = state.launch(key);
    if (record !== undefined) found.set(key, record);
  }
  return found;
}
