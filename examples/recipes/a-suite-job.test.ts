import { expect, test } from 'vitest';
import { reimageAndRun } from 'dynamic-suite';
import { smallLab } from 'dynamic-suite/testing';

test('the lab runs the script in the jobs of create_suite_job', async () => {
  // The script under test: all suites have five more retries.
  const lab = await smallLab({ runSuite: ({ options }) => reimageAndRun({ ...options, maxRetries: 5 }) })
    .test('power_Idle', ['fail', 'good'])
    .start();

  const args = { name: 'bvt', board: 'x86-mario', build: 'x86-mario-release/R19-1998.0.0', job_retry: true };
  const id = Number(await lab.afe.call('create_suite_job', args));
  await lab.clock.sleep(3_600_000);

  expect(lab.suiteOutcomes().get(id)).toMatchObject({ verdict: 'WARNING', suiteJobId: id });
  await lab.close();
});
