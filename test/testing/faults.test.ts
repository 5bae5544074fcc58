import { describe, expect, test } from 'vitest';
import { HttpAfeClient } from '../../src/clients/afe/http-afe-client.js';
import type { Clock } from '../../src/runtime/clock.js';
import type { EmbeddedLab, FaultKind, LabFault, ServiceName } from '../../src/testing/index.js';
import { embeddedLab, LabDescriptionError, VirtualClock } from '../../src/testing/index.js';
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

  test('stall is a time-out, when it is due on the clock of the lab', async () => {
    const lab = await embeddedLab().start();
    lab.faults.add({ kind: 'stall' });
    const before = lab.clock.now();
    await expect(sendInProcess(lab, lab.urls.afe, {})).rejects.toThrow(TimeoutError);
    expect(lab.clock.now() - before).toBe(1000);
  });

  test('pages of a front server, html and garbage are answers', async () => {
    expect(await echo('502')).toMatchObject({ status: 502, text: expect.stringContaining('Bad Gateway') });
    expect(await echo('503')).toMatchObject({ status: 503, text: expect.stringContaining('Service Unavailable') });
    expect(await echo('504')).toMatchObject({ status: 504, text: expect.stringContaining('Gateway Timeout') });
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

test('a cut answer is the first half of the answer, of a call that was carried out', async () => {
  const lab = await embeddedLab().start();
  const whole = await sendInProcess(lab, lab.urls.labStatus, { method: 'GET' });
  lab.faults.add({ service: 'labStatus', kind: 'truncate' });
  const { status, text } = await sendInProcess(lab, lab.urls.labStatus, { method: 'GET' });
  expect([status, text]).toEqual([200, whole.text.slice(0, Math.floor(whole.text.length / 2))]);
});

test.each<FaultKind>(['lose-answer', 'truncate', 'stall', '503', 'refuse'])(
  'an answer that is missing (%s) never doubles a job',
  async (kind) => {
    const lab = await embeddedLab().board('x86-mario', { pool: 'bvt' }).start();
    const suite = lab.suiteJob();
    lab.faults.add({ service: 'afe', method: 'create_job', kind, count: 2 });
    const id = await lab.afe.createJob(jobRequest('power_Idle', { parentJobId: suite.id }));
    expect(lab.jobs().map((job) => job.id)).toEqual([suite.id, id]);
    lab.expectNothingDoubled();
  },
);

describe('a late answer', () => {
  const path = '/afe/server/noauth/rpc/';
  const echo = (id: number) => ({ body: JSON.stringify({ method: 'echo', params: [{ data: 'hi' }], id }) });

  test('comes when its time has passed on the clock, though the client holds the clock until it comes', async () => {
    const lab = await embeddedLab().board('x86-mario').start();
    lab.faults.add({ service: 'afe', method: 'get_hosts', kind: 'delay', delayMs: 20_000 });
    const before = lab.clock.now();
    const others: number[] = [];
    const sleeper = lab.clock.sleep(5_000).then(() => others.push(lab.clock.now() - before));
    expect(await lab.afe.getHosts({})).toHaveLength(1);
    expect(lab.clock.now() - before).toBe(20_000);
    await sleeper;
    expect(others).toEqual([5_000]);
  });

  test('is a time-out for whoever does not wait so long, and the call was carried out', async () => {
    const lab = await embeddedLab().board('x86-mario', { pool: 'bvt' }).start();
    const suite = lab.suiteJob();
    lab.faults.add({ service: 'afe', method: 'create_job', kind: 'delay', delayMs: 3_600_000 });
    const before = lab.clock.now();
    await lab.afe.createJob(jobRequest('power_Idle', { parentJobId: suite.id }));
    expect(lab.clock.now() - before).toBeGreaterThanOrEqual(60_000);
    expect(lab.calls.count('create_job')).toBe(1);
    lab.expectNothingDoubled();
  });

  test('can be given up', async () => {
    const lab = await embeddedLab({ clock: new VirtualClock({ autoAdvance: false }) }).start();
    lab.faults.add({ kind: 'delay', delayMs: 500 });
    const stop = new AbortController();
    const limits = { timeoutMs: 1000, maxResponseBytes: 1000 };
    const waiting = lab.transport.request({ method: 'GET', url: lab.urls.devServer, ...limits, signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  test('ends when the lab closes', async () => {
    const lab = await embeddedLab({ clock: new VirtualClock({ autoAdvance: false }) }).start();
    lab.faults.add({ kind: 'delay', delayMs: 500 });
    const waiting = sendInProcess(lab, lab.urls.devServer, {});
    const failed = expect(waiting).rejects.toThrow(ConnectionError);
    await lab.close();
    await failed;
  });

  test('comes at once on a clock of the caller that stands still until it comes', async () => {
    const clock: Clock = { now: () => 0, sleep: () => new Promise(() => undefined), hold: () => () => undefined };
    const lab = await embeddedLab({ clock }).start();
    lab.faults.add({ kind: 'delay', delayMs: 500 });
    expect(await sendInProcess(lab, lab.urls.labStatus, { method: 'GET' })).toMatchObject({ status: 200 });
  });

  test('of several calls over HTTP comes after as much time as was said, with and without a shared clock', async () => {
    const lab = await embeddedLab().board('x86-mario').start();
    const { afe } = await lab.listen();
    const client = new HttpAfeClient({ url: afe, clock: lab.clock });
    lab.faults.add({ service: 'afe', method: 'get_hosts', kind: 'delay', delayMs: 600_000, count: 3 });
    const before = lab.clock.now();
    const after = () => lab.clock.now() - before;
    const times = await Promise.all([
      client.getHosts({}).then(after),
      client.getHosts({ labels: ['board:x86-mario'] }).then(after),
      lab.clock.sleep(1000).then(() => client.getHosts({}).then(after)),
      lab.clock.sleep(300_000).then(after),
    ]);
    expect(times).toEqual([600_000, 600_000, 601_000, 300_000]);

    lab.faults.add({ service: 'afe', method: 'echo', kind: 'delay', delayMs: 600_000 });
    const started = lab.clock.now();
    const answer = await fetch(`${afe}${path}`, { method: 'POST', ...echo(1) });
    expect(await answer.json()).toMatchObject({ result: 'hi' });
    expect(lab.clock.now() - started).toBe(600_000);
    client.close();
    await lab.close();
  });
});

describe('which calls a fault hits', () => {
  /** One letter for each of so many calls: `x` where one was hit. */
  async function hits(lab: EmbeddedLab, calls: number, method = 'echo'): Promise<string> {
    let pattern = '';
    for (let call_ = 0; call_ < calls; call_++) {
      pattern += await call(lab, method, {}).then(
        () => '.',
        () => 'x',
      );
    }
    return pattern;
  }

  test('without a service those of all services, counted together', async () => {
    const lab = await embeddedLab().start();
    const fault = lab.faults.add({ kind: 'refuse', at: 2, count: 2 });
    const ask = (url: string) => sendInProcess(lab, url, { method: 'GET' }).then(({ status }) => status);
    expect(await ask(lab.urls.labStatus)).toBe(200);
    await expect(ask(`${lab.urls.devServer}/check_health`)).rejects.toThrow(ConnectionError);
    await expect(ask(lab.urls.labStatus)).rejects.toThrow(ConnectionError);
    expect(await ask(`${lab.urls.devServer}/check_health`)).toBe(200);
    expect(fault.hits).toBe(2);
  });

  test('of two faults each hits a call of its own', async () => {
    const lab = await embeddedLab().start();
    lab.faults.add({ method: 'echo', kind: 'refuse' });
    lab.faults.add({ method: 'echo', kind: 'refuse' });
    expect(await hits(lab, 4)).toBe('xx..');
  });

  test('within a window of time all of them, and none before or after', async () => {
    const lab = await embeddedLab().start();
    await lab.clock.sleep(60_000);
    lab.faults.add({ kind: 'refuse', fromMs: 10_000, untilMs: 20_000 });
    const found: string[] = [];
    for (let turn = 0; turn < 4; turn++) {
      found.push(await hits(lab, 3));
      await lab.clock.sleep(turn === 1 ? 9_999 : turn === 2 ? 1 : 10_000);
    }
    expect(found).toEqual(['...', 'xxx', 'xxx', '...']);
  });

  test('by chance as many as were said, the same ones for the same seed', async () => {
    const pattern = async (seed: number, method = 'echo') => {
      const lab = await embeddedLab({ seed }).start();
      const fault = lab.faults.add({ service: 'afe', probability: 0.2, kind: 'refuse' });
      const found = await hits(lab, 500, method);
      expect(fault.hits).toBe(found.split('x').length - 1);
      return found;
    };
    const first = await pattern(1);
    expect(first.split('x').length / 500).toBeCloseTo(0.2, 1);
    expect(await pattern(1)).toBe(first);
    expect(await pattern(2)).not.toBe(first);
    expect(await pattern(1, 'get_motd')).not.toBe(first);
  });

  test('by chance, whatever else is called in between', async () => {
    const lab = await embeddedLab().start();
    lab.faults.add({ service: 'afe', method: 'echo', probability: 0.3, kind: 'refuse' });
    let pattern = '';
    for (let turn = 0; turn < 30; turn++) {
      await call(lab, 'get_motd', {});
      pattern += await hits(lab, 1);
    }
    const quiet = await embeddedLab().start();
    quiet.faults.add({ service: 'afe', method: 'echo', probability: 0.3, kind: 'refuse' });
    expect(await hits(quiet, 30)).toBe(pattern);
  });

  test('by chance no more than were allowed', async () => {
    const lab = await embeddedLab().start();
    const fault = lab.faults.add({ probability: 0.5, count: 3, kind: 'refuse' });
    await hits(lab, 100);
    expect(fault.hits).toBe(3);
  });

  test('none any more once it is taken back', async () => {
    const lab = await embeddedLab().start();
    const fault = lab.faults.add({ kind: 'refuse', count: Infinity });
    expect(await hits(lab, 2)).toBe('xx');
    fault.remove();
    fault.remove();
    expect([await hits(lab, 2), fault.hits]).toEqual(['..', 2]);
  });

  test.each<[Partial<LabFault>, string]>([
    [{ count: -1 }, 'count: expected a whole number, or Infinity, found -1'],
    [{ probability: 1.5 }, 'probability: expected 0 to 1, found 1.5'],
    [{ at: 0 }, 'at: expected a whole number above 0, found 0'],
    [{ fromMs: 5, untilMs: 5 }, 'untilMs: expected a time after fromMs, found 5'],
    [{ fromMs: -1 }, 'fromMs'],
    [{ kind: 'delay' }, 'delayMs: expected milliseconds, found undefined'],
    [{ delayMs: 5 }, 'delayMs: expected none with the kind refuse, found 5'],
    [{ kind: 'explode' as FaultKind }, 'kind: expected refuse, lose-answer'],
    [{ service: 'mail' as ServiceName, count: 0.5 }, 'found mail; count'],
  ])('%j is a mistake', async (fault, message) => {
    const lab = await embeddedLab().start();
    const add = () => lab.faults.add({ kind: 'refuse', ...fault });
    expect(add).toThrow(LabDescriptionError);
    expect(add).toThrow(message);
  });

  test('one at a call that has been made is a mistake', async () => {
    const lab = await embeddedLab().start();
    await hits(lab, 2);
    expect(() => lab.faults.add({ method: 'echo', at: 2, kind: 'refuse' })).toThrow('there were 2 already');
    expect(() => lab.faults.add({ method: 'echo', at: 3, kind: 'refuse' })).not.toThrow();
  });
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
