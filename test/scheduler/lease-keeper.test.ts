import { describe, expect, test } from 'vitest';
import { anyOf } from '../../src/scheduler/any-signal.js';
import { underLease } from '../../src/scheduler/lease-keeper.js';
import { StaleLeaseError, type Lease } from '../../src/scheduler/ledger/lease.js';
import { memoryLease } from '../../src/scheduler/ledger/memory-lease.js';
import { VirtualClock } from '../../src/testing/virtual-clock.js';
import { keptLog } from './ledger/ledger-data.js';
import { minuteMs } from './support/builders.js';

function bench() {
  const clock = new VirtualClock();
  const lease = memoryLease({ clock, ttlMs: minuteMs });
  const log = keptLog();
  const use = { holder: 'me', wait: false, clock, logger: log.logger, signal: undefined };
  return { clock, lease, log, use };
}

describe('work under a lease', () => {
  test('keeps it as long as it takes, and lets it go', async () => {
    const { clock, lease, use } = bench();
    const outcome = await underLease(lease, use, async ({ token }) => {
      await clock.sleep(10 * minuteMs);
      await expect(lease.acquire({ holder: 'other' })).rejects.toMatchObject({ code: 'ERR_LEASE_HELD', holder: 'me' });
      return token;
    });
    expect(outcome).toEqual({ isLost: false, value: 1 });
    await (await lease.acquire({ holder: 'other' })).release();
    expect(clock.sleeping).toBe(0);
  });

  test('is refused while somebody else has it', async () => {
    const { lease, use } = bench();
    await lease.acquire({ holder: 'other' });
    await expect(underLease(lease, use, async () => 1)).rejects.toMatchObject({ code: 'ERR_LEASE_HELD' });
  });

  test('is aborted when it is lost', async () => {
    const { clock, lease, use } = bench();
    const losing: Lease = {
      acquire: async (options) => {
        const held = await lease.acquire(options);
        return { ...held, renew: async () => false };
      },
    };
    const outcome = await underLease(losing, use, (_, signal) => clock.sleep(10 * minuteMs, { signal }));
    expect(outcome).toEqual({ isLost: true, token: 1 });
    expect(clock.sleeping).toBe(0);
  });

  test('is lost when the ledger says so', async () => {
    const { lease, use } = bench();
    const outcome = await underLease(lease, use, () => Promise.reject(new StaleLeaseError(1, 2)));
    expect(outcome).toEqual({ isLost: true, token: 1 });
  });

  test('that fails, or is aborted, says how, and lets the lease go', async () => {
    const { clock, lease, use } = bench();
    await expect(underLease(lease, use, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    const abort = new AbortController();
    const working = underLease(lease, { ...use, signal: abort.signal }, async (_, signal) => {
      abort.abort(new Error('enough'));
      await clock.sleep(1, { signal });
    });
    await expect(working).rejects.toThrow('enough');
    await lease.acquire({ holder: 'other' });
    expect(clock.sleeping).toBe(0);
  });

  test('is not undone by a lease that cannot be released', async () => {
    const { lease, log, use } = bench();
    const stuck: Lease = {
      acquire: async (options) => {
        const held = await lease.acquire(options);
        return { ...held, expiresAtMs: held.expiresAtMs, release: () => Promise.reject(new Error('disk full')) };
      },
    };
    expect(await underLease(stuck, use, async () => 1)).toEqual({ isLost: false, value: 1 });
    expect(log.told).toEqual(['a lease could not be released']);
  });
});

test('one of several signals is enough, and none keeps a listener', () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const both = anyOf(one.signal, undefined, other.signal);
  other.abort('why');
  expect(both.signal.reason).toBe('why');
  const released = anyOf(one.signal);
  released.release();
  one.abort('late');
  expect(released.signal.aborted).toBe(false);
  expect(anyOf(one.signal).signal.reason).toBe('late');
});
