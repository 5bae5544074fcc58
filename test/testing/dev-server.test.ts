import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { embeddedLab } from '../../src/testing/index.js';
import { build } from './job-request.js';
import { send } from './recorded-lab.js';

const archive = `archive_url=gs://chromeos-image-archive/${build}`;
const power = 'client/site_tests/power_Idle/control';
const files = {
  [power]: "NAME = 'power_Idle'\nSUITE = 'bvt, power'\n",
  'client/site_tests/login_Login/control': "NAME = 'login_Login'\nATTRIBUTES = 'suite:bvt'\n",
  'server/site_tests/odd/control': 'this is not Python',
};

describe('staging', () => {
  test('artifacts arrive one after the other, and those of test_suites behind them', async () => {
    const lab = await embeddedLab().build(build, { stagingMs: 20_000 }).start();
    const isStaged = async (artifacts: string) =>
      (await send(lab, `${lab.urls.devServer}/is_staged?${archive}&artifacts=${artifacts}`, { method: 'GET' })).text;
    await send(lab, `${lab.urls.devServer}/stage?${archive}&artifacts=full_payload,test_suites&async=True`, {});
    expect(await isStaged('full_payload')).toBe('False');
    await lab.clock.sleep(10_000);
    expect([await isStaged('full_payload'), await isStaged('full_payload,test_suites')]).toEqual(['True', 'False']);
    await lab.clock.sleep(10_000);
    expect([await isStaged('full_payload,test_suites'), await isStaged('control_files')]).toEqual(['True', 'False']);
    await lab.clock.sleep(10_000);
    expect(await isStaged('control_files,autotest_packages')).toBe('True');
  });

  test('an old failure shows once more after the next request, and then the new result', async () => {
    const lab = await embeddedLab()
      .build(build, { stagingFails: { message: 'disk full', times: 1 } })
      .start();
    const request = { build, artifacts: ['control_files'] };
    await expect(lab.devServer.stage(request)).rejects.toThrow('disk full');
    const url = `${lab.urls.devServer}/is_staged?${archive}&artifacts=control_files`;
    expect(await send(lab, url, { method: 'GET' })).toMatchObject({
      status: 500,
      text: expect.stringContaining('disk full'),
    });
    await send(lab, `${lab.urls.devServer}/stage?${archive}&artifacts=control_files&async=True`, { method: 'GET' });
    expect(await send(lab, url, { method: 'GET' })).toMatchObject({ status: 500 });
    expect(await send(lab, url, { method: 'GET' })).toEqual({ status: 200, text: 'False' });
    await lab.clock.sleep(20_000);
    expect(await send(lab, url, { method: 'GET' })).toEqual({ status: 200, text: 'True' });
    await lab.devServer.stage(request);
  });

  test('a build that never stages says so', async () => {
    const lab = await embeddedLab().build(build, { stagingFails: 'no such luck' }).start();
    for (let turn = 0; turn < 2; turn++) {
      await expect(lab.devServer.stage({ build, artifacts: ['test_suites'] })).rejects.toThrow('no such luck');
    }
    await expect(lab.devServer.stage({ build: 'x/R1-1.0.0', artifacts: ['stateful'] })).rejects.toThrow(
      'Could not find',
    );
  });

  test('on a virtual clock a synchronous request hurries up what another one has begun', async () => {
    const lab = await embeddedLab().build(build).start();
    const url = `${lab.urls.devServer}/stage?${archive}&artifacts=stateful`;
    const release = lab.clock.hold?.();
    await send(lab, `${url}&async=True`, { method: 'GET' });
    expect(await send(lab, url, { method: 'GET' })).toEqual({ status: 200, text: 'Success' });
    release?.();
  });

  test('on a real clock a synchronous request is answered when all is there', async () => {
    const lab = await embeddedLab({ clock: 'real' }).build(build, { stagingMs: 60 }).start();
    const start = performance.now();
    const answer = await send(lab, `${lab.urls.devServer}/stage?${archive}&artifacts=stateful`, { method: 'GET' });
    expect(answer.text).toBe('Success');
    expect(performance.now() - start).toBeGreaterThan(50);
  });
});

describe('the files of a build', () => {
  test('a suite has the control files that name it, and an unknown suite has all', async () => {
    const lab = await embeddedLab().build(build, { controlFiles: files }).start();
    await lab.devServer.stage({ build, artifacts: ['control_files', 'test_suites'] });
    expect(await lab.devServer.listControlFiles({ build, suite: 'bvt' })).toEqual(Object.keys(files).slice(0, 2));
    expect(await lab.devServer.listControlFiles({ build, suite: 'power' })).toEqual([power]);
    expect([...(await lab.devServer.listControlFiles({ build, suite: 'nope' }))].sort()).toEqual(
      Object.keys(files).sort(),
    );
    const controls = await lab.devServer.listSuiteControls({ build, suite: 'power' });
    expect(controls).toEqual(new Map([[power, files[power]]]));
    expect(new TextDecoder().decode(await lab.devServer.getControlFile({ build, path: power }))).toBe(files[power]);
    await expect(lab.devServer.getControlFile({ build, path: 'nope' })).rejects.toMatchObject({
      code: 'ERR_CONTROL_FILE_NOT_FOUND',
    });
  });

  test('the map of suites can be stated', async () => {
    const lab = await embeddedLab()
      .build(build, { controlFiles: files, suites: { mine: [power] } })
      .start();
    await lab.devServer.stage({ build, artifacts: ['control_files', 'test_suites'] });
    expect(await lab.devServer.listControlFiles({ build, suite: 'mine' })).toEqual([power]);
  });

  test('a server from before April 2016 has no list_suite_controls', async () => {
    const lab = await embeddedLab({ listSuiteControls: false }).build(build, { controlFiles: files }).start();
    await lab.devServer.stage({ build, artifacts: ['control_files', 'test_suites'] });
    expect(await lab.devServer.listSuiteControls({ build, suite: 'bvt' })).toBeUndefined();
    lab.expectNoUnexpectedCalls();
  });

  test('control files can come from a folder, byte for byte', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lab-'));
    try {
      await mkdir(join(folder, 'client/site_tests/x'), { recursive: true });
      const bytes = Buffer.from([0x23, 0xff, 0x00, 0x0a]);
      await writeFile(join(folder, 'client/site_tests/x/control'), bytes);
      const lab = await embeddedLab().build(build, folder).start();
      await lab.devServer.stage({ build, artifacts: ['control_files'] });
      expect(await lab.devServer.listControlFiles({ build })).toEqual(['client/site_tests/x/control']);
      const found = await lab.devServer.getControlFile({ build, path: 'client/site_tests/x/control' });
      expect(Buffer.from(found)).toEqual(bytes);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('no path leads out of the build', async () => {
    const lab = await embeddedLab().build(build, { controlFiles: files }).start();
    await lab.devServer.stage({ build, artifacts: ['control_files'] });
    const get = (path: string) => send(lab, `${lab.urls.devServer}${path}`, { method: 'GET' });
    expect((await get(`/controlfiles?build=${build}&control_path=../../../../../etc/passwd`)).status).toBe(500);
    expect((await get(`/static/${build}/autotest/..%2f..%2fpasswd`)).status).toBe(403);
    expect((await get(`/static/${build}/autotest/nope`)).status).toBe(404);
    expect((await get('/static/%zz')).status).toBe(404);
  });

  test('LATEST is the highest version, or the one that is said to be it', async () => {
    const versions = ['R9-1.0.0', 'R20-2.0.0', 'R19-3.0.0-a1'].map((version) => `x86-mario-release/${version}`);
    const builder = embeddedLab();
    for (const version of versions) builder.build(version);
    const lab = await builder.build('lumpy-release/R2-1.0.0', { latest: true }).build('lumpy-release/R3-1.0.0').start();
    expect(await lab.devServer.resolveBuild('x86-mario-release/LATEST')).toBe('x86-mario-release/R20-2.0.0');
    expect(await lab.devServer.resolveBuild('lumpy-release/LATEST')).toBe('lumpy-release/R2-1.0.0');
  });
});
