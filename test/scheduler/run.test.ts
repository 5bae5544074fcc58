import { describe, expect, test } from 'vitest';
import { requestEvent } from '../../src/scheduler/events/request-event.js';
import { StaleLeaseError, type Lease } from '../../src/scheduler/ledger/lease.js';
import { memoryLease } from '../../src/scheduler/ledger/memory-lease.js';
import { keptLog } from './ledger/ledger-data.js';
import { hourMs, minuteMs, mondayMs } from './support/builders.js';
import { schedulerBench } from './support/scheduler-bench.js';

const build = 'lumpy-release/R28-3993.0.0';
const newBuild = { name: 'New', suite: 'bvt', runOn: 'new_build' } as const;
const nightly = { name: 'Nightly', suite: 'n', runOn: 'nightly' } as const;

describe('a scheduler that runs', () => {
  test('takes a turn every five minutes, until it is stopped', async () => {
    const { scheduler, clock, builds, launcher, told } = schedulerBench([newBuild]);
    const running = scheduler.run();
    await clock.advance(4 * minuteMs);
    builds.add(build);
    expect((await scheduler.status()).state).toBe('running');
    await clock.advance(7 * minuteMs);
    expect(told('turn-ended').map(({ timeMs }) => timeMs - mondayMs)).toEqual([0, 5 * minuteMs, 10 * minuteMs]);
    expect(launcher.started).toHaveLength(1);
    await scheduler.stop();
    await running;
    expect(clock.sleeping).toBe(0);
    expect(await scheduler.status()).toMatchObject({ state: 'idle', nextTurnMs: null });
    await scheduler.run();
    expect(told('turn-ended')).toHaveLength(3);
  });

  test('finishes the turn under way when it is stopped', async () => {
    const { scheduler, clock, builds, launcher } = schedulerBench([newBuild]);
    await scheduler.turn();
    builds.add(build);
    launcher.during = () => clock.sleep(minuteMs);
    const running = scheduler.run();
    await clock.advance(1);
    const stopping = scheduler.stop();
    expect((await scheduler.status()).state).toBe('stopping');
    await clock.advance(minuteMs);
    await Promise.all([running, stopping]);
    expect(await scheduler.status()).toMatchObject({ backlog: { due: 0, inDoubt: 0 }, lastTurn: { launches: 1 } });
  });

  test('is aborted at once, with the reason, and leaves nothing behind', async () => {
    const { scheduler, clock, builds, launcher } = schedulerBench([newBuild]);
    const abort = new AbortController();
    await scheduler.turn();
    builds.add(build);
    launcher.during = () => clock.sleep(hourMs, { signal: abort.signal });
    const running = scheduler.run({ signal: abort.signal });
    const ended = expect(running).rejects.toThrow('enough');
    await clock.advance(1);
    abort.abort(new Error('enough'));
    await ended;
    expect(clock.sleeping).toBe(0);
    expect(await scheduler.status()).toMatchObject({ state: 'idle', backlog: { due: 0, inDoubt: 1 } });
  });

  test('can be aborted between two turns', async () => {
    const { scheduler, clock } = schedulerBench([]);
    const abort = new AbortController();
    const ended = expect(scheduler.run({ signal: abort.signal })).rejects.toThrow('enough');
    await clock.advance(minuteMs);
    abort.abort(new Error('enough'));
    await ended;
    expect(clock.sleeping).toBe(0);
  });

  test('runs once at a time', async () => {
    const { scheduler, clock } = schedulerBench([]);
    const running = scheduler.run();
    await expect(scheduler.run()).rejects.toThrow('run: the scheduler runs already');
    await clock.advance(1);
    await scheduler.close();
    await running;
  });

  test('goes on after a turn that failed, and says when it works again (C9)', async () => {
    const { scheduler, clock, ledger, told } = schedulerBench([newBuild]);
    const { watermark } = ledger;
    ledger.watermark = () => Promise.reject(new Error('disk on fire'));
    const running = scheduler.run();
    await clock.advance(11 * minuteMs);
    expect(told('problem')).toMatchObject([{ where: 'turn', message: 'disk on fire' }]);
    ledger.watermark = watermark;
    await clock.advance(5 * minuteMs);
    expect(told('mended')).toMatchObject([{ where: 'turn' }]);
    await scheduler.stop();
    await running;
  });

  test('starts the next turn at once when one took longer than the interval', async () => {
    const { scheduler, clock, builds, launcher, told } = schedulerBench([newBuild]);
    await scheduler.turn();
    builds.add(build);
    launcher.during = () => clock.sleep(7 * minuteMs);
    const running = scheduler.run();
    await clock.advance(7 * minuteMs);
    expect(told('turn-ended').map(({ report }) => [report.atMs - mondayMs, report.ms])).toEqual([
      [0, 0],
      [0, 7 * minuteMs],
      [7 * minuteMs, 0],
    ]);
    await scheduler.stop();
    await running;
  });
});

describe('with a lease', () => {
  const withLease = () => {
    const bench = schedulerBench([newBuild]);
    const lease = memoryLease({ clock: bench.clock, ttlMs: minuteMs });
    return { ...bench, lease, first: bench.another({ lease, holder: 'first' }), second: bench.another({ lease }) };
  };

  test('one scheduler works at a time, and the other takes over', async () => {
    const { first, second, clock, builds, launcher } = withLease();
    const running = [first.run(), second.run()];
    await clock.advance(6 * minuteMs);
    expect([(await first.status()).state, (await second.status()).state]).toEqual(['running', 'waiting-for-lease']);
    await expect(second.turn()).rejects.toMatchObject({ code: 'ERR_LEASE_HELD', holder: 'first' });
    builds.add(build);
    await first.stop();
    await clock.advance(minuteMs);
    expect((await second.status()).state).toBe('running');
    expect(launcher.started).toHaveLength(1);
    await second.stop();
    await Promise.all(running);
    expect(clock.sleeping).toBe(0);
  });

  test('a turn or a one-shot run beside run() is under the same lease', async () => {
    const { first, clock, launcher } = withLease();
    const running = first.run();
    await clock.advance(minuteMs);
    await first.turn();
    await first.runOnce({ events: ['new_build'], build });
    expect(launcher.started).toHaveLength(1);
    await first.stop();
    await running;
  });

  test('a scheduler that only waits can be stopped, and aborted', async () => {
    const { lease, second, another, clock } = withLease();
    await lease.acquire({ holder: 'somebody' });
    const stopped = second.run();
    const abort = new AbortController();
    const aborted = expect(another({ lease }).run({ signal: abort.signal })).rejects.toThrow('enough');
    await clock.advance(1);
    await second.stop();
    await stopped;
    abort.abort(new Error('enough'));
    await aborted;
    expect(clock.sleeping).toBe(0);
  });

  test('that is lost, the turn is given up and the lease waited for', async () => {
    const { clock, lease, another, told } = withLease();
    let isLost = false;
    const losing: Lease = {
      acquire: async (options) => {
        const held = await lease.acquire(options);
        const renew = async () => !isLost && (await held.renew());
        return { token: held.token, holder: held.holder, expiresAtMs: held.expiresAtMs, renew, release: held.release };
      },
    };
    const scheduler = another({ lease: losing });
    const running = scheduler.run();
    await clock.advance(minuteMs);
    isLost = true;
    // It is renewed each third of its time.
    await clock.advance(minuteMs / 3);
    isLost = false;
    await clock.advance(10 * minuteMs);
    expect(told('problem')).toMatchObject([{ where: 'lease', message: 'it was lost, and is waited for' }]);
    expect(told('mended')).toMatchObject([{ where: 'lease' }]);
    expect((await scheduler.status()).state).toBe('running');
    await scheduler.stop();
    await running;
  });

  test('that cannot be had is tried again, and never ends it (C9)', async () => {
    const { clock, lease, another, told } = withLease();
    let failures = 2;
    const shaky: Lease = {
      acquire: (options) => {
        failures -= 1;
        return failures < 0 ? lease.acquire(options) : Promise.reject(new Error('disk full'));
      },
    };
    const scheduler = another({ lease: shaky });
    const running = scheduler.run();
    await clock.advance(11 * minuteMs);
    expect(told('problem')).toMatchObject([{ where: 'lease', message: 'disk full' }]);
    expect(told('mended')).toMatchObject([{ where: 'lease' }]);
    await scheduler.stop();
    await running;
  });

  test('a single turn that loses it says so', async () => {
    const { lease, another, ledger } = withLease();
    ledger.watermark = () => Promise.reject(new StaleLeaseError(1, 2));
    await expect(another({ lease }).turn()).rejects.toMatchObject({ code: 'ERR_STALE_LEASE', token: 1 });
  });
});

describe('a launcher that has suites to take up', () => {
  test('does so once, before the first turn, and is asked again when it cannot', async () => {
    const { scheduler, launcher, told } = schedulerBench([newBuild]);
    let calls = 0;
    launcher.resume = async () => {
      calls += 1;
      if (calls === 1) throw new Error('queue away');
    };
    await scheduler.turn();
    expect(told('problem')).toMatchObject([{ where: 'launcher', message: 'queue away' }]);
    await scheduler.turn();
    await scheduler.turn();
    expect(calls).toBe(2);
    expect(told('mended')).toMatchObject([{ where: 'launcher' }]);
  });

  test('is aborted with the turn', async () => {
    const { scheduler, launcher } = schedulerBench([newBuild]);
    const abort = new AbortController();
    launcher.resume = async () => {
      abort.abort(new Error('enough'));
      throw new Error('aborted');
    };
    await expect(scheduler.turn({ signal: abort.signal })).rejects.toThrow('enough');
  });
});

describe('an event that is asked for', () => {
  const mine = { name: 'Mine', suite: 'mine', runOn: 'my_event' } as const;
  const bench = () => schedulerBench([mine], { events: [requestEvent({ keyword: 'my_event' })] });

  test('occurs in the next turn, once for each name, whoever takes it', async () => {
    const { scheduler, another, builds, launcher } = bench();
    builds.add(build, mondayMs - 1);
    await scheduler.request('my-event', { id: 'x' });
    await scheduler.request('my_event', { id: 'x' });
    await scheduler.request('my_event');
    const { decisions } = await another().turn();
    expect(decisions.map(({ occurrence, board, reason }) => [occurrence, board, reason.code])).toEqual([
      ['x', 'lumpy', 'launch'],
      ['x', 'stumpy', 'no-builds'],
      ['2026-01-05 09:00:00', 'lumpy', 'same-suite'],
      ['2026-01-05 09:00:00', 'stumpy', 'no-builds'],
    ]);
    expect(launcher.started).toHaveLength(1);
    expect((await scheduler.turn()).decisions).toEqual([]);
  });

  test('is not lost when two ask at the same time', async () => {
    const { scheduler, another } = bench();
    await Promise.all([scheduler.request('my_event', { id: 'a' }), another().request('my_event', { id: 'b' })]);
    const { decisions } = await scheduler.turn();
    expect(new Set(decisions.map(({ occurrence }) => occurrence))).toEqual(new Set(['a', 'b']));
  });

  test('must be one that can be asked for', async () => {
    const { scheduler } = bench();
    await expect(scheduler.request('nightly')).rejects.toThrow('event: nightly cannot be asked for');
    await expect(scheduler.request('my_evnt')).rejects.toThrow(
      /^event: expected an event .*did you mean "my_event"\?$/,
    );
  });
});

describe('the status', () => {
  test('says when each task is due, what waits, and what does not work', async () => {
    const { scheduler, builds, launcher, clock } = schedulerBench([
      newBuild,
      nightly,
      { ...nightly, name: 'constructor', hour: 3, suite: 'c' },
    ]);
    expect(await scheduler.status()).toEqual({
      atMs: mondayMs,
      state: 'idle',
      lastTurn: null,
      nextTurnMs: null,
      nextDue: { Nightly: mondayMs + 12 * hourMs, constructor: mondayMs + 18 * hourMs },
      backlog: { due: 0, inDoubt: 0, oldestDueMs: null },
      problems: [],
      tasks: 3,
      malformed: [],
    });
    await scheduler.turn();
    builds.add(build, mondayMs + 1);
    builds.add('stumpy-release/R28-3993.0.0', mondayMs + 2);
    launcher.fates.push('in-doubt', 'failed');
    await clock.advance(minuteMs);
    await scheduler.turn();
    expect(await scheduler.status()).toMatchObject({
      backlog: { due: 1, inDoubt: 1, oldestDueMs: mondayMs + 1 },
      lastTurn: { atMs: mondayMs + minuteMs, ms: 0, decisions: 2, launches: 2 },
    });
  });
});

test('a listener that fails, at once or later, stops nothing', async () => {
  const { told, logger } = keptLog();
  let calls = 0;
  const onNews: () => unknown = async () => {
    calls += 1;
    throw new Error('listener');
  };
  const { scheduler, clock } = schedulerBench([], { logger, onNews });
  await scheduler.turn();
  await clock.advance(1);
  const failing = () => {
    throw new Error('listener');
  };
  await schedulerBench([], { logger, onNews: failing }).scheduler.turn();
  await clock.advance(1);
  expect(calls).toBe(1);
  expect(told.filter((line) => line === 'a listener of the suite scheduler failed')).toHaveLength(2);
});
