import { describe, expect, test } from 'vitest';
import type { EmbeddedLab } from '../../src/testing/index.js';
import { embeddedLab, LabDescriptionError } from '../../src/testing/index.js';
import { build, jobRequest } from './job-request.js';
import { call, sendInProcess as send } from './recorded-lab.js';

const rpcPath = '/afe/server/noauth/rpc/';

describe('what is counted always', () => {
  test('calls by method, and bytes of requests and answers as they were sent', async () => {
    const lab = await embeddedLab().start();
    const body = JSON.stringify({ method: 'echo', params: [{ data: 'hi' }], id: 1 });
    const first = await send(lab, `${lab.urls.afe}${rpcPath}`, { body });
    const second = await send(lab, lab.urls.labStatus, { method: 'GET' });
    const target = '/current?format=json';
    const echo = { requestBytes: rpcPath.length + body.length, responseBytes: first.text.length };
    expect(lab.calls.bytes('echo')).toEqual(echo);
    expect(lab.calls.bytes('current')).toEqual({ requestBytes: target.length, responseBytes: second.text.length });
    expect(lab.calls.bytes()).toEqual({
      requestBytes: echo.requestBytes + target.length,
      responseBytes: echo.responseBytes + second.text.length,
    });
    expect(lab.calls.bytes('get_jobs')).toEqual({ requestBytes: 0, responseBytes: 0 });
  });

  test('the same over HTTP, whatever is compressed on the way', async () => {
    const lab = await embeddedLab().start();
    const { afe } = await lab.listen();
    const body = JSON.stringify({ method: 'echo', params: [{ data: 'hi'.repeat(1000) }], id: 1 });
    const answer = await fetch(`${afe}${rpcPath}`, { method: 'POST', body });
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    const text = await answer.text();
    const bytes = { requestBytes: rpcPath.length + body.length, responseBytes: text.length };
    expect(lab.calls.bytes('echo')).toEqual(bytes);
    await lab.close();
  });

  test('calls are not kept unless the lab was told to', async () => {
    const lab = await embeddedLab().start();
    expect(() => lab.calls.entries()).toThrow(LabDescriptionError);
    expect(() => lab.calls.entries()).toThrow('callLog');
  });
});

describe('the call log', () => {
  const loggingLab = (limit?: number): Promise<EmbeddedLab> =>
    embeddedLab({ callLog: { limit } }).board('x86-mario', { pool: 'bvt' }).build(build).start();

  test('tells of each call when it came, from whom, with which arguments, and how it ended', async () => {
    const lab = await loggingLab();
    await lab.afe.createJob(jobRequest('power_Idle'));
    await lab.clock.sleep(1000);
    await call(lab, 'create_job', { name: 'x', control_file: '', control_type: 'Server', priority: 10 }, 'alice');
    await lab.devServer.stage({ build, artifacts: ['control_files'] });
    const created = lab.calls.entries({ service: 'afe', method: 'create_job' });
    expect(created).toMatchObject([
      {
        ...{ number: 1, service: 'afe', method: 'create_job', user: 'chromeos-test', outcome: 'ok', status: 200 },
        params: { name: `${build}/bvt/power_Idle`, priority: 40, meta_hosts: ['board:x86-mario'] },
      },
      { number: 3, user: 'alice', outcome: 'error', error: 'ValidationError', status: 200 },
    ]);
    expect((created[1]?.atMs ?? 0) - (created[0]?.atMs ?? 0)).toBe(1000);
    const [staged] = lab.calls.entries({ method: 'stage' });
    expect(staged).toMatchObject({
      service: 'devServer',
      user: null,
      outcome: 'ok',
      params: { artifacts: 'control_files' },
    });
    expect(lab.calls.entries({ service: 'tko' })).toEqual([]);
  });

  test('tells which fault hit a call, and which call still waits', async () => {
    const lab = await loggingLab();
    lab.faults.add({ kind: '503' });
    lab.faults.add({ kind: 'lose-answer' });
    lab.faults.add({ kind: 'delay', delayMs: 500 });
    const ask = () => send(lab, lab.urls.labStatus, { method: 'GET' });
    await ask();
    await ask().catch(() => undefined);
    const waiting = ask();
    await Promise.resolve();
    const outcomes = () => lab.calls.entries().map(({ outcome, status }) => [outcome, status]);
    const before = [
      ['503', 503],
      ['lose-answer', null],
    ];
    expect(outcomes()).toEqual([...before, ['under-way', null]]);
    await waiting;
    expect(outcomes()).toEqual([...before, ['delay', 200]]);
  });

  test('keeps the latest calls up to its limit', async () => {
    const lab = await loggingLab(40);
    for (let number = 1; number <= 200; number++) await call(lab, 'echo', { data: number });
    const entries = lab.calls.entries();
    expect(entries.map(({ number }) => number)).toEqual(Array.from({ length: 40 }, (_, index) => 161 + index));
    expect(entries.map(({ params }) => params)).toEqual(entries.map(({ number }) => ({ data: number })));
  });

  test('a limit below what a dump needs is kept as well', async () => {
    const lab = await loggingLab(2);
    for (let number = 1; number <= 5; number++) await call(lab, 'echo', {});
    expect(lab.calls.entries().map(({ number }) => number)).toEqual([4, 5]);
    await expect(loggingLab(0)).rejects.toThrow('callLog.limit');
  });

  test('cuts what is too long to be kept', async () => {
    const lab = await loggingLab();
    const nested = { a: { b: { c: { d: { e: { f: 'deep' } } } } } };
    await call(lab, 'echo', { data: ['x'.repeat(100_000), Array.from({ length: 10_000 }, () => 1), nested] });
    const [entry] = lab.calls.entries();
    const kept = JSON.stringify(entry?.params);
    expect(kept.length).toBeLessThan(2000);
    expect(kept).toContain('99800 more');
    expect(kept).not.toContain('deep');
    expect(entry?.requestBytes).toBeGreaterThan(100_000);
  });

  test('takes whatever comes: no JSON, too deep, a query, positional arguments', async () => {
    const lab = await loggingLab();
    const url = `${lab.urls.afe}${rpcPath}`;
    const query = encodeURIComponent(JSON.stringify({ method: 'echo', params: [{ data: 1 }], id: 1 }));
    await send(lab, url, { body: 'nonsense' });
    await send(lab, url, { body: '['.repeat(100_000) });
    await send(lab, `${url}?${query}`, { method: 'GET' });
    await send(lab, `${url}?%E0%A4%A`, { method: 'GET' });
    await send(lab, url, { body: JSON.stringify({ method: 'echo', params: ['a', {}], id: 1 }) });
    expect(lab.calls.entries().map(({ params, outcome }) => [params, outcome])).toEqual([
      [undefined, 'error'],
      [undefined, 'error'],
      [{ data: 1 }, 'ok'],
      [undefined, 'error'],
      [['a', {}], 'ok'],
    ]);
  });

  test('what a test does to an entry does not change the log', async () => {
    const lab = await loggingLab();
    await call(lab, 'echo', {});
    const [entry] = lab.calls.entries();
    Object.assign(entry ?? {}, { method: 'other' });
    expect(lab.calls.entries()).toMatchObject([{ method: 'echo' }]);
  });
});
