import { getEventListeners } from 'node:events';
import { beforeAll, expect, test } from 'vitest';
import { createLimit } from '../../src/runtime/limit.js';
import { rejectionOf } from '../support/loopback-server.js';

/** Work that lasts until it is told to end. */
function heldWork() {
  let end: (value: string) => void = () => {};
  const done = new Promise<string>((resolve) => (end = resolve));
  let runs = 0;
  const work = async () => {
    runs += 1;
    return await done;
  };
  return { work, end: () => end('done'), runs: () => runs };
}

// The first use loads p-limit, which takes longer than a turn of the event loop.
beforeAll(() => createLimit(1).run(async () => {}));

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('no more than so many run at a time, and all get their turn', async () => {
  const limit = createLimit(2);
  const pieces = [heldWork(), heldWork(), heldWork()];
  const runs = pieces.map(({ work }) => limit.run(work));
  await settle();
  expect(pieces.map((piece) => piece.runs())).toEqual([1, 1, 0]);
  pieces[0]?.end();
  await settle();
  expect(pieces.map((piece) => piece.runs())).toEqual([1, 1, 1]);
  for (const piece of pieces) piece.end();
  expect(await Promise.all(runs)).toEqual(['done', 'done', 'done']);
});

test('a failure is handed on and frees the place', async () => {
  const limit = createLimit(1);
  const failure = new Error('failed');
  expect(await rejectionOf(limit.run(() => Promise.reject(failure)))).toBe(failure);
  expect(await limit.run(async () => 'next')).toBe('next');
});

test('an aborted call leaves the line at once and never runs', async () => {
  const limit = createLimit(1);
  const first = heldWork();
  const running = limit.run(first.work);
  const controller = new AbortController();
  const second = heldWork();
  const waiting = limit.run(second.work, { signal: controller.signal });
  controller.abort('enough');
  expect(await rejectionOf(waiting)).toBe('enough');
  const third = limit.run(async () => 'third');
  first.end();
  expect(await running).toBe('done');
  expect(await third).toBe('third');
  expect(second.runs()).toBe(0);
});

test('a call that is aborted before does not stand in line', async () => {
  const piece = heldWork();
  expect(await rejectionOf(createLimit(1).run(piece.work, { signal: AbortSignal.abort('enough') }))).toBe('enough');
  expect(piece.runs()).toBe(0);
});

test('no listener stays on the signal', async () => {
  const { signal } = new AbortController();
  await createLimit(1).run(async () => {}, { signal });
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('work that throws at once is a failure like any other', async () => {
  const limit = createLimit(1);
  const failure = new Error('failed');
  const throwing = () => {
    throw failure;
  };
  expect(await rejectionOf(limit.run(throwing))).toBe(failure);
  expect(await limit.run(async () => 'next')).toBe('next');
});
