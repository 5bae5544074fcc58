import { expect, test } from 'vitest';
import { reimageAndRun } from 'dynamic-suite';
import { embeddedLab } from 'dynamic-suite/testing';

test('the smallest test of a suite', async () => {
  const lab = await embeddedLab().suite('bvt', ['power_Idle']).start();
  const outcome = await reimageAndRun(lab.suiteArguments());
  expect(outcome.verdict).toBe('OK');
});
