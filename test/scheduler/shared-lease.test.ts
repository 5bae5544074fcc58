import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { memoryLease, type HeldLease, type Lease, type Ledger, type SuiteScheduler } from '../../src/index.js';
import { aroundLedger } from '../support/scheduler/ledgers.js';
import { storyBench, type StoryBench } from '../support/scheduler/in-process.js';
import { expectedJobs, hourMs, storyOf, weekStartMs } from '../support/scheduler/week.js';

const story = storyOf({ days: 3, turnMs: hourMs });

let bench: StoryBench;
let lease: Lease;
beforeEach(async () => {
  bench = await storyBench(story);
  lease = memoryLease({ clock: bench.clock, ttlMs: 10 * 60_000 });
});
afterEach(() => bench.lab.close());

/** A scheduler that runs, and how to pull its plug. */
interface Running {
  readonly scheduler: SuiteScheduler;
  readonly pull: () => Promise<void>;
}

function run(options: Parameters<StoryBench['scheduler']>[0] = {}): Running {
  const scheduler = bench.scheduler({ lease, intervalMs: hourMs, ...options });
  const plug = new AbortController();
  const running = scheduler.run({ signal: plug.signal }).catch((error: unknown) => {
    if (error !== plug.signal.reason) throw error;
  });
  return {
    scheduler,
    async pull() {
      plug.abort(new Error('the plug was pulled'));
      await running;
    },
  };
}

/** Has the story happen, with more at some of its hours. */
async function goThrough(more: Readonly<Record<number, () => unknown>>): Promise<void> {
  const times = [...story.builds, ...story.chromes].map(({ atMs }) => atMs);
  const own = Object.keys(more).map((hour) => weekStartMs + Number(hour) * hourMs);
  const all = new Set([...times, ...own].filter((atMs) => atMs >= weekStartMs).sort((a, b) => a - b));
  for (const atMs of all) {
    await bench.goOn(atMs);
    await more[(atMs - weekStartMs) / hourMs]?.();
  }
  await bench.clock.sleep(6 * hourMs);
}

/** What was due by the turns that were taken, whoever took them. */
function expectedByTurns(): readonly string[] {
  const lastMs = story.turns.at(-1) ?? 0;
  const turns = bench.news.flatMap((one) => (one.type === 'turn-ended' ? [one.report.atMs] : []));
  return expectedJobs({ ...story, turns: [...new Set(turns)].filter((atMs) => atMs <= lastMs).sort((a, b) => a - b) });
}

describe('two schedulers that run under one lease', () => {
  test('take over from each other when the plug is pulled, and start each suite once (C1, C2)', async () => {
    await bench.goOn(weekStartMs);
    const running = [run(), run()];
    const states = async () => Promise.all(running.map(async (one) => (await one.scheduler.status()).state));
    const swap = async () => {
      expect((await states()).sort()).toEqual(['running', 'waiting-for-lease']);
      await running.shift()?.pull();
      running.push(run());
    };
    await goThrough({ 11.75: swap, 20.5: swap, 37.9: swap, 38: swap, 60.25: swap });
    await Promise.all(running.map((one) => one.pull()));
    expect(bench.jobs()).toEqual(expectedByTurns());
    // Which build is the next one after a new Chrome depends on the turns.
    const isNotOfChrome = (name: string) => !name.endsWith('.chrome');
    expect(bench.jobs().filter(isNotOfChrome)).toEqual(expectedJobs(story).filter(isNotOfChrome));
  });

  test('one that sleeps while it works and has lost the lease changes nothing any more (C1)', async () => {
    await bench.goOn(weekStartMs);
    let isAsleep = false;
    const asleep = async <T>(work: () => Promise<T>): Promise<T> => {
      if (isAsleep) await bench.clock.sleep(45 * 60_000);
      return await work();
    };
    const ledger: Ledger = aroundLedger(bench.ledger, asleep);
    const first = run({ ledger, lease: leaseThatIsNotRenewed(lease, () => isAsleep) });
    const second = run();
    await goThrough({
      10.5: () => (isAsleep = true),
      14.5: () => (isAsleep = false),
      30.5: () => (isAsleep = true),
      33.5: () => (isAsleep = false),
    });
    await Promise.all([first.pull(), second.pull()]);
    const told = bench.news.filter((one) => one.type === 'problem' && one.where === 'lease');
    expect(told.length).toBeGreaterThan(0);
    expect(bench.jobs()).toEqual(expectedByTurns());
  });
});

test('a lease that can neither be had nor let go for hours does not end the scheduler, and is told (C9)', async () => {
  await bench.goOn(weekStartMs);
  let isBroken = false;
  const broken: Lease = {
    async acquire(options) {
      if (isBroken) throw new Error('no space left on device');
      const held = await lease.acquire(options);
      return renewedBy(held, async () => !isBroken && (await held.renew()));
    },
  };
  const running = run({ lease: broken });
  await goThrough({ 10.5: () => (isBroken = true), 14.5: () => (isBroken = false) });
  await running.pull();
  expect(bench.jobs()).toEqual(expectedByTurns());
  const told = bench.news.flatMap((one) => ('where' in one ? [`${one.type} ${one.where}`] : []));
  expect(told).toEqual(['problem lease', 'mended lease']);
});

function leaseThatIsNotRenewed(inner: Lease, isCut: () => boolean): Lease {
  return {
    async acquire(options) {
      const held = await inner.acquire(options);
      return renewedBy(held, () => (isCut() ? Promise.reject(new Error('the network is gone')) : held.renew()));
    },
  };
}

function renewedBy(held: HeldLease, renew: () => Promise<boolean>): HeldLease {
  return {
    token: held.token,
    holder: held.holder,
    get expiresAtMs() {
      return held.expiresAtMs;
    },
    renew,
    release: () => held.release(),
  };
}
