import assert from 'node:assert/strict';
import { StaleLeaseError, type Ledger, type LedgerWriteOptions } from '../../../index.js';
import { errorOf } from '../expect-rejection.js';
import { claimOf, everyItem, onTwoLedgers, startMs, type LedgerPromise } from './store.js';

/** Who has lost the lease changes nothing. */
export const fencingPromises: readonly LedgerPromise[] = [
  {
    name: 'token: a change with a lower one than was seen is refused, whatever the change',
    check: onTwoLedgers(async (one, other) => {
      await one.claim([claimOf('a')], { token: 7 });
      for (const [method, change] of Object.entries(changes)) {
        const error = await errorOf(change(other, { token: 6 }), StaleLeaseError, `${method} should reject`);
        assert.equal(error.token, 6, 'a StaleLeaseError should say whose token it was');
      }
      assert.deepEqual(
        [...(await one.find(['a', 'b'])).values()].map(({ version }) => version),
        [1],
      );
      assert.equal(await one.watermark('nightly'), null, 'no watermark should have moved');
      assert.deepEqual(await everyItem(one.notes()), [], 'no note should have been kept');
    }),
  },
  {
    name: 'token: the same or a higher one, or none, is taken',
    check: onTwoLedgers(async (one, other) => {
      await one.note([], { token: 7 });
      for (const change of Object.values(changes)) {
        for (const options of [{ token: 7 }, {}, { token: undefined }, undefined]) await change(other, options);
      }
      await one.note([], { token: 8 });
      await errorOf(other.note([], { token: 7 }), StaleLeaseError, 'the token before should be refused from now on');
    }),
  },
  {
    name: 'token: any change shows it, though nothing came of the change',
    check: onTwoLedgers(async (one, other) => {
      let token = 10;
      for (const [method, change] of Object.entries(changes)) {
        await change(one);
        token += 2;
        await change(one, { token });
        await errorOf(other.note([], { token: token - 1 }), StaleLeaseError, `${method} should have shown its token`);
      }
    }),
  },
];

const changes: Readonly<Record<string, (ledger: Ledger, options?: LedgerWriteOptions) => Promise<unknown>>> = {
  claim: (ledger, options) => ledger.claim([claimOf('b')], options),
  mark: (ledger, options) => ledger.mark('a', 1, { state: 'missed', changedAtMs: startMs }, options),
  moveWatermark: (ledger, options) => ledger.moveWatermark('nightly', null, '1', options),
  note: (ledger, options) => ledger.note([{ atMs: startMs, task: null, board: null, code: 'x', text: '' }], options),
  prune: (ledger, options) => ledger.prune({ launchesMs: startMs, notesMs: startMs }, options),
};
