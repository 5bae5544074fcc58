import { expect, test } from 'vitest';
import { reimageAndRun } from 'dynamic-suite';
import { smallLab } from 'dynamic-suite/testing';

test('a test that fails once is run again, and the suite warns', async () => {
  const lab = await smallLab().test('power_Idle', ['fail', 'good']).start();

  const outcome = await reimageAndRun({ ...lab.suiteArguments(), jobRetry: true });

  expect(outcome.test('power_Idle')).toMatchObject({ conclusion: 'flaky', attempts: [{}, {}] });
  expect(outcome).toMatchObject({ verdict: 'WARNING', exitCode: 2 });
  lab.expectNothingDoubled();
});
