import { expect, test } from 'vitest';
import { memoryLease } from '../../../src/scheduler/ledger/memory-lease.js';
import { memoryLedger } from '../../../src/scheduler/ledger/memory-ledger.js';
import type { Ledger } from '../../../src/scheduler/ledger/types.js';
import { leaseConformance, ledgerConformance } from '../../../src/testing/index.js';

/** How many promises a ledger breaks in which some methods are replaced. */
async function broken(change: (ledger: Ledger) => Partial<Ledger>): Promise<number> {
  const cases = ledgerConformance(() => {
    const ledger = memoryLedger();
    return { open: () => ({ ...ledger, ...change(ledger) }), lasts: true, shared: true };
  });
  const outcomes = await Promise.allSettled(cases.map(({ run }) => run()));
  return outcomes.filter(({ status }) => status === 'rejected').length;
}

const wrong: readonly [string, (ledger: Ledger) => Partial<Ledger>][] = [
  [
    'tells everybody that a key is new',
    (ledger) => ({
      claim: async (...args) => (await ledger.claim(...args)).map(({ record }) => ({ isNew: true, record })),
    }),
  ],
  ['takes tokens of the past', (ledger) => ({ note: (notes) => ledger.note(notes) })],
  [
    'moves watermarks from anywhere',
    (ledger) => ({
      moveWatermark: async (name, _, to) => ledger.moveWatermark(name, await ledger.watermark(name), to),
    }),
  ],
  ['forgets nothing', () => ({ prune: async () => {} })],
  ['forgets everything when it is opened', () => memoryLedger()],
];

for (const [what, change] of wrong) {
  test(`a ledger that ${what} is found`, async () => {
    expect(await broken(change)).toBeGreaterThan(0);
  });
}

test('a lease that anybody can have is found', async () => {
  const cases = leaseConformance((options) => ({ lease: memoryLease(options), rival: memoryLease(options) }));
  const outcomes = await Promise.allSettled(cases.map(({ run }) => run()));
  expect(outcomes.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(3);
});
