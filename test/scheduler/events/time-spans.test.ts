import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addSpan, endOf, spansLeft, spansUpTo, type TimeSpans } from '../../../src/scheduler/events/time-spans.js';

const ms = fc.integer({ min: 0, max: 30 });
const span = fc.tuple(ms, ms);
const times = Array.from({ length: 32 }, (_, at) => at);

function isIn(spans: TimeSpans, time: number): boolean {
  return spans.some(([after, upTo]) => time > after && time <= upTo);
}

test('spans are the times that are in them', () => {
  fc.assert(
    fc.property(fc.array(span, { maxLength: 8 }), span, ms, (added, asked, end) => {
      const spans = added.reduce<TimeSpans>(addSpan, []);
      for (const time of times) {
        const isThere = isIn(added, time);
        expect(isIn(spans, time)).toBe(isThere);
        expect(isIn(spansLeft(asked, spans), time)).toBe(isIn([asked], time) && !isThere);
        expect(isIn(spansUpTo(spans, end), time)).toBe(isThere && time <= end);
      }
      expect(endOf(spans)).toBe(Math.max(-Infinity, ...times.filter((time) => isIn(added, time))));
    }),
  );
});

test('spans stay few, and in order', () => {
  let spans: TimeSpans = [];
  for (let at = 100; at > 0; at -= 1) spans = addSpan(spans, [10 * at, 10 * at + 5]);
  expect(spans.length).toBeLessThanOrEqual(16);
  expect(spans).toEqual(spans.toSorted(([a], [b]) => a - b));
});
