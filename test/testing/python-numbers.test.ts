import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findPythonNumber } from '../../src/testing/services/python-numbers.js';

describe('numbers that only Python reads', () => {
  test.each([
    ['NaN', 'NaN'],
    ['[-Infinity, NaN]', 'infinity'],
    ['{"a": [1, {"b": Infinity}]}', 'infinity'],
    ['{"NaN": "Infinity \\" NaN", "a": NaN}', 'NaN'],
  ])('%s: %s', (text, number) => {
    expect(findPythonNumber(text)).toBe(number);
  });

  test.each(['', '{"a": "NaN"}', '[NaN', 'Nan', '-NaN1', 'NaN NaN', 'None', '{"a": Inf}', '"NaN'])(
    'none that matters in %s',
    (text) => {
      expect(findPythonNumber(text)).toBeUndefined();
    },
  );

  test('are found wherever a value may stand, and never in JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), (before, after) => {
        expect(findPythonNumber(`[${before}, ${after}]`)).toBeUndefined();
        expect(findPythonNumber(`[${before}, Infinity, NaN, ${after}]`)).toBe('infinity');
      }),
    );
  });

  test('take no time without end', () => {
    const start = performance.now();
    expect(findPythonNumber(`"${'\\"'.repeat(2_000_000)}`)).toBeUndefined();
    expect(findPythonNumber('NaN,'.repeat(1_000_000))).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
