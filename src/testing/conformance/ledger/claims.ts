import assert from 'node:assert/strict';
import { claimOf, freshRecord, onLedger, onTwoLedgers, startMs, type LedgerPromise } from './store.js';

/** Each key is new once (C1). */
export const claimPromises: readonly LedgerPromise[] = [
  {
    name: 'claim: a key that is not there is new, and its record says all that was claimed',
    check: onLedger(async (ledger) => {
      const claim = { ...claimOf('a'), notBeforeMs: startMs + 1_000 };
      const answers = await ledger.claim([claim]);
      assert.deepEqual(answers, [{ isNew: true, record: freshRecord(claim) }], 'a first claim should be new');
      const found = await ledger.find(['a']);
      assert.deepEqual(found, new Map([['a', freshRecord(claim)]]), 'what was claimed should be found');
    }),
  },
  {
    name: 'claim: a key that is there is not new, and the record that stands is told',
    check: onLedger(async (ledger) => {
      await ledger.claim([claimOf('a')]);
      const marked = await ledger.mark('a', 1, { state: 'launched', jobId: 7, changedAtMs: startMs + 1 });
      const [answer] = await ledger.claim([{ ...claimOf('a', { suite: 'other' }), claimedAtMs: startMs + 2 }]);
      assert.deepEqual(answer, { isNew: false, record: marked }, 'a second claim should change nothing');
    }),
  },
  {
    name: 'claim: answers come in the order of the claims, and a key twice in one call is new once',
    check: onLedger(async (ledger) => {
      await ledger.claim([claimOf('b')]);
      const answers = await ledger.claim(['c', 'b', 'a', 'c'].map((key) => claimOf(key)));
      const seen = answers.map(({ isNew, record }) => [record.launch.key, isNew]);
      const expected = [
        ['c', true],
        ['b', false],
        ['a', true],
        ['c', false],
      ];
      assert.deepEqual(seen, expected, 'claim should answer for each claim in its place');
      assert.deepEqual(await ledger.claim([]), [], 'no claims should have no answers');
    }),
  },
  {
    name: 'claim: of many who claim a key at the same time, one is told that it is new',
    check: onTwoLedgers(async (one, other) => {
      const keys = Array.from({ length: 20 }, (_, index) => `key ${index}`);
      const callers = Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? one : other));
      const answers = await Promise.all(
        callers.map((ledger, index) => {
          const inSomeOrder = index % 3 === 0 ? keys.toReversed() : keys;
          return ledger.claim(inSomeOrder.map((key) => claimOf(key)));
        }),
      );
      const winners = answers.flat().filter(({ isNew }) => isNew);
      assert.deepEqual(
        winners.map(({ record }) => record.launch.key).sort(),
        keys.toSorted(),
        'each key should be new once',
      );
    }),
  },
  {
    name: 'claim: what the caller does to its claim afterwards changes nothing',
    check: onLedger(async (ledger) => {
      const builds: Record<string, string> = { 'cros-version': 'a-release/R1-1.0.0' };
      await ledger.claim([claimOf('a', { builds })]);
      builds['cros-version'] = 'b-release/R2-2.0.0';
      const record = (await ledger.find(['a'])).get('a');
      assert.deepEqual(record?.launch.builds, { 'cros-version': 'a-release/R1-1.0.0' }, 'the builds should be kept');
    }),
  },
  {
    name: 'find: only what is there',
    check: onLedger(async (ledger) => {
      await ledger.claim([claimOf('a'), claimOf('b')]);
      const found = await ledger.find(['b', 'nothing', 'b', '__proto__']);
      assert.deepEqual([...found.keys()], ['b'], 'find should give the records of the keys that there are');
      assert.equal((await ledger.find([])).size, 0, 'nothing should be found for no keys');
    }),
  },
];
