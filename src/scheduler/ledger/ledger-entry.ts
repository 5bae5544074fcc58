import { checkToken, checkWatermark, keptLaunch, keptLimit, keptNote, keptRecord } from './ledger-values.js';
import type { LaunchRecord, ReasonNote } from './types.js';

/** One thing that happened to a ledger. A ledger is what its entries make of it, one after the other. */
export type LedgerEntry =
  | { readonly kind: 'launch'; readonly record: LaunchRecord }
  | { readonly kind: 'watermark'; readonly name: string; readonly text: string }
  | { readonly kind: 'note'; readonly note: ReasonNote }
  | { readonly kind: 'prune'; readonly launchesMs: number; readonly notesMs: number }
  | { readonly kind: 'token'; readonly token: number };

/** An entry that was kept as JSON; undefined for what is none. */
export function readLedgerEntry(value: unknown): LedgerEntry | undefined {
  try {
    return checkedEntry(value as LedgerEntry);
  } catch {
    return undefined;
  }
}

/** Believes nothing of the type: a field that is not there, or is something else, throws. */
function checkedEntry(entry: LedgerEntry): LedgerEntry | undefined {
  switch (entry.kind) {
    case 'launch':
      return { kind: 'launch', record: keptRecord({ ...entry.record, launch: keptLaunch(entry.record.launch) }) };
    case 'watermark':
      checkWatermark(entry.name, entry.text);
      return entry;
    case 'note':
      return { kind: 'note', note: keptNote(entry.note) };
    case 'prune':
      keptLimit('launchesMs', entry.launchesMs);
      keptLimit('notesMs', entry.notesMs);
      return entry;
    case 'token':
      checkToken(entry.token);
      return entry;
    default:
      return undefined;
  }
}
