import assert from 'node:assert/strict';
import {
  claimOf,
  everyItem,
  freshRecord,
  launchIn,
  onLedger,
  onTwoLedgers,
  startMs,
  type LedgerPromise,
} from './store.js';

/** What becomes of launches. */
export const launchPromises: readonly LedgerPromise[] = [
  {
    name: 'mark: changes what it names, and the version grows by one',
    check: onLedger(async (ledger) => {
      const claim = claimOf('a');
      await ledger.claim([claim]);
      const first = { state: 'launching', tries: 1, firstTriedAtMs: startMs + 5, changedAtMs: startMs + 5 } as const;
      const afterFirst = { ...freshRecord(claim), ...first, version: 2 };
      assert.deepEqual(await ledger.mark('a', 1, first), afterFirst, 'mark should give the changed record');
      const second = {
        state: 'due',
        problem: 'no\nanswer',
        notBeforeMs: startMs + 60_000,
        changedAtMs: startMs + 9,
      } as const;
      const afterSecond = { ...afterFirst, ...second, version: 3 };
      assert.deepEqual(await ledger.mark('a', 2, second), afterSecond, 'mark should leave the rest as it was');
      assert.deepEqual((await ledger.find(['a'])).get('a'), afterSecond, 'the change should be found');
    }),
  },
  {
    name: 'mark: with a version that was overtaken, or without a record, changes nothing',
    check: onLedger(async (ledger) => {
      await ledger.claim([claimOf('a')]);
      const marked = await ledger.mark('a', 1, { state: 'launching', changedAtMs: startMs });
      const change = { state: 'missed', changedAtMs: startMs } as const;
      for (const version of [0, 1, 3]) {
        assert.equal(await ledger.mark('a', version, change), null, `version ${version} should not fit`);
      }
      assert.equal(await ledger.mark('nothing', 1, change), null, 'a record that is not there should not fit');
      assert.deepEqual(await ledger.find(['a', 'nothing']), new Map([['a', marked]]), 'nothing should have changed');
    }),
  },
  {
    name: 'mark: of many who change a version at the same time, one does',
    check: onTwoLedgers(async (one, other) => {
      await one.claim([claimOf('a')]);
      const marked = await Promise.all(
        Array.from({ length: 10 }, (_, tries) =>
          (tries % 2 === 0 ? one : other).mark('a', 1, { state: 'launching', tries, changedAtMs: startMs }),
        ),
      );
      const winners = marked.filter((record) => record !== null);
      assert.equal(winners.length, 1, 'one mark of a version should be made');
      assert.deepEqual((await one.find(['a'])).get('a'), winners[0], 'the mark that was made should stand');
    }),
  },
  {
    name: 'launches: those in the states asked for, by due time, then by key',
    check: onLedger(async (ledger) => {
      const claims = [
        claimOf('late', { dueMs: startMs + 2 }),
        claimOf('z', { dueMs: startMs }),
        claimOf('early', { dueMs: startMs - 1 }),
        claimOf('a', { dueMs: startMs }),
        claimOf('over', { dueMs: startMs + 1 }),
      ];
      await ledger.claim(claims);
      await ledger.mark('z', 1, { state: 'launching', changedAtMs: startMs + 9 });
      await ledger.mark('over', 1, { state: 'refused', changedAtMs: startMs + 9 });
      const keysIn = async (...states: Parameters<typeof ledger.launches>[0]['states'][number][]) =>
        (await everyItem(ledger.launches({ states }))).map(({ launch }) => launch.key);
      assert.deepEqual(await keysIn('due', 'launching'), ['early', 'a', 'z', 'late'], 'launches should come in order');
      assert.deepEqual(
        await keysIn('refused', 'due', 'refused'),
        ['early', 'a', 'over', 'late'],
        'a state may be named twice',
      );
      assert.deepEqual(await keysIn('launched'), [], 'no launch should be in a state that none is in');
      assert.deepEqual(await keysIn(), [], 'no launch should be in no state');
    }),
  },
  {
    name: 'launches: each comes once, though they are changed on the way',
    check: onLedger(async (ledger) => {
      const keys = Array.from({ length: 30 }, (_, index) => `key ${String(index).padStart(2, '0')}`);
      await ledger.claim(keys.map((key) => claimOf(key)));
      const seen: string[] = [];
      for await (const { launch, version } of ledger.launches({ states: ['due', 'launched'] })) {
        seen.push(launch.key);
        await ledger.mark(launch.key, version, { state: 'launched', changedAtMs: startMs + 1 });
      }
      assert.deepEqual(seen, keys, 'each launch should come once');
    }),
  },
  {
    name: 'prune: forgets launches that came to an end before, and lets their keys be claimed again',
    check: onLedger(async (ledger) => {
      for (const state of ['launched', 'refused', 'missed', 'launching'] as const) {
        await launchIn(ledger, `old ${state}`, state, startMs + 9);
        await launchIn(ledger, `new ${state}`, state, startMs + 10);
      }
      await ledger.claim([claimOf('old due')]);
      await ledger.prune({ launchesMs: startMs + 10, notesMs: startMs });
      const states = ['due', 'launching', 'launched', 'refused', 'missed'] as const;
      const left = (await everyItem(ledger.launches({ states }))).map(({ launch }) => launch.key);
      const expected = ['new launched', 'new launching', 'new missed', 'new refused', 'old due', 'old launching'];
      assert.deepEqual(left, expected, 'what is not over, or was over later, should be kept');
      const [again] = await ledger.claim([claimOf('old launched')]);
      const expectedAgain = { isNew: true, record: freshRecord(claimOf('old launched')) };
      assert.deepEqual(again, expectedAgain, 'a forgotten key should be new');
      await ledger.prune({ launchesMs: startMs + 10, notesMs: startMs });
      assert.equal((await ledger.find(['old launched'])).size, 1, 'what was claimed again is not over');
    }),
  },
];
