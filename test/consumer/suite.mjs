import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSuiteJob, reimageAndRun } from 'dynamic-suite';
import { embeddedLab } from 'dynamic-suite/testing';

const build = 'x86-mario-release/R19-1998.0.0';
const control = `NAME = 'login_Success'\nAUTHOR = 'lab'\nTIME = 'SHORT'\nTEST_TYPE = 'client'\nSUITE = 'bvt'\nDOC = 'Logs in.'\n`;

const resultDir = mkdtempSync(join(tmpdir(), 'dynamic-suite-consumer-'));
const lab = await embeddedLab()
  .board('x86-mario', { hosts: 2, pool: 'bvt' })
  .build(build, { controlFiles: { 'client/site_tests/login_Success/control': control } })
  .start();
try {
  const services = await lab.listen();
  const { tag } = lab.suiteJob();
  const outcome = await reimageAndRun({
    name: 'bvt',
    board: 'x86-mario',
    pool: 'bvt',
    builds: { 'cros-version': build },
    devserverUrl: services.devServer,
    job: await openSuiteJob({ tag, resultDir }),
    lab: { afe: services.afe, tko: services.tko },
    clock: lab.clock,
  });
  assert.equal(outcome.exitCode, 0);
  assert.ok(lab.jobs().some(({ name }) => name.endsWith('login_Success')));
  lab.expectNothingDoubled();
} finally {
  await lab.close();
  rmSync(resultDir, { recursive: true, force: true });
}
