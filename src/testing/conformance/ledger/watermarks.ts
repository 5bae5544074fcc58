import assert from 'node:assert/strict';
import { onLedger, onTwoLedgers, type LedgerPromise } from './store.js';

/** How far each event has been handled (C2). */
export const watermarkPromises: readonly LedgerPromise[] = [
  {
    name: 'watermark: null until it is set, then what it was set to',
    check: onLedger(async (ledger) => {
      for (const name of ['nightly', '__proto__', '']) {
        assert.equal(await ledger.watermark(name), null, `there should be no watermark "${name}" yet`);
        assert.equal(await ledger.moveWatermark(name, null, `${name} 1`), true, 'it should be set where there is none');
        assert.equal(await ledger.watermark(name), `${name} 1`, 'it should be what it was set to');
      }
      const long = 'Größe\n\u0000"'.repeat(10_000);
      assert.equal(await ledger.moveWatermark('nightly', 'nightly 1', long), true, 'a long text should be kept');
      assert.equal(await ledger.watermark('nightly'), long, 'a text should be kept to the letter');
    }),
  },
  {
    name: 'moveWatermark: only from what it is',
    check: onLedger(async (ledger) => {
      assert.equal(await ledger.moveWatermark('weekly', 'x', 'y'), false, 'what is not there should not be moved');
      await ledger.moveWatermark('weekly', null, '');
      assert.equal(await ledger.moveWatermark('weekly', null, 'y'), false, 'an empty text is not nothing');
      assert.equal(await ledger.moveWatermark('weekly', 'x', 'y'), false, 'it should not be moved from elsewhere');
      assert.equal(await ledger.watermark('weekly'), '', 'it should be where it was');
      assert.equal(await ledger.moveWatermark('weekly', '', 'y'), true, 'it should be moved from where it is');
    }),
  },
  {
    name: 'moveWatermark: of many who move it at the same time, one does',
    check: onTwoLedgers(async (one, other) => {
      const moved = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          (index % 2 === 0 ? one : other).moveWatermark('nightly', null, `mark ${index}`),
        ),
      );
      assert.equal(moved.filter(Boolean).length, 1, 'one move should be made');
      assert.equal(
        await other.watermark('nightly'),
        `mark ${moved.indexOf(true)}`,
        'the move that was made should stand',
      );
    }),
  },
];
