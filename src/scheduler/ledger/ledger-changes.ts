import { StaleLeaseError } from './lease.js';
import type { LedgerEntry } from './ledger-entry.js';
import type { LedgerState } from './ledger-state.js';
import { checkToken, checkWatermark, keptLimit, keptLaunch, keptNote, keptRecord } from './ledger-values.js';
import type { ClaimAnswer, LaunchChange, LaunchClaim, LaunchRecord, LedgerWriteOptions, ReasonNote } from './types.js';

/** What a call answers, and what it does to the ledger. */
export interface LedgerChange<T> {
  readonly answer: T;
  readonly entries: readonly LedgerEntry[];
}

type WriteOptions = LedgerWriteOptions | undefined;

/** What `Ledger.claim` comes to. */
export function claimChange(
  state: LedgerState,
  claims: readonly LaunchClaim[],
  options: WriteOptions,
): LedgerChange<readonly ClaimAnswer[]> {
  const entries = tokenEntries(state, options);
  const claimed = new Map<string, LaunchRecord>();
  const answer = claims.map((claim): ClaimAnswer => {
    const { key } = claim.launch;
    const known = state.launch(key) ?? claimed.get(key);
    if (known !== undefined) return { isNew: false, record: known };
    const record = keptRecord(newRecord(claim));
    claimed.set(key, record);
    return { isNew: true, record };
  });
  for (const record of claimed.values()) entries.push({ kind: 'launch', record });
  return { answer, entries };
}

/** What `Ledger.mark` comes to. */
export function markChange(
  state: LedgerState,
  key: string,
  version: number,
  change: LaunchChange,
  options: WriteOptions,
): LedgerChange<LaunchRecord | null> {
  const entries = tokenEntries(state, options);
  const known = state.launch(key);
  if (known?.version !== version) return { answer: null, entries };
  const record = keptRecord({ ...known, ...change, launch: known.launch, version: version + 1 });
  entries.push({ kind: 'launch', record });
  return { answer: record, entries };
}

/** What `Ledger.moveWatermark` comes to. */
export function watermarkChange(
  state: LedgerState,
  move: { readonly name: string; readonly from: string | null; readonly to: string },
  options: WriteOptions,
): LedgerChange<boolean> {
  const { name, from, to } = move;
  checkWatermark(name, to);
  const entries = tokenEntries(state, options);
  if ((state.watermark(name) ?? null) !== from) return { answer: false, entries };
  entries.push({ kind: 'watermark', name, text: to });
  return { answer: true, entries };
}

/** What `Ledger.note` comes to. */
export function noteChange(
  state: LedgerState,
  notes: readonly ReasonNote[],
  options: WriteOptions,
): LedgerChange<undefined> {
  const entries = tokenEntries(state, options);
  for (const note of notes) entries.push({ kind: 'note', note: keptNote(note) });
  return { answer: undefined, entries };
}

/** What `Ledger.prune` comes to. */
export function pruneChange(
  state: LedgerState,
  before: { readonly launchesMs: number; readonly notesMs: number },
  options: WriteOptions,
): LedgerChange<undefined> {
  const launchesMs = keptLimit('launchesMs', before.launchesMs);
  const notesMs = keptLimit('notesMs', before.notesMs);
  const entries = tokenEntries(state, options);
  if (state.hasBefore(launchesMs, notesMs)) entries.push({ kind: 'prune', launchesMs, notesMs });
  return { answer: undefined, entries };
}

/** Refuses a change under a lease that was lost, and keeps the token of one that is new. */
function tokenEntries(state: LedgerState, options: WriteOptions): LedgerEntry[] {
  const token = options?.token;
  if (token === undefined) return [];
  checkToken(token);
  if (token < state.token) throw new StaleLeaseError(token, state.token);
  return token > state.token ? [{ kind: 'token', token }] : [];
}

function newRecord({ launch, claimedAtMs, expiresAtMs, notBeforeMs }: LaunchClaim): LaunchRecord {
  return {
    launch: keptLaunch(launch),
    state: 'due',
    version: 1,
    claimedAtMs,
    changedAtMs: claimedAtMs,
    expiresAtMs,
    notBeforeMs,
    tries: 0,
    firstTriedAtMs: null,
    jobId: null,
    problem: null,
  };
}
