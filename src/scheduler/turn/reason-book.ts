import type { Decision } from '../decide/facts.js';
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
    const groups = new Map<string, HoldingReason[]>();
    for (const reason of reasons) {
      const place = placeOf(reason);
      const group = groups.get(place);
      if (group === undefined) groups.set(place, [reason]);
      else group.push(reason);
    }
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

/** The reasons of decisions. */
export function reasonsOf(decisions: readonly Decision[]): readonly HoldingReason[] {
  return decisions.map(({ task, board, reason, launch }) => ({
    task,
    board,
    reason:
      reason.code === 'launch' && launch !== null
        ? { code: reason.code, text: `${launch.suite} on ${launch.testSourceBuild} is to be started` }
        : reason,
  }));
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
