import { expect, test } from 'vitest';
import { reimageAndRun } from 'dynamic-suite';
import { embeddedLab } from 'dynamic-suite/testing';

test('a test whose host dies under it is run again on another one', async () => {
  const lab = await embeddedLab()
    .board('x86-mario', { hosts: 2 })
    .suite('bvt', [{ name: 'power_Idle', jobRetries: 1 }])
    .start();
  lab.onEvent((event) => {
    if (event.type === 'job-running' && event.host === 'chromeos1-rack1-host1') lab.host(event.host).die();
  });

  const outcome = await reimageAndRun({ ...lab.suiteArguments(), jobRetry: true });

  const [first, second] = outcome.test('power_Idle').attempts;
  expect(first).toMatchObject({ hostname: 'chromeos1-rack1-host1', status: 'FAIL' });
  expect(second).toMatchObject({ hostname: 'chromeos1-rack1-host2', status: 'GOOD' });
});
