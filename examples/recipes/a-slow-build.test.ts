import { expect, test } from 'vitest';
import { reimageAndRun, StagingError } from 'dynamic-suite';
import { smallLab } from 'dynamic-suite/testing';

const build = 'x86-mario-release/R20-2100.0.0';

test('a build may take twenty minutes to stage', async () => {
  const lab = await smallLab()
    .build(build, { stagingMs: 20 * 60_000 })
    .start();
  const startMs = lab.clock.now();
  const outcome = await reimageAndRun(lab.suiteArguments());
  expect(outcome.verdict).toBe('OK');
  expect(lab.clock.now() - startMs).toBeGreaterThan(20 * 60_000);
});

test('a build that cannot be staged ends the suite, and no test is scheduled', async () => {
  const lab = await smallLab().build(build, { stagingFails: 'no such build' }).start();
  const { job, ...suite } = lab.suiteArguments();
  await expect(reimageAndRun({ ...suite, job })).rejects.toThrow(StagingError);
  expect(lab.calls.count('create_job')).toBe(0);
});
