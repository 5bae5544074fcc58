import type { LaunchRecord, ReasonNote } from './types.js';

/** One thing that happened to a ledger. A ledger is what its entries make of it, one after the other. */
export type LedgerEntry =
  | { readonly kind: 'launch'; readonly record: LaunchRecord }
  | { readonly kind: 'watermark'; readonly name: string; readonly text: string }
  | { readonly kind: 'note'; readonly note: ReasonNote }
  | { readonly kind: 'prune'; readonly launchesMs: number; readonly notesMs: number }
  | { readonly kind: 'token'; readonly token: number };
