import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mostSimilar, similarity } from '../../src/control-files/similarity.js';

test.each([
  ['', '', 1],
  ['a', '', 0],
  ['bvt', 'bvt-cq', 2 / 3],
  ['power_Idel', 'power_Idle', 0.9],
  ['abcd', 'bcde', 0.75],
  ['tide', 'diet', 0.25],
  ['diet', 'tide', 0.5],
  ['abab', 'baba', 0.75],
])('%j and %j are alike as difflib has it', (a, b, ratio) => {
  expect(similarity(a, b)).toBeCloseTo(ratio, 12);
});

test('only equal texts are wholly alike', () => {
  const text = fc.string({ maxLength: 30 });
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(similarity(a, a)).toBe(1);
      expect(similarity(a, b) === 1).toBe(a === b);
    }),
  );
});

test('the names most like a mistyped one come first, and no others than fit', () => {
  expect(mostSimilar('bvt-qc', ['zz', 'bvt', 'smoke', 'bvt-cq', 'bvt-cq'], 2)).toEqual(['bvt-cq', 'bvt']);
  expect(mostSimilar('ab', ['b', 'a', 'x'])).toEqual(['a', 'b']);
});

test('a very long name costs no more than a long one', () => {
  expect(similarity('a'.repeat(1_000_000), 'a'.repeat(199))).toBe(1);
});
