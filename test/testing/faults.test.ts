import { describe, expect, test } from 'vitest';
import type { FaultKind } from '../../src/testing/index.js';
import { embeddedLab } from '../../src/testing/index.js';
import { ConnectionError, ResponseTooLargeError, TimeoutError } from '../../src/transport/errors.js';
import { build, jobRequest } from './job-request.js';
import { call, sendInProcess } from './recorded-lab.js';

describe('a fault in memory', () => {
  const echo = async (kind: FaultKind) => {
    const lab = await embeddedLab().start();
    lab.faults.add({ service: 'afe', kind });
    return await sendInProcess(lab, `${lab.urls.afe}/afe/server/noauth/rpc/`, {
      body: JSON.stringify({ method: 'echo', params: [{}], id: 1 }),
    });
  };

  test('refuse and lose-answer differ in whether the request was seen', async () => {
    await expect(echo('refuse')).rejects.toThrow(ConnectionError);
    await expect(echo('refuse')).rejects.toMatchObject({ sent: false });
    await expect(echo('lose-answer')).rejects.toMatchObject({ code: 'ERR_CONNECTION', sent: true });
  });

  test('stall is a time-out, at once', async () => {
    await expect(echo('stall')).rejects.toThrow(TimeoutError);
  });

  test('503, html and garbage are answers', async () => {
    expect(await echo('503')).toMatchObject({ status: 503, text: expect.stringContaining('Service Unavailable') });
    expect(await echo('html')).toMatchObject({ status: 500, text: expect.stringContaining('<html>') });
    const { status, text } = await echo('garbage');
    expect(status).toBe(200);
    expect(() => JSON.parse(text)).toThrow();
  });
});

test('an error page is the one of the service that fails', async () => {
  const lab = await embeddedLab().start();
  lab.faults.add({ service: 'devServer', kind: 'html' });
  await expect(lab.devServer.resolveBuild('x86-mario-release/LATEST')).rejects.toThrow('the lab was told to fail');
});

test('a fault hits the calls that it names, and no others', async () => {
  const lab = await embeddedLab().start();
  lab.faults.add({ service: 'afe', method: 'echo', at: 2, count: 2, kind: 'refuse' });
  lab.faults.add({ service: 'tko', kind: 'refuse' });
  const outcomes: string[] = [];
  for (const method of ['echo', 'get_motd', 'echo', 'get_motd', 'echo', 'echo']) {
    outcomes.push(
      await call(lab, method, {}).then(
        () => 'answered',
        () => 'refused',
      ),
    );
  }
  expect(outcomes).toEqual(['answered', 'answered', 'refused', 'answered', 'refused', 'answered']);
  lab.faults.clear();
  expect(await lab.tko.getDetailedTestViews({ jobIds: [1] })).toEqual([]);
  expect(lab.calls.count('echo')).toBe(4);
  expect(lab.calls.byMethod().get('get_motd')).toBe(2);
  expect(lab.calls.total).toBe(7);
});

test('a lost answer never doubles a job', async () => {
  const lab = await embeddedLab().board('x86-mario', { pool: 'bvt' }).start();
  const suite = lab.suiteJob();
  lab.faults.add({ service: 'afe', method: 'create_job', kind: 'lose-answer', count: 2 });
  const id = await lab.afe.createJob(jobRequest('power_Idle', { parentJobId: suite.id }));
  expect(lab.jobs().map((job) => job.id)).toEqual([suite.id, id]);
  lab.expectNothingDoubled();
});

test('a read waits until the lab is back', async () => {
  const lab = await embeddedLab().board('x86-mario').start();
  lab.faults.add({ service: 'afe', method: 'get_hosts', kind: '503', count: 3 });
  const before = lab.clock.now();
  expect(await lab.afe.getHosts({})).toHaveLength(1);
  expect(lab.clock.now()).toBeGreaterThan(before);
  expect(lab.calls.count('get_hosts')).toBe(4);
});

describe('the transport in memory keeps what its port promises', () => {
  test('an answer that is too large is given up', async () => {
    const lab = await embeddedLab().start();
    const request = { method: 'GET', url: `${lab.urls.devServer}/check_health`, timeoutMs: 1000 } as const;
    await expect(lab.transport.request({ ...request, maxResponseBytes: 10 })).rejects.toThrow(ResponseTooLargeError);
  });

  test('an aborted request rejects with the reason', async () => {
    const lab = await embeddedLab().start();
    const request = { method: 'GET', url: lab.urls.devServer, timeoutMs: 1000, maxResponseBytes: 1000 } as const;
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(lab.transport.request({ ...request, signal })).rejects.toThrow('enough');
  });

  test('there is nobody at any other address, nor in a closed lab', async () => {
    const lab = await embeddedLab().start();
    await expect(sendInProcess(lab, 'http://elsewhere.lab/', {})).rejects.toThrow('no server');
    await lab.close();
    await expect(sendInProcess(lab, lab.urls.afe, {})).rejects.toThrow('no server');
  });
});

test('events of a build can be followed', async () => {
  const lab = await embeddedLab().build(build).start();
  const seen: string[] = [];
  const stop = lab.onEvent((event) => seen.push(event.type));
  await lab.devServer.stage({ build, artifacts: ['control_files'] });
  lab.jobs();
  expect(seen).toEqual(['build-staged']);
  stop();
  await lab.devServer.stage({ build, artifacts: ['stateful'] });
  lab.jobs();
  expect(seen).toHaveLength(1);
});
