import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFailure, isWorse, testStatuses, worst, type Judgement } from '../../src/results/status.js';

const judgement = fc.record<Judgement>({
  status: fc.constantFrom(...testStatuses),
  reason: fc.constantFrom('', 'why'),
});

test('of equal statuses the one with a reason is worse', () => {
  expect(isWorse({ status: 'FAIL', reason: 'why' }, { status: 'FAIL', reason: '' })).toBe(true);
  expect(isWorse({ status: 'FAIL', reason: '' }, { status: 'FAIL', reason: 'why' })).toBe(false);
});

test('worse is a strict order that follows the list', () => {
  fc.assert(
    fc.property(judgement, judgement, (a, b) => {
      expect(isWorse(a, b) && isWorse(b, a)).toBe(false);
      if (testStatuses.indexOf(a.status) < testStatuses.indexOf(b.status)) expect(isWorse(a, b)).toBe(true);
    }),
  );
});

test('nothing is worse than the worst', () => {
  fc.assert(
    fc.property(fc.array(judgement, { minLength: 1 }), (judgements) => {
      const found = worst(judgements);
      expect(found !== undefined && judgements.every((each) => !isWorse(each, found))).toBe(true);
    }),
  );
  expect(worst([])).toBeUndefined();
});

test('a warning is no failure', () => {
  expect(testStatuses.filter(isFailure)).toEqual(['TEST_NA', 'ABORT', 'ERROR', 'FAIL']);
});
