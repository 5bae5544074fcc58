import { expect, test } from 'vitest';
import { OncePerKey } from '../../src/crashes/once-per-key.js';
import { rejectionOf } from '../support/loopback-server.js';

const { signal } = new AbortController();

test('what many ask for side by side is done once for each key', async () => {
  const once = new OncePerKey(() => false);
  const done: string[] = [];
  const ask = (key: string) => once.do(key, async () => void done.push(key), signal);
  await Promise.all([ask('a'), ask('b'), ask('a'), ask('a')]);
  await ask('a');
  expect(done).toEqual(['a', 'b']);
});

test('a final failure is the outcome for all, another one only for who met it', async () => {
  const once = new OncePerKey((failure) => failure === 'final');
  const failures: unknown[] = ['passing', 'final'];
  let tries = 0;
  const work = async () => {
    tries += 1;
    throw failures.shift();
  };
  const outcomes = await Promise.all([1, 2, 3].map(() => rejectionOf(once.do('a', work, signal))));
  expect(outcomes).toEqual(['passing', 'final', 'final']);
  expect(tries).toBe(2);
});

test('whoever is aborted in line leaves, and the others get their outcome', async () => {
  const once = new OncePerKey(() => false);
  const controller = new AbortController();
  let begun = () => {};
  const hasBegun = new Promise<void>((resolve) => (begun = resolve));
  let finish = () => {};
  const work = () =>
    new Promise<void>((resolve) => {
      finish = resolve;
      begun();
    });
  const first = once.do('a', work, signal);
  await hasBegun;
  const second = rejectionOf(once.do('a', () => Promise.reject(new Error('a second time')), controller.signal));
  controller.abort('enough');
  expect(await second).toBe('enough');
  finish();
  await first;
});
