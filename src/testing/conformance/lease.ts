import assert from 'node:assert/strict';
import { LeaseHeldError, type Clock, type Lease } from '../../index.js';
import { VirtualClock } from '../virtual-clock.js';
import type { ConformanceCase } from './conformance-case.js';
import { errorOf, outcomeOf, rejectionOf } from './expect-rejection.js';

/** A lease as two contenders see it. */
export interface LeaseUnderTest {
  readonly lease: Lease;
  /** The same lease, from elsewhere; the same object where it lives in one. */
  readonly rival: Lease;
  /** Called when the case is over. */
  close?(): unknown;
}

/**
 * Makes a lease for one case, with this clock and this time to live. It has to hold the clock (`Clock.hold`) while a
 * file or a server works for it.
 */
export type ConnectLease = (options: {
  readonly clock: Clock;
  readonly ttlMs: number;
}) => LeaseUnderTest | PromiseLike<LeaseUnderTest>;

/**
 * The promises of `Lease`, each as a case, for tests of a lease of one's own:
 *
 * ```ts
 * const connect: ConnectLease = (options) => ({ lease: myLease(options), rival: myLease(options) });
 * for (const { name, run } of leaseConformance(connect)) test(name, run);
 * ```
 */
export function leaseConformance(connect: ConnectLease): readonly ConformanceCase[] {
  return promises.map(({ name, check }) => ({
    name,
    async run() {
      const clock = new VirtualClock();
      const made = await connect({ clock, ttlMs });
      try {
        await check({ ...made, clock });
      } finally {
        await made.close?.();
      }
    },
  }));
}

interface LeaseBench extends LeaseUnderTest {
  readonly clock: VirtualClock;
}

interface LeasePromise {
  readonly name: string;
  readonly check: (bench: LeaseBench) => Promise<void>;
}

const ttlMs = 60_000;

const promises: readonly LeasePromise[] = [
  {
    name: 'acquire: a lease that is free is held, for its time to live',
    check: async ({ lease, clock }) => {
      const held = await lease.acquire({ holder: 'first' });
      assert.equal(held.holder, 'first', 'a held lease should say who holds it');
      assert.equal(held.expiresAtMs, clock.now() + ttlMs, 'a lease should be held for its time to live');
      assert.ok(Number.isSafeInteger(held.token), 'a token should be a whole number');
      await held.release();
    },
  },
  {
    name: 'acquire: what somebody else holds is a LeaseHeldError that says who',
    check: async ({ lease, rival }) => {
      const held = await lease.acquire({ holder: 'first' });
      const error = await errorOf(rival.acquire({ holder: 'second' }), LeaseHeldError, 'acquire should reject');
      assert.ok(error.holder.includes('first'), `the holder should be told, not ${error.holder}`);
      assert.equal(error.expiresAtMs, held.expiresAtMs, 'until when it is held should be told');
      await errorOf(lease.acquire({ holder: 'first' }), LeaseHeldError, 'the same holder should not get it twice');
      await held.release();
    },
  },
  {
    name: 'acquire: one of many who ask at the same time',
    check: async ({ lease, rival }) => {
      const outcomes = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          outcomeOf((index % 2 === 0 ? lease : rival).acquire({ holder: `holder ${index}` })),
        ),
      );
      const kinds = outcomes.map((outcome) =>
        outcome.kind === 'resolved' ? 'held' : outcome.reason instanceof LeaseHeldError ? 'refused' : outcome.reason,
      );
      assert.deepEqual(kinds.toSorted(), ['held', ...Array<string>(9).fill('refused')], 'one should hold the lease');
    },
  },
  {
    name: 'token: grows from holder to holder',
    check: async ({ lease, rival, clock }) => {
      const first = await lease.acquire({ holder: 'first' });
      await first.release();
      const second = await rival.acquire({ holder: 'second' });
      await clock.sleep(ttlMs + 1);
      const third = await lease.acquire({ holder: 'third' });
      assert.ok(first.token < second.token && second.token < third.token, 'each token should be higher than the last');
    },
  },
  {
    name: 'release: lets it go at once; again, it does nothing',
    check: async ({ lease, rival }) => {
      const first = await lease.acquire({ holder: 'first' });
      await first.release();
      const second = await rival.acquire({ holder: 'second' });
      await first.release();
      assert.equal(await first.renew(), false, 'what was released should not be renewed');
      assert.equal(await second.renew(), true, 'a release of long ago should not take it from its holder');
    },
  },
  {
    name: 'renew: holds it for its time to live from now on',
    check: async ({ lease, rival, clock }) => {
      const held = await lease.acquire({ holder: 'first' });
      for (let time = 0; time < 4; time += 1) {
        await clock.sleep(ttlMs / 2);
        assert.equal(await held.renew(), true, 'what is held should be renewed');
        assert.equal(held.expiresAtMs, clock.now() + ttlMs, 'renew should move the end');
      }
      await errorOf(rival.acquire({ holder: 'second' }), LeaseHeldError, 'what is renewed should not be free');
    },
  },
  {
    name: 'renew: false when it ran out and somebody else has it',
    check: async ({ lease, rival, clock }) => {
      const first = await lease.acquire({ holder: 'first' });
      await clock.sleep(ttlMs + 1);
      const second = await rival.acquire({ holder: 'second' });
      assert.equal(await first.renew(), false, 'what was lost should not be renewed');
      await first.release();
      assert.equal(await second.renew(), true, 'who lost it should not take it from its holder');
    },
  },
  {
    name: 'acquire, to wait: until it is released',
    check: async ({ lease, rival, clock }) => {
      const first = await lease.acquire({ holder: 'first' });
      const waiting = rival.acquire({ holder: 'second', wait: true });
      await clock.sleep(ttlMs / 2);
      await first.release();
      const second = await waiting;
      assert.equal(second.holder, 'second', 'who waited should hold it');
      assert.ok(second.token > first.token, 'the token should be higher than the last');
    },
  },
  {
    name: 'acquire, to wait: until it runs out, however often it was renewed',
    check: async ({ lease, rival, clock }) => {
      const first = await lease.acquire({ holder: 'first' });
      const waiting = rival.acquire({ holder: 'second', wait: true });
      await clock.sleep(ttlMs / 2);
      await first.renew();
      await waiting;
      assert.ok(clock.now() >= first.expiresAtMs, 'it should not be had before the end');
      assert.ok(clock.now() <= first.expiresAtMs + ttlMs, 'it should be had soon after the end');
    },
  },
  {
    name: 'acquire, to wait: aborted, rejects with the reason of the signal and leaves nothing waiting',
    check: async ({ lease, rival, clock }) => {
      const reason = new Error('not now');
      const early = await rejectionOf(
        lease.acquire({ holder: 'first', signal: AbortSignal.abort(reason) }),
        'acquire should reject when its signal is aborted',
      );
      assert.equal(early, reason, 'acquire should reject with the reason of the signal');
      const held = await lease.acquire({ holder: 'first' });
      const controller = new AbortController();
      const waiting = outcomeOf(rival.acquire({ holder: 'second', wait: true, signal: controller.signal }));
      await clock.sleep(ttlMs / 2);
      controller.abort(reason);
      const rejected = { kind: 'rejected', reason };
      assert.deepEqual(await waiting, rejected, 'acquire should reject with the reason of the signal');
      assert.equal(clock.sleeping, 0, 'nobody should be left waiting');
      await held.release();
      const next = await lease.acquire({ holder: 'third' });
      assert.equal(next.holder, 'third', 'who gave up should not hold it');
    },
  },
  {
    name: 'acquire, to wait: no longer than the deadline',
    check: async ({ lease, rival, clock }) => {
      await lease.acquire({ holder: 'first' });
      const startedMs = clock.now();
      const call = rival.acquire({ holder: 'second', wait: true, deadlineMs: ttlMs / 4 });
      await errorOf(call, Error, 'acquire should reject when its deadline passes');
      assert.equal(clock.now() - startedMs, ttlMs / 4, 'acquire should wait as long as it may');
    },
  },
  {
    name: 'a clock that jumps ahead: the holder who lost it is told, and a later token is higher',
    check: async ({ lease, rival, clock }) => {
      const first = await lease.acquire({ holder: 'first' });
      await clock.sleep(1_000 * ttlMs);
      const second = await rival.acquire({ holder: 'second' });
      assert.ok(second.token > first.token, 'the token should be higher than the last');
      assert.equal(await first.renew(), false, 'who lost it should be told');
    },
  },
];
