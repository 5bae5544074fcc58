import { expect, test } from 'vitest';
import { fetchTransport, gotTransport } from '../../src/index.js';
import { proxyFaultKinds } from '../../src/testing/index.js';
import { createJobsThroughFaults } from './create-jobs.js';

const calls = 10_000;

test.each([
  ['got', () => gotTransport()],
  ['fetch', () => fetchTransport()],
] as const)('10,000 creating calls through faults of all kinds make one job each: over %s', async (_, transport) => {
  const before = process.resourceUsage().maxRSS;
  const outcome = await createJobsThroughFaults({ calls, transport, kinds: proxyFaultKinds });
  const { created, unknown, requests, hits } = outcome;
  const hit = Object.values(hits).reduce((sum, count) => sum + count, 0);
  console.log({ created, unknown, requests, hit, problems: outcome.problems.length, hits });
  expect(hit / requests).toBeGreaterThan(0.18);
  expect(hit / requests).toBeLessThan(0.22);
  for (const kind of proxyFaultKinds) expect(hits[kind], kind).toBeGreaterThan(50);
  expect(outcome.leftOver).toEqual([]);
  expect(process.resourceUsage().maxRSS - before).toBeLessThan(1024 * 1024);
  expect(created + unknown).toBe(calls);
  expect(outcome.problems).toEqual([]);
});
