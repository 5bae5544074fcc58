import { expect, test } from 'vitest';
import { reimageAndRun } from 'dynamic-suite';
import { embeddedLab } from 'dynamic-suite/testing';

test('a suite waits for the only host, which is gone for an hour', async () => {
  const hourMs = 3_600_000;
  const lab = await embeddedLab()
    .host('host1', { board: 'x86-mario', outages: [{ fromMs: 0, untilMs: hourMs }] })
    .suite('bvt', ['power_Idle'])
    .start();
  const startMs = lab.clock.now();

  const outcome = await reimageAndRun(lab.suiteArguments());

  expect(outcome.verdict).toBe('OK');
  expect(lab.clock.now() - startMs).toBeGreaterThan(hourMs);
});
