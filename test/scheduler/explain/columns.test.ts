import { expect, test } from 'vitest';
import { inColumns, shortList } from '../../../src/scheduler/explain/columns.js';

test('cells stand below each other, and no line ends in blanks', () => {
  const rows = [
    ['21:00', 'nightly', 'bvt'],
    ['2:00', 'x', 'power_daily'],
  ];
  expect(inColumns(rows, '  ')).toEqual(['  21:00  nightly  bvt', '  2:00   x        power_daily']);
  expect(inColumns([])).toEqual([]);
});

test('of two hundred boards a person reads a few', () => {
  const boards = Array.from({ length: 200 }, (_, n) => `b${n}`);
  expect(shortList(boards, 3)).toBe('b0, b1, b2 and 197 more');
  expect(shortList(boards.slice(0, 3), 3)).toBe('b0, b1, b2');
});
