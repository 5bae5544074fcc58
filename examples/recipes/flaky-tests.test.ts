import { expect, test } from 'vitest';
import { reimageAndRun } from 'dynamic-suite';
import { flaky, smallLab } from 'dynamic-suite/testing';

test.each([1, 2, 3])('with retries a suite lives through bad luck, week %d', async (seed) => {
  const lab = await smallLab({ seed })
    .tests(flaky({ failRate: 0.2, machineFailureRate: 0.1, durationMs: [60_000, 600_000] }))
    .start();

  const outcome = await reimageAndRun({ ...lab.suiteArguments(), jobRetry: true });

  expect(outcome.tests.filter(({ conclusion }) => conclusion === 'failed')).toEqual([]);
  lab.expectAllWell();
});
