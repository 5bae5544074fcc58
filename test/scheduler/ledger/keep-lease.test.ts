import { expect, test } from 'vitest';
import { keepLease } from '../../../src/scheduler/ledger/keep-lease.js';
import type { HeldLease } from '../../../src/scheduler/ledger/lease.js';
import { memoryLease } from '../../../src/scheduler/ledger/memory-lease.js';
import { VirtualClock } from '../../../src/testing/index.js';
import { rejectionOf } from '../../support/loopback-server.js';
import { keptLog } from './ledger-data.js';

const ttlMs = 60_000;

async function heldLease() {
  const clock = new VirtualClock();
  const lease = memoryLease({ clock, ttlMs });
  return { clock, lease, held: await lease.acquire({ holder: 'me' }) };
}

test('a lease is kept for as long as it is to be, and no longer', async () => {
  const { clock, lease, held } = await heldLease();
  const stop = new AbortController();
  const keeping = rejectionOf(keepLease(held, { clock, signal: stop.signal }));
  await clock.sleep(100 * ttlMs);
  expect(String(await rejectionOf(lease.acquire({ holder: 'other' })))).toContain('is in use by me');
  const reason = new Error('enough');
  stop.abort(reason);
  expect(await keeping).toBe(reason);
  expect(clock.sleeping).toBe(0);
});

test('a lease that is lost is told', async () => {
  const { clock, held } = await heldLease();
  const keeping = keepLease(held, { clock });
  await held.release();
  await keeping;
  expect(clock.sleeping).toBe(0);
});

test('a renewal that fails is tried again until the time of the lease has passed', async () => {
  const { clock, held } = await heldLease();
  const { told, logger } = keptLog();
  let tries = 0;
  const unlucky: HeldLease = {
    ...{ token: held.token, holder: held.holder, expiresAtMs: held.expiresAtMs },
    renew: async () => {
      tries += 1;
      throw new Error('no network');
    },
    release: () => held.release(),
  };
  const startedMs = clock.now();
  await keepLease(unlucky, { clock, logger });
  expect(clock.now() - startedMs).toBe(ttlMs);
  expect(tries).toBe(3);
  expect(told).toEqual(Array(2).fill('The lease could not be renewed; it is tried again'));
});
