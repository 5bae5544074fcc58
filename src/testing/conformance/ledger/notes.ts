import assert from 'node:assert/strict';
import type { NoteFilter, ReasonNote } from '../../../index.js';
import { everyItem, onLedger, startMs, type LedgerPromise } from './store.js';

/** Why what was decided was decided (C3). */
export const notePromises: readonly LedgerPromise[] = [
  {
    name: 'notes: all that were kept, oldest first, those of one time in the order in which they came',
    check: onLedger(async (ledger) => {
      await ledger.note([noteAt(5, 'a'), noteAt(7, 'b')]);
      await ledger.note([]);
      await ledger.note([noteAt(6, 'c'), noteAt(5, 'd'), noteAt(7, 'e')]);
      assert.deepEqual(
        await everyItem(ledger.notes()),
        [noteAt(5, 'a'), noteAt(5, 'd'), noteAt(6, 'c'), noteAt(7, 'b'), noteAt(7, 'e')],
        'notes should come whole, and oldest first',
      );
    }),
  },
  {
    name: 'notes: of a task and a board come with those about all of them',
    check: onLedger(async (ledger) => {
      await ledger.note([
        noteAt(1, 'scheduler'),
        noteAt(2, 'nightly', { task: 'Nightly' }),
        noteAt(3, 'mario', { board: 'x86-mario' }),
        noteAt(4, 'both', { task: 'Nightly', board: 'x86-mario' }),
        noteAt(5, 'other board', { task: 'Nightly', board: 'lumpy' }),
        noteAt(6, 'other task', { task: 'Weekly', board: 'x86-mario' }),
      ]);
      const codes = async (filter: NoteFilter) => (await everyItem(ledger.notes(filter))).map(({ code }) => code);
      const all = ['scheduler', 'nightly', 'mario', 'both', 'other board', 'other task'];
      assert.deepEqual(await codes({}), all);
      assert.deepEqual(await codes({ task: 'Nightly' }), ['scheduler', 'nightly', 'mario', 'both', 'other board']);
      assert.deepEqual(await codes({ board: 'x86-mario' }), ['scheduler', 'nightly', 'mario', 'both', 'other task']);
      const together = { task: 'Nightly', board: 'x86-mario', sinceMs: startMs + 2 };
      assert.deepEqual(await codes(together), ['nightly', 'mario', 'both'], 'all conditions should hold');
    }),
  },
  {
    name: 'prune: forgets notes before a time',
    check: onLedger(async (ledger) => {
      await ledger.note([noteAt(5, 'a'), noteAt(7, 'b'), noteAt(6, 'c')]);
      await ledger.prune({ launchesMs: startMs, notesMs: startMs + 6 });
      assert.deepEqual(await everyItem(ledger.notes()), [noteAt(6, 'c'), noteAt(7, 'b')]);
    }),
  },
];

function noteAt(ms: number, code: string, about: Partial<ReasonNote> = {}): ReasonNote {
  return { atMs: startMs + ms, task: null, board: null, code, text: `because of\n"${code}"`, ...about };
}
