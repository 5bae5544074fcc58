import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { holdingClock, systemClock } from '../../src/runtime/clock.js';
import { FakeClock } from '../support/fake-clock.js';
import { rejectionOf } from '../support/loopback-server.js';

describe('the computer’s clock', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  test('tells the time', () => {
    vi.setSystemTime(1_000);
    expect(systemClock.now()).toBe(1_000);
  });

  test.each([0, -5])('does not sleep for %i ms', async (ms) => {
    await systemClock.sleep(ms);
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([5_000, 60 * 24 * 3600_000])('sleeps %i ms, no more and no less', async (ms) => {
    let isAwake = false;
    const sleep = systemClock.sleep(ms).then(() => (isAwake = true));
    await vi.advanceTimersByTimeAsync(ms - 1);
    expect(isAwake).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await sleep;
    expect(vi.getTimerCount()).toBe(0);
  });

  test('wakes on an abort, with the reason, and leaves no timer and no listener', async () => {
    const controller = new AbortController();
    const sleep = rejectionOf(systemClock.sleep(5_000, { signal: controller.signal }));
    controller.abort('enough');
    expect(await sleep).toBe('enough');
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  test('does not sleep after an abort', async () => {
    expect(await rejectionOf(systemClock.sleep(0, { signal: AbortSignal.abort('enough') }))).toBe('enough');
  });

  test('leaves no listener after a sleep, and many sleepers may share a signal', async () => {
    const { signal } = new AbortController();
    const emitWarning = vi.spyOn(process, 'emitWarning');
    const sleeps = Promise.all(Array.from({ length: 30 }, () => systemClock.sleep(10, { signal })));
    await vi.advanceTimersByTimeAsync(10);
    await sleeps;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(emitWarning).not.toHaveBeenCalled();
    emitWarning.mockRestore();
  });
});

test('a clock is held during work, and let go when the work fails', async () => {
  const clock = new FakeClock();
  expect(await holdingClock(clock, async () => clock.holds)).toBe(1);
  expect(clock.holds).toBe(0);
  const failure = new Error('failed');
  expect(await rejectionOf(holdingClock(clock, () => Promise.reject(failure)))).toBe(failure);
  expect(clock.holds).toBe(0);
  expect(await holdingClock(systemClock, async () => 'works with a clock that needs no holding')).toContain('works');
});
