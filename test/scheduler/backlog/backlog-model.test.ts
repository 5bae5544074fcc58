import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Backlog } from '../../../src/scheduler/backlog/backlog.js';
import { memoryLedger } from '../../../src/scheduler/ledger/memory-ledger.js';
import type { Ledger } from '../../../src/scheduler/ledger/types.js';
import { VirtualClock } from '../../../src/testing/virtual-clock.js';
import { aLaunch } from '../launch/a-launch.js';
import { everyItem } from '../ledger/ledger-data.js';
import { dayMs, hourMs, minuteMs, mondayMs } from '../support/builders.js';
import { fakeLauncher, type Fate } from '../support/fake-launcher.js';

type Step =
  | { readonly kind: 'claim'; readonly key: string }
  | { readonly kind: 'turn'; readonly of: 0 | 1; readonly killed: boolean; readonly ledgerFailsAfter: number | null }
  | { readonly kind: 'both' }
  | { readonly kind: 'pass'; readonly ms: number };

const keys = ['a', 'b', 'c', 'd'];

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('claim' as const), key: fc.constantFrom(...keys) }),
  fc.record({
    kind: fc.constant('turn' as const),
    of: fc.constantFrom(0 as const, 1 as const),
    killed: fc.boolean(),
    ledgerFailsAfter: fc.option(fc.nat({ max: 5 }), { nil: null }),
  }),
  fc.constant({ kind: 'both' as const }),
  fc.record({
    kind: fc.constant('pass' as const),
    ms: fc.constantFrom(1, minuteMs, 10 * minuteMs, hourMs, 5 * hourMs),
  }),
);

const fate: fc.Arbitrary<Fate> = fc.constantFrom('started', 'started-in-doubt', 'failed', 'refused', 'in-doubt');

test('whatever fails, no suite is started twice, and each is started, refused or missed in the end', async () => {
  const run = async (steps: readonly Step[], fates: readonly Fate[]) => {
    const clock = new VirtualClock({ startMs: mondayMs, autoAdvance: false });
    const ledger = memoryLedger();
    const launcher = fakeLauncher(...fates);
    let failsAfter: number | null = null;
    const broken = failing(ledger, () => {
      if (failsAfter === null) return false;
      failsAfter -= 1;
      return failsAfter === -1;
    });
    const backlogs = [0, 1].map(
      () => new Backlog({ ledger: broken, launcher, clock, limits: {}, settleMs: hourMs, concurrency: 2 }),
    );
    const claimed = new Set<string>();

    for (const one of steps) {
      if (one.kind === 'pass') await clock.advance(one.ms);
      if (one.kind === 'both') await Promise.all(backlogs.map((backlog) => backlog.work([], () => {})));
      if (one.kind === 'claim') {
        claimed.add(one.key);
        const times = { claimedAtMs: clock.now(), expiresAtMs: clock.now() + dayMs, notBeforeMs: 0 };
        await ledger.claim([{ launch: aLaunch({ key: one.key }), ...times }]);
      }
      if (one.kind === 'turn') {
        const abort = new AbortController();
        failsAfter = one.ledgerFailsAfter;
        launcher.during = async () => {
          if (one.killed) abort.abort(new Error('killed'));
        };
        await backlogs[one.of]?.work([], () => {}, { signal: abort.signal }).catch(() => {});
        failsAfter = null;
        launcher.during = async () => {};
      }
    }

    launcher.fates.length = 0;
    for (let turn = 0; turn < 5; turn += 1) {
      await clock.advance(2 * hourMs);
      await backlogs[0]?.work([], () => {});
    }
    expect(new Set(launcher.started).size).toBe(launcher.started.length);
    const ended = await everyItem(ledger.launches({ states: ['launched', 'refused', 'missed'] }));
    expect(ended.map(({ launch }) => launch.key).sort()).toEqual([...claimed].sort());
    const launched = ended.filter(({ state }) => state === 'launched').map(({ launch }) => launch.key);
    expect(launched.sort()).toEqual([...launcher.started].sort());
  };
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.array(fate, { maxLength: 12 }), run), {
    numRuns: 150,
  });
});

/** A ledger of which a change fails at times, before it is made. */
function failing(ledger: Ledger, fails: () => boolean): Ledger {
  return {
    ...ledger,
    mark: (key, version, change, options) =>
      fails() ? Promise.reject(new Error('disk full')) : ledger.mark(key, version, change, options),
  };
}
