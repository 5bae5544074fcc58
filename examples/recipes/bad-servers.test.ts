import { expect, test } from 'vitest';
import { reimageAndRun } from 'dynamic-suite';
import { hostileLab } from 'dynamic-suite/testing';

test.each([1, 2, 3])('a script comes through with servers that fail, seed %d', async (seed) => {
  const lab = await hostileLab({ seed }).start();
  const outcome = await reimageAndRun(lab.suiteArguments());
  expect(outcome.verdict).toBe('OK');
  lab.expectAllWell();
});
