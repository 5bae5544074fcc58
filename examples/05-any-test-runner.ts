/**
 * The embedded lab with the test runner of Node, and its assertions: `node --test`, or as here `tsx` alone. It works with
 * any other one as well.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reimageAndRun } from 'dynamic-suite';
import { smallLab } from 'dynamic-suite/testing';

await test('a test that always fails is tried three times', async () => {
  await using lab = await smallLab().test('power_Idle', 'fail').start();
  const outcome = await reimageAndRun({ ...lab.suiteArguments(), jobRetry: true });
  assert.equal(outcome.verdict, 'ERROR');
  assert.equal(outcome.test('power_Idle').attempts.length, 3);
  lab.expectAllWell();
});
