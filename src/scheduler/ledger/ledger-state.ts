import type { LedgerEntry } from './ledger-entry.js';
import { TimeList } from './time-list.js';
import type { LaunchRecord, LaunchState, NoteFilter, ReasonNote } from './types.js';

/** What a ledger holds after its entries, in memory. It takes every entry and refuses none. */
export class LedgerState {
  readonly #launches = new Map<string, LaunchRecord>();
  readonly #byState: Readonly<Record<LaunchState, Map<string, LaunchRecord>>> = {
    due: new Map(),
    launching: new Map(),
    launched: new Map(),
    refused: new Map(),
    missed: new Map(),
  };
  /** Those that came to an end, and such as have changed since. */
  readonly #ended = new TimeList<LaunchRecord>(({ changedAtMs }) => changedAtMs);
  readonly #watermarks = new Map<string, string>();
  readonly #notes = new TimeList<ReasonNote>(({ atMs }) => atMs);
  #token = -Infinity;

  /** The highest fencing token that a change came with; -Infinity: none did. */
  get token(): number {
    return this.#token;
  }

  /** How many things it holds. */
  get size(): number {
    return this.#launches.size + this.#watermarks.size + this.#notes.size;
  }

  apply(entry: LedgerEntry): void {
    switch (entry.kind) {
      case 'launch':
        return this.#put(entry.record);
      case 'watermark':
        this.#watermarks.set(entry.name, entry.text);
        return;
      case 'note':
        return this.#notes.add(entry.note);
      case 'prune':
        return this.#prune(entry.launchesMs, entry.notesMs);
      case 'token':
        this.#token = Math.max(this.#token, entry.token);
    }
  }

  launch(key: string): LaunchRecord | undefined {
    return this.#launches.get(key);
  }

  /** By due time, then by key. */
  launchesIn(states: readonly LaunchState[]): readonly LaunchRecord[] {
    return [...new Set(states)].flatMap((state) => [...this.#byState[state].values()]).sort(byDueTime);
  }

  watermark(name: string): string | undefined {
    return this.#watermarks.get(name);
  }

  /** Oldest first. */
  notes({ task, board, sinceMs = -Infinity }: NoteFilter): readonly ReasonNote[] {
    return this.#notes
      .since(sinceMs)
      .filter(
        (note) =>
          (task === undefined || note.task === null || note.task === task) &&
          (board === undefined || note.board === null || note.board === board),
      );
  }

  /** Whether there may be something to forget. */
  hasBefore(launchesMs: number, notesMs: number): boolean {
    return this.#ended.startsBefore(launchesMs) || this.#notes.startsBefore(notesMs);
  }

  /** What makes an empty ledger into one like this. */
  *entries(): Generator<LedgerEntry> {
    if (this.#token !== -Infinity) yield { kind: 'token', token: this.#token };
    for (const [name, text] of this.#watermarks) yield { kind: 'watermark', name, text };
    for (const record of this.#launches.values()) yield { kind: 'launch', record };
    for (const note of this.#notes.since(-Infinity)) yield { kind: 'note', note };
  }

  #put(record: LaunchRecord): void {
    const { key } = record.launch;
    const before = this.#launches.get(key);
    if (before !== undefined) this.#byState[before.state].delete(key);
    this.#launches.set(key, record);
    this.#byState[record.state].set(key, record);
    if (hasEnded(record)) this.#ended.add(record);
  }

  #prune(launchesMs: number, notesMs: number): void {
    for (const record of this.#ended.takeBefore(launchesMs)) {
      const { key } = record.launch;
      if (this.#launches.get(key) !== record) continue;
      this.#launches.delete(key);
      this.#byState[record.state].delete(key);
    }
    this.#notes.takeBefore(notesMs);
  }
}

function hasEnded({ state }: LaunchRecord): boolean {
  return state === 'launched' || state === 'refused' || state === 'missed';
}

function byDueTime(a: LaunchRecord, b: LaunchRecord): number {
  if (a.launch.dueMs !== b.launch.dueMs) return a.launch.dueMs - b.launch.dueMs;
  return a.launch.key < b.launch.key ? -1 : 1;
}
