import type { Ledger, LedgerWriteOptions, ReasonNote } from '../ledger/types.js';

/** A reason that holds for a task and a board from now on; null: for the scheduler itself, for all boards. */
export interface HoldingReason {
  readonly task: string | null;
  readonly board: string | null;
  readonly reason: { readonly code: string; readonly text: string };
}

/**
 * Keeps why each task did what on each board: only what changes, so that a reason that holds for a week is one note, and
 * last night can be asked about (C3).
 */
export class ReasonBook {
  readonly #ledger: Pick<Ledger, 'note' | 'notes'>;
  readonly #renewMs: number;
  readonly #last = new Map<string, LastNotes>();
  #hasRead = false;

  /** @param keepMs - after this time the ledger forgets notes: a reason that still holds is noted anew before */
  constructor(ledger: Pick<Ledger, 'note' | 'notes'>, keepMs: number) {
    this.#ledger = ledger;
    this.#renewMs = keepMs / 2;
  }

  /** Notes what was decided, where it is another reason than before. */
  async keep(atMs: number, reasons: readonly HoldingReason[], options: LedgerWriteOptions): Promise<void> {
    await this.#readLast();
    const groups = inGroups(reasons);
    const notes: ReasonNote[] = [];
    const changed = new Map<string, LastNotes>();
    for (const [place, group] of groups) {
      const text = group.map(({ reason }) => textOf(reason)).join('\n');
      const last = this.#last.get(place);
      if (last?.text === text && atMs - last.atMs < this.#renewMs) continue;
      changed.set(place, { atMs, text });
      notes.push(
        ...group.map(({ task, board, reason }) => ({ atMs, task, board, code: reason.code, text: reason.text })),
      );
    }
    if (notes.length === 0) return;
    await this.#ledger.note(notes, options);
    // Not before they are kept: what the ledger would not take is said again.
    for (const [place, last] of changed) this.#last.set(place, last);
  }

  /** After a restart what was said last still holds. */
  async #readLast(): Promise<void> {
    if (this.#hasRead) return;
    this.#last.clear();
    for await (const note of this.#ledger.notes()) {
      const place = placeOf(note);
      const before = this.#last.get(place);
      const text = textOf(note);
      const isOneMore = before !== undefined && before.atMs === note.atMs;
      this.#last.set(place, { atMs: note.atMs, text: isOneMore ? `${before.text}\n${text}` : text });
    }
    this.#hasRead = true;
  }
}

/** By task and board. What is about the same two stands together mostly. */
function inGroups(reasons: readonly HoldingReason[]): ReadonlyMap<string, readonly HoldingReason[]> {
  const groups = new Map<string, HoldingReason[]>();
  let before: HoldingReason | undefined;
  let group: HoldingReason[] = [];
  for (const reason of reasons) {
    if (before?.task !== reason.task || before.board !== reason.board) {
      const place = placeOf(reason);
      group = groups.get(place) ?? [];
      if (group.length === 0) groups.set(place, group);
    }
    group.push(reason);
    before = reason;
  }
  return groups;
}

/** What was noted last of a task on a board. */
interface LastNotes {
  readonly atMs: number;
  readonly text: string;
}

function placeOf({ task, board }: { readonly task: string | null; readonly board: string | null }): string {
  return `${task ?? ''}\n${board ?? ''}`;
}

function textOf({ code, text }: { readonly code: string; readonly text: string }): string {
  return `${code}: ${text}`;
}
