import { expect, test } from 'vitest';
import { reimageAndRun } from 'dynamic-suite';
import { smallLab } from 'dynamic-suite/testing';

test('a lost answer never doubles a job', async () => {
  const lab = await smallLab().start();
  lab.faults.add({ kind: 'lose-answer', method: 'create_job', count: 2 });
  const unwell = lab.faults.add({ kind: '503', service: 'tko', untilMs: 30 * 60_000 });

  const outcome = await reimageAndRun(lab.suiteArguments());

  expect(outcome.verdict).toBe('OK');
  expect(unwell.hits).toBeGreaterThan(0);
  lab.expectAllWell();
});
