import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { allOrNone, onAbort } from '../../src/runtime/abort.js';
import { rejectionOf } from '../support/loopback-server.js';

describe('a listener for an abort', () => {
  test('is called once, when it comes', () => {
    const controller = new AbortController();
    let calls = 0;
    onAbort(controller.signal, () => (calls += 1));
    expect(calls).toBe(0);
    controller.abort();
    controller.abort();
    expect(calls).toBe(1);
  });

  test('is called at once when it has come', () => {
    let calls = 0;
    onAbort(AbortSignal.abort(), () => (calls += 1))();
    expect(calls).toBe(1);
  });

  test('can be taken off again', () => {
    const controller = new AbortController();
    let calls = 0;
    onAbort(controller.signal, () => (calls += 1))();
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    controller.abort();
    expect(calls).toBe(0);
  });

  test('needs no signal', () => {
    expect(onAbort(undefined, () => {})()).toBeUndefined();
  });
});

describe('tasks side by side', () => {
  const untilAborted = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });

  test('resolve to their results in order', async () => {
    const tasks = [async () => (await new Promise(setImmediate), 'slow'), async () => 'fast'];
    expect(await allOrNone(tasks)).toEqual(['slow', 'fast']);
    expect(await allOrNone([])).toEqual([]);
  });

  test('all end when one fails, with its failure', async () => {
    const failure = new Error('failed');
    const ended: string[] = [];
    const tasks = [
      (signal: AbortSignal) => untilAborted(signal).finally(() => ended.push('other')),
      async () => {
        throw failure;
      },
    ];
    expect(await rejectionOf(allOrNone(tasks))).toBe(failure);
    expect(ended).toEqual(['other']);
  });

  test('all end on an abort, and no listener stays', async () => {
    const controller = new AbortController();
    const all = allOrNone([untilAborted, untilAborted], controller.signal);
    controller.abort('enough');
    expect(await rejectionOf(all)).toBe('enough');
    const { signal } = new AbortController();
    await allOrNone([async () => 1], signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('do not start after an abort', async () => {
    let started = false;
    const task = async () => void (started = true);
    expect(await rejectionOf(allOrNone([task], AbortSignal.abort('enough')))).toBe('enough');
    expect(started).toBe(false);
  });
});
