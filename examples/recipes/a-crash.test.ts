import { expect, test } from 'vitest';
import { reimageAndRun } from 'dynamic-suite';
import { smallLab } from 'dynamic-suite/testing';

test('a crash is found, symbolicated and told of', async () => {
  const crashes = [{ process: 'chrome', function: 'gpu::Scene::Paint', frames: ['main'] }];
  const lab = await smallLab().test('login_LoginSuccess', { status: 'FAIL', crashes }).start();

  const outcome = await reimageAndRun(lab.suiteArguments());

  const [attempt] = outcome.test('login_LoginSuccess').attempts;
  expect(attempt?.crashes).toMatchObject([{ signature: 'gpu::Scene::Paint | main' }]);
});
