import { expect, test } from 'vitest';
import { fetchTransport, gotTransport } from '../../src/index.js';
import { proxyFaultKinds } from '../../src/testing/index.js';
import { createJobsThroughFaults } from './create-jobs.js';

// 10,000 calls: npm run test:soak

const doubling = ['duplicate', 'duplicate-second'] as const;
const transports = [
  ['got', () => gotTransport()],
  ['fetch', () => fetchTransport()],
] as const;

test.each(transports)('one job for each call, whatever becomes of the requests: over %s', async (_, transport) => {
  const kinds = proxyFaultKinds.filter((kind) => !doubling.some((one) => one === kind));
  const outcome = await createJobsThroughFaults({ calls: 150, transport, kinds });
  expect(outcome.problems).toEqual([]);
  expect(outcome.created + outcome.unknown).toBe(150);
  for (const kind of kinds) expect(outcome.hits[kind], kind).toBeGreaterThan(0);
  expect(outcome.leftOver).toEqual([]);
});

test.each(transports)('one job for each call, though the network doubles requests: over %s', async (_, transport) => {
  const outcome = await createJobsThroughFaults({ calls: 150, transport, kinds: doubling });
  expect(outcome.problems).toEqual([]);
  expect(outcome.created).toBe(150);
  for (const kind of doubling) expect(outcome.hits[kind], kind).toBeGreaterThan(0);
});
