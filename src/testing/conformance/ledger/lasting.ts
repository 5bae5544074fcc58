import assert from 'node:assert/strict';
import { StaleLeaseError } from '../../../index.js';
import { errorOf } from '../expect-rejection.js';
import { claimOf, everyItem, launchIn, onLedger, startMs, type LedgerPromise, type LedgerStore } from './store.js';

/** What was confirmed outlives the ledger that confirmed it, where the store lasts. */
export const lastingPromises: readonly LedgerPromise[] = [
  {
    name: 'close: may be called again',
    check: onLedger(async (ledger) => {
      await ledger.claim([claimOf('a')]);
      await ledger.close();
    }),
  },
  {
    name: 'close: what was confirmed is there when it is opened again',
    check: onLastingStore(async (store) => {
      const ledger = await store.open();
      await launchIn(ledger, 'old', 'missed', startMs);
      await ledger.claim([claimOf('a'), claimOf('b')], { token: 5 });
      await ledger.mark('b', 1, { state: 'launched', jobId: 12, problem: 'Größe', changedAtMs: startMs + 3 });
      await ledger.moveWatermark('nightly', null, '1');
      await ledger.moveWatermark('nightly', '1', '2');
      const notes = ['x', 'y'].map((code) => ({ atMs: startMs, task: 'T', board: null, code, text: code }));
      await ledger.note(notes);
      await ledger.prune({ launchesMs: startMs + 1, notesMs: startMs });
      const before = await ledger.find(['a', 'b', 'old']);
      await ledger.close();
      await onLedger(async (again) => {
        assert.deepEqual(await again.find(['a', 'b', 'old']), before, 'every launch should be as it was');
        const due = await everyItem(again.launches({ states: ['due'] }));
        assert.deepEqual(due, [before.get('a')], 'launches should be as they were');
        assert.equal(await again.watermark('nightly'), '2', 'every watermark should be as it was');
        assert.deepEqual(await everyItem(again.notes()), notes, 'every note should be there, in order');
        assert.equal((await again.claim([claimOf('a')]))[0]?.isNew, false, 'what was claimed should not be new');
        await errorOf(again.note([], { token: 4 }), StaleLeaseError, 'the highest token should be remembered');
      })(store);
    }),
  },
  {
    name: 'close: calls that were under way are confirmed first',
    check: onLastingStore(async (store) => {
      const ledger = await store.open();
      const claiming = ledger.claim([claimOf('a')]);
      await ledger.close();
      const [answer] = await claiming;
      await onLedger(async (again) => {
        assert.equal((await again.find(['a'])).get('a')?.version, answer?.record.version);
      })(store);
    }),
  },
];

function onLastingStore(check: (store: LedgerStore) => Promise<void>): (store: LedgerStore) => Promise<void> {
  return async (store) => {
    if (store.lasts) await check(store);
  };
}
