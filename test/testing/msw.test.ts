import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { embeddedLab, type EmbeddedLab, type FaultKind } from 'dynamic-suite/testing';
import { labHandlers } from 'dynamic-suite/testing/msw';
import { HttpCrashServerClient } from '../../src/clients/crash-server/http-crash-server-client.js';
import { writeMinidump } from '../../src/testing/crashes/minidump.js';
import { build } from './job-request.js';

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const control = Uint8Array.from([0xef, 0xbb, 0xbf, 0x23, 0xff, 0x0d, 0x0a, 0x00, 0x80]);

async function labBehindMsw(): Promise<EmbeddedLab> {
  const lab = await embeddedLab()
    .board('x86-mario', { hosts: 2, pool: 'bvt' })
    .build(build, { controlFiles: { 'client/site_tests/odd/control': control } })
    .start();
  server.use(...labHandlers(lab));
  return lab;
}

/** A call by nothing but fetch. */
async function rpc(lab: EmbeddedLab, method: string, args: object, init: RequestInit = {}): Promise<unknown> {
  const body = JSON.stringify({ method, params: [args], id: 1 });
  const answer = await fetch(`${lab.urls.afe}/afe/server/noauth/rpc/`, { method: 'POST', body, ...init });
  expect(answer.status).toBe(200);
  const { error, result } = (await answer.json()) as { readonly error: unknown; readonly result: unknown };
  expect(error).toBeNull();
  return result;
}

const hostlessJob = { name: 'x', control_file: '', control_type: 'Server', priority: 10, hostless: true };

test('whoever calls fetch meets the lab, and the state that its own clients see', async () => {
  const lab = await labBehindMsw();
  const id = await rpc(lab, 'create_job', hostlessJob, { headers: { authorization: 'somebody' } });
  expect(lab.jobs()).toMatchObject([{ id, owner: 'somebody' }]);
  expect(await lab.afe.getJobs({ ids: [Number(id)] })).toMatchObject([{ name: 'x' }]);
  await lab.afe.setHostAttribute({ attribute: 'a', value: 'b', hostnames: ['chromeos1-rack1-host2'] });
  expect(await rpc(lab, 'get_host_attribute', { attribute: 'a' })).toMatchObject([{ value: 'b' }]);
  expect(lab.calls.count('create_job')).toBe(1);
});

test('every server of the lab answers, and nothing else is touched', async () => {
  const lab = await labBehindMsw();
  const statusOf = async (url: string) => (await fetch(url)).status;
  expect(await statusOf(`${lab.urls.devServer}/check_health`)).toBe(200);
  expect(await statusOf(`${lab.urls.crashServer}/check_health`)).toBe(200);
  expect(await statusOf(`${lab.urls.tko}/new_tko/nowhere`)).toBe(404);
  expect(await statusOf(lab.urls.devServer)).toBe(404);
  expect(await lab.tko.getDetailedTestViews({ jobIds: [1] })).toEqual([]);
});

test('bytes come as they are, with their length and kind', async () => {
  const lab = await labBehindMsw();
  await lab.devServer.stage({ build, artifacts: ['control_files'] });
  const path = encodeURIComponent('client/site_tests/odd/control');
  const answer = await fetch(`${lab.urls.devServer}/controlfiles?build=${build}&control_path=${path}`);
  expect(answer.headers.get('content-type')).toBe('text/html;charset=utf-8');
  expect(answer.headers.get('content-length')).toBe('9');
  expect(new Uint8Array(await answer.arrayBuffer())).toEqual(control);
});

test('a form of fetch with a dump in it arrives whole', async () => {
  const lab = await labBehindMsw();
  const dump = writeMinidump({ process: 'chrome', functions: ['Größe::messen', 'main'] }, 0);
  const form = new FormData();
  form.append('minidump', new Blob([new Uint8Array(dump)]), 'chrome.dmp');
  const url = `${lab.urls.crashServer}/symbolicate_dump?archive_url=gs://chromeos-image-archive/${build}`;
  const answer = await fetch(url, { method: 'POST', body: form });
  expect(await answer.text()).toContain(' 0  chrome!Größe::messen');
});

test("so does one of the package's client over sockets", async () => {
  const lab = await labBehindMsw();
  const dump = writeMinidump({ process: 'chrome', functions: ['main'] }, 0);
  const client = new HttpCrashServerClient({ url: lab.urls.crashServer, clock: lab.clock });
  expect(await client.symbolicate({ build, dump, filename: 'a.dmp' })).toContain('chrome!main');
  client.close();
});

describe('a fault reaches the sender', () => {
  test.each<[FaultKind, number]>([
    ['refuse', 0],
    ['lose-answer', 1],
  ])('%s is a broken connection, with %d jobs made', async (kind, made) => {
    const lab = await labBehindMsw();
    lab.faults.add({ service: 'afe', method: 'create_job', kind });
    await expect(rpc(lab, 'create_job', hostlessJob)).rejects.toThrow(TypeError);
    expect(lab.jobs()).toHaveLength(made);
  });

  test('503, html and garbage are answers', async () => {
    const lab = await labBehindMsw();
    const answers: [number, string][] = [];
    for (const kind of ['503', 'html', 'garbage'] as const) {
      lab.faults.add({ service: 'devServer', kind });
      const answer = await fetch(`${lab.urls.devServer}/check_health`);
      answers.push([answer.status, (await answer.text()).slice(0, 2)]);
    }
    expect(answers).toEqual([
      [503, '<!'],
      [500, '<!'],
      [200, '\u0000\u0007'],
    ]);
  });

  test('stall is silence until the sender gives up, and the clock does not wait for that', async () => {
    const lab = await labBehindMsw();
    lab.faults.add({ service: 'devServer', kind: 'stall' });
    const controller = new AbortController();
    const call = fetch(`${lab.urls.devServer}/check_health`, { signal: controller.signal });
    const failed = expect(call).rejects.toThrow('enough');
    while (lab.calls.total === 0) await new Promise((resolve) => setImmediate(resolve));
    await lab.clock.sleep(3_600_000);
    controller.abort(new Error('enough'));
    await failed;
  });

  test('a lab that is closed is not there', async () => {
    const lab = await labBehindMsw();
    await lab.close();
    await expect(fetch(`${lab.urls.devServer}/check_health`)).rejects.toThrow(TypeError);
  });
});

test('methods that the package never uses are answered as over HTTP', async () => {
  const lab = await labBehindMsw();
  const url = `${lab.urls.afe}/afe/server/noauth/rpc/`;
  expect((await fetch(url, { method: 'PUT', body: '{}' })).status).toBe(500);
  const head = await fetch(`${lab.urls.devServer}/check_health`, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
  expect(Number(head.headers.get('content-length'))).toBeGreaterThan(100);
});

test('time stands still while the lab reads a request', async () => {
  const lab = await labBehindMsw();
  const before = lab.clock.now();
  const asleep = lab.clock.sleep(3_600_000);
  let finish = () => {};
  const body = new ReadableStream({
    start: (controller) => {
      finish = () => {
        controller.enqueue(new TextEncoder().encode(JSON.stringify({ method: 'echo', params: [{}], id: 1 })));
        controller.close();
      };
    },
  });
  const call = fetch(`${lab.urls.afe}/afe/server/noauth/rpc/`, { method: 'POST', body, duplex: 'half' });
  for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(lab.clock.now()).toBe(before);
  finish();
  expect((await call).ok).toBe(true);
  await asleep;
  expect(lab.clock.now()).toBe(before + 3_600_000);
});

test('a lab that listens is met at the addresses where it listens', async () => {
  const lab = await embeddedLab().start();
  const urls = await lab.listen();
  server.use(...labHandlers(lab));
  expect((await fetch(`${urls.devServer}/check_health`)).status).toBe(200);
  expect(lab.calls.count('check_health')).toBe(1);
  await lab.close();
  await expect(fetch(`${urls.devServer}/check_health`)).rejects.toThrow(TypeError);
});

test('of two labs the one whose handlers come first answers', async () => {
  const first = await labBehindMsw();
  const second = await labBehindMsw();
  await rpc(first, 'create_job', hostlessJob);
  expect([first.jobs().length, second.jobs().length]).toEqual([0, 1]);
});
