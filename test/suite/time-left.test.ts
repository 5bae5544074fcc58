import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { timeLeftMs, type TimeLeftFacts } from '../../src/suite/time-left.js';

const minute = 60_000;
const [, short, , long] = [0, 1, 2, 3] as const;

/** So many open jobs of a TIME. */
function open(...given: readonly (readonly [timeIndex: number, count: number])[]): number[] {
  const counts = [0, 0, 0, 0, 0];
  for (const [timeIndex, count] of given) counts[timeIndex] = count;
  return counts;
}

/** What tests of a TIME took. */
function took(timeIndex: number, count: number, minutes: number): { count: number; totalMs: number }[] {
  return open([timeIndex, count]).map((of) => ({ count: of, totalMs: of * minutes * minute }));
}

/** Minutes left; a suite that began at minute 0 on four hosts unless told otherwise. */
function minutesLeft(changes: Partial<TimeLeftFacts>): number | null {
  const facts = { nowMs: 0, startedMs: 0, open: open(), retries: [], measured: took(short, 0, 0) };
  const left = timeLeftMs({ ...facts, hosts: 4, freeSince: [], ...changes });
  return left === null ? null : left / minute;
}

describe('the time left', () => {
  test('is none when nothing is open', () => {
    expect(minutesLeft({ hosts: null })).toBe(0);
  });

  test('is what tests of that TIME usually take, shared by the hosts, before one has ended', () => {
    expect(minutesLeft({ open: open([short, 8]) })).toBe(10);
    expect(minutesLeft({ open: open([short, 8]), nowMs: 4 * minute })).toBe(6);
  });

  test('is at least what the longest test takes', () => {
    expect(minutesLeft({ open: open([short, 3], [long, 1]) })).toBe(60);
  });

  test('goes by what tests have taken so far', () => {
    expect(minutesLeft({ open: open([short, 8]), measured: took(short, 2, 30) })).toBe(60);
  });

  test('takes tests of another TIME to be off by the same factor', () => {
    // A SHORT test took twice its usual five minutes; a LONG one usually takes an hour.
    expect(minutesLeft({ open: open([long, 1]), measured: took(short, 3, 10) })).toBe(120);
  });

  test('has a host be at its next job since its last one ended', () => {
    const nowMs = 20 * minute;
    const measured = took(short, 4, 10);
    const freeSince = [14, 15, 16, 19].map((minutes) => minutes * minute);
    expect(minutesLeft({ nowMs, measured, freeSince, open: open([short, 4]) })).toBe(6);
  });

  test('has those hosts be at work that have been free for longest, where there is not a job for each', () => {
    const freeSince = [2, 15, 16, 19].map((minutes) => minutes * minute);
    expect(minutesLeft({ nowMs: 20 * minute, freeSince, measured: took(long, 1, 50), open: open([long, 1]) })).toBe(32);
  });

  test('begins for a retry when it was created', () => {
    const nowMs = 100 * minute;
    const retries = [{ timeIndex: short, createdMs: 98 * minute }];
    expect(minutesLeft({ nowMs, retries, measured: took(short, 4, 10), open: open([short, 1]) })).toBe(8);
  });

  test('is not known while no host is', () => {
    expect(minutesLeft({ hosts: null, open: open([short, 1]) })).toBeNull();
    expect(minutesLeft({ hosts: 0, open: open([short, 1]) })).toBeNull();
    expect(minutesLeft({ hosts: null, open: open([short, 1]), freeSince: [0] })).toBe(5);
  });

  test('is not known when tests take longer than was to be expected', () => {
    expect(minutesLeft({ nowMs: 6 * minute, open: open([short, 1]) })).toBeNull();
  });
});

test('whatever the facts, the time left is a time or not known', () => {
  const nat = fc.nat({ max: 1000 });
  const time = fc.integer({ min: 0, max: 1e12 });
  const facts = fc.record({
    ...{ nowMs: time, startedMs: time, hosts: fc.option(nat), freeSince: fc.array(time, { maxLength: 20 }) },
    open: fc.array(nat, { minLength: 5, maxLength: 5 }),
    retries: fc.array(fc.record({ timeIndex: fc.nat({ max: 4 }), createdMs: time }), { maxLength: 10 }),
    measured: fc.array(fc.record({ count: nat, totalMs: time }), { minLength: 5, maxLength: 5 }),
  });
  fc.assert(
    fc.property(facts, (given) => {
      const left = timeLeftMs(given);
      expect(left === null || (Number.isFinite(left) && left >= 0)).toBe(true);
    }),
  );
});
