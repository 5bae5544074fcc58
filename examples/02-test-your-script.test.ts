/**
 * A unit test of a suite control script: the script below is what a lab would run, the lab is an embedded one, and its
 * hours pass in milliseconds. Works with any test runner.
 */
import { expect, test } from 'vitest';
import { reimageAndRun, renderControlFile, type ReimageAndRunOptions, type SuiteOutcome } from 'dynamic-suite';
import { embeddedLab } from 'dynamic-suite/testing';

/** The script under test: the nightly power suite, with retries, on the pool `power`. */
function runPowerSuite(lab: ReimageAndRunOptions): Promise<SuiteOutcome> {
  return reimageAndRun({
    ...lab,
    name: 'power_daily',
    pool: 'power',
    priority: 'Daily',
    jobRetry: true,
    maxRetries: 5,
  });
}

const build = 'x86-mario-release/R19-1998.0.0';
const controlFiles = {
  'client/site_tests/power_Idle/control': renderControlFile({
    ...{ name: 'power_Idle', author: 'me', doc: 'Draws little power when idle.', time: 'LONG', testType: 'client' },
    suites: ['power_daily'],
    jobRetries: 2,
  }),
};

test('a power test that fails once is run again, and the suite warns', async () => {
  const lab = await embeddedLab()
    .board('x86-mario', { hosts: 2, pool: 'power' })
    .build(build, { controlFiles })
    .test('power_Idle', ['fail', 'good'])
    .start();

  const outcome = await runPowerSuite(lab.suiteArguments('power_daily', 'x86-mario'));

  expect(outcome.test('power_Idle').attempts.map(({ status }) => status)).toEqual(['FAIL', 'GOOD']);
  expect(outcome).toMatchObject({ verdict: 'WARNING', exitCode: 2 });
  lab.expectNothingDoubled();
});

test('without a device in the pool nothing runs, and nothing fails', async () => {
  const lab = await embeddedLab()
    .board('x86-mario', { hosts: 2, pool: 'bvt' })
    .label('pool:power')
    .build(build, { controlFiles })
    .start();
  const { job, ...given } = lab.suiteArguments('power_daily', 'x86-mario');

  const outcome = await runPowerSuite({ ...given, job });

  expect(outcome.test('power_Idle').conclusion).toBe('not-applicable');
  expect(job.story).toEqual([
    'INFO Start power_daily',
    'START power_Idle',
    'TEST_NA power_Idle',
    'END TEST_NA power_Idle',
    'GOOD power_daily',
  ]);
});
