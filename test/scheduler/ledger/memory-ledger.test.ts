import { describe, expect, test } from 'vitest';
import { memoryLease } from '../../../src/scheduler/ledger/memory-lease.js';
import { memoryLedger } from '../../../src/scheduler/ledger/memory-ledger.js';
import { leaseConformance, ledgerConformance } from '../../../src/testing/index.js';
import { FakeClock } from '../../support/fake-clock.js';
import { claimOf, everyItem } from './ledger-data.js';

describe('the ledger in memory', () => {
  const store = () => {
    const ledger = memoryLedger();
    return { open: () => ledger, lasts: true, shared: true };
  };
  for (const { name, run } of ledgerConformance(store)) test(name, run);
});

describe('the lease in memory', () => {
  const connect: Parameters<typeof leaseConformance>[0] = (options) => {
    const lease = memoryLease(options);
    return { lease, rival: lease };
  };
  for (const { name, run } of leaseConformance(connect)) test(name, run);
});

test('a year of hourly turns takes seconds, however much is kept', async () => {
  const ledger = memoryLedger();
  const hourMs = 3_600_000;
  for (let turn = 0; turn < 365 * 24; turn += 1) {
    const nowMs = turn * hourMs;
    const claims = Array.from({ length: 5 }, (_, index) => claimOf(`${turn} ${index}`, { claimedAtMs: nowMs }));
    for (const { record } of await ledger.claim(claims)) {
      await ledger.mark(record.launch.key, 1, { state: 'launched', changedAtMs: nowMs });
    }
    expect(await everyItem(ledger.launches({ states: ['due', 'launching'] }))).toEqual([]);
    await ledger.note([{ atMs: nowMs, task: 'T', board: 'b', code: 'launched', text: 'as job 7' }]);
    await ledger.prune({ launchesMs: nowMs - 14 * 24 * hourMs, notesMs: nowMs - 14 * 24 * hourMs });
  }
  expect(await everyItem(ledger.launches({ states: ['launched'] }))).toHaveLength(5 * (14 * 24 + 1));
});

test('a lease whose time to live is none is refused', () => {
  for (const ttlMs of [0, -1, NaN, Infinity]) {
    expect(() => memoryLease({ clock: new FakeClock(), ttlMs })).toThrow(/Option "ttlMs"/);
  }
});
