import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/testing/index.js';

describe('a clock that runs by itself', () => {
  test('an hour of sleep takes no time, and now() is an hour later', async () => {
    const clock = new VirtualClock({ startMs: 1000 });
    const realStart = performance.now();
    await clock.sleep(3_600_000);
    expect(clock.now()).toBe(3_601_000);
    expect(performance.now() - realStart).toBeLessThan(1_000);
  });

  test('sleepers wake in the order of their times, and those of one time in the order in which they fell asleep', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 30 }), async (naps) => {
        const clock = new VirtualClock({ startMs: 0 });
        const woken: string[] = [];
        await Promise.all(
          naps.map(async (ms, index) => {
            await clock.sleep(ms);
            expect(clock.now()).toBe(ms);
            woken.push(`${ms}/${index}`);
          }),
        );
        const expected = naps.map((ms, index) => ({ ms, index })).sort((a, b) => a.ms - b.ms || a.index - b.index);
        expect(woken).toEqual(expected.map(({ ms, index }) => `${ms}/${index}`));
      }),
      { numRuns: 50 },
    );
  });

  test('what a sleeper does when it wakes comes before the next jump', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    const log: string[] = [];
    const poll = async () => {
      for (let turn = 0; turn < 3; turn++) {
        await clock.sleep(10);
        await nextTurn();
        log.push(`poll at ${clock.now()}`);
      }
    };
    await Promise.all([poll(), clock.sleep(25).then(() => log.push(`alarm at ${clock.now()}`))]);
    expect(log).toEqual(['poll at 10', 'poll at 20', 'alarm at 25', 'poll at 30']);
  });

  test('time stands still while it is held', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    const release = clock.hold();
    const alsoRelease = clock.hold();
    let awake = false;
    const sleeper = clock.sleep(5).then(() => (awake = true));
    alsoRelease();
    alsoRelease();
    for (let turn = 0; turn < 50; turn++) await nextTurn();
    expect([awake, clock.now()]).toEqual([false, 0]);
    release();
    await sleeper;
    expect(clock.now()).toBe(5);
  });

  test('no time at all is over at once', async () => {
    const clock = new VirtualClock({ startMs: 7 });
    await clock.sleep(0);
    await clock.sleep(-5);
    expect(clock.now()).toBe(7);
  });

  test('an abort wakes its sleeper at once with its reason, and leaves nothing behind', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    const controller = new AbortController();
    const sleeping = clock.sleep(1_000, { signal: controller.signal });
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
    expect([clock.now(), clock.sleeping]).toEqual([0, 0]);
    await expect(clock.sleep(1_000, { signal: controller.signal })).rejects.toBe(reason);
    await clock.sleep(10);
    expect(clock.now()).toBe(10);
  });

  test('a thousand deadlines that were called off do not pile up or disturb the others', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    const controller = new AbortController();
    const deadlines = Array.from({ length: 1000 }, () =>
      clock.sleep(60_000, { signal: AbortSignal.any([controller.signal]) }).catch(() => 'off'),
    );
    const other = clock.sleep(5);
    controller.abort();
    expect(new Set(await Promise.all(deadlines))).toEqual(new Set(['off']));
    await other;
    expect([clock.now(), clock.sleeping]).toEqual([5, 0]);
  });

  test('whoever sleeps for ever does not keep others from sleeping', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    const controller = new AbortController();
    const forEver = clock.sleep(Infinity, { signal: controller.signal });
    await clock.sleep(5);
    expect([clock.now(), clock.sleeping]).toEqual([5, 1]);
    controller.abort(new Error('over'));
    await expect(forEver).rejects.toThrow('over');
  });
});

describe('a clock that is driven', () => {
  test('it moves by advance() only, and wakes on the way whoever is due', async () => {
    const clock = new VirtualClock({ startMs: 0, autoAdvance: false });
    const woken: number[] = [];
    const napping = (async () => {
      for (let turn = 0; turn < 4; turn++) {
        await clock.sleep(10);
        woken.push(clock.now());
      }
    })();
    await clock.advance(9);
    expect(woken).toEqual([]);
    await clock.advance(16);
    expect([woken, clock.now()]).toEqual([[10, 20], 25]);
    await clock.advance(100);
    await napping;
    expect([woken, clock.now()]).toEqual([[10, 20, 30, 40], 125]);
  });

  test('advance() waits while the clock is held', async () => {
    const clock = new VirtualClock({ startMs: 0, autoAdvance: false });
    const release = clock.hold();
    const advancing = clock.advance(10);
    for (let turn = 0; turn < 30; turn++) await nextTurn();
    expect(clock.now()).toBe(0);
    release();
    await advancing;
    expect(clock.now()).toBe(10);
  });
});

describe('a sleep on behalf of those who hold the clock', () => {
  test('is over in its time, and meanwhile others wake in theirs', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    const release = clock.hold();
    const woken: string[] = [];
    const other = clock.sleep(5).then(() => woken.push(`other at ${clock.now()}`));
    await clock.sleepWhileHeld(10, { holds: 1 });
    woken.push(`asleep until ${clock.now()}`);
    const later = clock.sleep(1);
    for (let turn = 0; turn < 50; turn++) await nextTurn();
    expect([woken, clock.now()]).toEqual([['other at 5', 'asleep until 10'], 10]);
    release();
    await Promise.all([other, later]);
    expect(clock.now()).toBe(11);
  });

  test('waits for whoever else holds the clock', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    clock.hold();
    const release = clock.hold();
    const sleeping = clock.sleepWhileHeld(10, { holds: 1 });
    for (let turn = 0; turn < 50; turn++) await nextTurn();
    expect(clock.now()).toBe(0);
    release();
    await sleeping;
    expect(clock.now()).toBe(10);
  });

  test('ends with its signal, and the holds count again', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    clock.hold();
    const stop = new AbortController();
    const sleeping = clock.sleepWhileHeld(10, { holds: 1, signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    await expect(clock.sleepWhileHeld(10, { holds: 1, signal: stop.signal })).rejects.toThrow('enough');
    void clock.sleep(5);
    for (let turn = 0; turn < 50; turn++) await nextTurn();
    expect(clock.now()).toBe(0);
  });

  test('passes on a clock that is driven', async () => {
    const clock = new VirtualClock({ startMs: 0, autoAdvance: false });
    const release = clock.hold();
    const times: number[] = [];
    const sleeping = clock.sleepWhileHeld(10, { holds: 1 }).then(() => {
      times.push(clock.now());
      release();
    });
    await clock.advance(30);
    await sleeping;
    expect([times, clock.now()]).toEqual([[10], 30]);
  });
});

describe.each([true, false])('whoever waits for quiet (on a clock that runs by itself: %s)', (autoAdvance) => {
  test('goes on in the order of the texts, when nobody else is under way, and before time passes', async () => {
    const clock = new VirtualClock({ startMs: 0, autoAdvance });
    const log: string[] = [];
    const sleeping = clock.sleep(5);
    const waiting = ['c', 'a', 'd'].map(async (order) => {
      const release = clock.hold();
      await clock.untilQuiet({ holds: 1, order });
      log.push(`${order} at ${clock.now()}`);
      release();
    });
    const release = clock.hold();
    for (let turn = 0; turn < 50; turn++) await nextTurn();
    expect(log).toEqual([]);
    const late = clock.untilQuiet({ holds: 1, order: 'b' }).then(() => log.push(`b at ${clock.now()}`));
    await Promise.all([...waiting, late]);
    release();
    expect(log).toEqual(['a at 0', 'b at 0', 'c at 0', 'd at 0']);
    if (!autoAdvance) await clock.advance(5);
    await sleeping;
    expect(clock.now()).toBe(5);
  });

  test('goes on after a while when somebody holds the clock and waits for just that', async () => {
    const clock = new VirtualClock({ startMs: 0, autoAdvance });
    const release = clock.hold();
    await clock.untilQuiet({ holds: 0, order: '' });
    expect(clock.now()).toBe(0);
    release();
  });
});

test('advance() lets those go on who wait for quiet before any time passes', async () => {
  const clock = new VirtualClock({ startMs: 0, autoAdvance: false });
  const times: number[] = [];
  const working = (async () => {
    await clock.sleep(3);
    await clock.untilQuiet({ holds: 0, order: '' });
    times.push(clock.now());
  })();
  await clock.advance(10);
  await working;
  expect([times, clock.now()]).toEqual([[3], 10]);
});
