import { Agent, request as httpRequest } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import type { EmbeddedLab } from '../../src/testing/index.js';
import { embeddedLab } from '../../src/testing/index.js';
import { HttpAfeClient } from '../../src/clients/afe/http-afe-client.js';
import { build, jobRequest } from './job-request.js';

const labs: EmbeddedLab[] = [];
afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.close()));
});

async function listeningLab(): Promise<EmbeddedLab> {
  const lab = await embeddedLab()
    .board('x86-mario', { hosts: 2, pool: 'bvt' })
    .build(build, { controlFiles: { 'client/site_tests/power_Idle/control': "NAME = 'power_Idle'\nSUITE = 'bvt'\n" } })
    .start();
  labs.push(lab);
  await lab.listen();
  return lab;
}

interface RawAnswer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** A request by node:http alone: none of the package's code is on this side. */
function raw(
  url: string,
  options: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly agent?: Agent;
    readonly timeoutMs?: number;
  } = {},
): Promise<RawAnswer> {
  const { method = 'GET', headers = {}, body, agent, timeoutMs } = options;
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers, agent }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) });
      });
      answer.on('error', reject);
    });
    request.on('error', reject);
    if (timeoutMs !== undefined) request.setTimeout(timeoutMs, () => request.destroy(new Error('no answer')));
    request.end(body);
  });
}

async function rpc(base: string, method: string, args: object): Promise<unknown> {
  const path = method.includes('test_views') ? '/new_tko/server/noauth/rpc/' : '/afe/server/noauth/rpc/';
  const body = JSON.stringify({ method, params: [args], id: 'jsonrpc' });
  const headers = { 'Content-Length': String(body.length), Authorization: 'chromeos-test' };
  const answer = await raw(base + path, { method: 'POST', headers, body });
  const parsed = JSON.parse(answer.body.toString()) as { error: unknown; result: unknown };
  expect(parsed.error).toBeNull();
  return parsed.result;
}

test('a suite by hand over sockets: stage, list, create, wait, collect', async () => {
  const lab = await listeningLab();
  const { afe, devServer } = lab.urls;
  expect(lab.urls.tko).toBe(afe);
  const archive = `archive_url=gs://chromeos-image-archive/${build}&artifacts=control_files,test_suites`;
  expect(String((await raw(`${devServer}/stage?${archive}&async=True`)).body)).toBe('Success');
  expect(String((await raw(`${devServer}/is_staged?${archive}`)).body)).toBe('False');
  await lab.clock.sleep(20_000);
  expect(String((await raw(`${devServer}/is_staged?${archive}`)).body)).toBe('True');
  const listed = await raw(`${devServer}/controlfiles?build=${build}&suite_name=bvt`);
  expect(listed.headers['content-type']).toBe('text/html;charset=utf-8');
  expect(String(listed.body)).toBe('client/site_tests/power_Idle/control');
  const control = await raw(`${devServer}/controlfiles?build=${build}&control_path=${String(listed.body)}`);
  const served = await raw(`${devServer}/static/${build}/autotest/${String(listed.body)}`);
  expect(String(served.body)).toBe(String(control.body));

  const id = await rpc(afe, 'create_job', {
    name: `${build}/bvt/power_Idle`,
    control_file: String(control.body),
    control_type: 'Client',
    priority: 40,
    meta_hosts: ['board:x86-mario'],
    dependencies: [`cros-version:${build}`],
  });
  const unfinished = { id, finished: true };
  expect(await rpc(afe, 'get_num_jobs', unfinished)).toBe(0);
  await lab.clock.sleep(3_600_000);
  expect(await rpc(afe, 'get_num_jobs', unfinished)).toBe(1);
  expect(await rpc(afe, 'get_detailed_test_views', { afe_job_id: id })).toMatchObject([
    { test_name: 'SERVER_JOB', status: 'GOOD', subdir: '----' },
    { test_name: 'CLIENT_JOB.0', status: 'GOOD', subdir: null },
    { test_name: 'power_Idle', status: 'GOOD', subdir: 'power_Idle' },
  ]);
  expect(
    await rpc(afe, 'get_host_attribute', { attribute: 'job_repo_url', hostname: 'chromeos1-rack1-host1' }),
  ).toMatchObject([{ value: `${devServer}/static/${build}/autotest/packages` }]);
});

describe('what the front server does with a request', () => {
  const body = JSON.stringify({ method: 'echo', params: [{ data: 'hi' }], id: 1 });

  test('a body without a length is refused', async () => {
    const lab = await listeningLab();
    const url = `${lab.urls.afe}/afe/server/noauth/rpc/`;
    const answer = await raw(url, { method: 'POST', headers: { 'Transfer-Encoding': 'chunked' }, body });
    expect(answer.status).toBe(411);
  });

  test('a path without its slash is redirected to the one with it', async () => {
    const lab = await listeningLab();
    const answer = await raw(`${lab.urls.afe}/afe/server/noauth/rpc`, { method: 'POST', body });
    expect([answer.status, answer.headers['location']]).toEqual([301, `${lab.urls.afe}/afe/server/noauth/rpc/`]);
  });

  test.each(['PUT', 'OPTIONS', 'DELETE'])('%s is an error of the service', async (method) => {
    const lab = await listeningLab();
    const answer = await raw(`${lab.urls.afe}/afe/server/noauth/rpc/`, { method, headers: { 'Content-Length': '0' } });
    expect(answer.status).toBe(500);
  });

  test('a large answer is compressed for whoever takes that', async () => {
    const lab = await listeningLab();
    const long = JSON.stringify({ method: 'echo', params: [{ data: 'hi'.repeat(500) }], id: 1 });
    const url = `${lab.urls.afe}/afe/server/noauth/rpc/`;
    const headers = { 'Accept-Encoding': 'gzip, deflate' };
    const answer = await raw(url, {
      method: 'POST',
      headers: { ...headers, 'Content-Length': String(long.length) },
      body: long,
    });
    expect(answer.headers['content-encoding']).toBe('gzip');
    expect(JSON.parse(gunzipSync(answer.body).toString())).toMatchObject({ result: 'hi'.repeat(500) });
  });

  test('a body beyond all measure ends the connection', async () => {
    const lab = await listeningLab();
    const huge = 'x'.repeat(17 * 1024 * 1024);
    await expect(raw(`${lab.urls.afe}/afe/server/noauth/rpc/`, { method: 'POST', body: huge })).rejects.toThrow();
  });

  test('a connection is reused', async () => {
    const lab = await listeningLab();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const first = await raw(`${lab.urls.devServer}/check_health`, { agent });
    const second = await raw(`${lab.urls.devServer}/check_health`, { agent });
    agent.destroy();
    expect([first.status, second.status, first.headers['connection']]).toEqual([200, 200, 'keep-alive']);
  });
});

describe('faults reach whoever comes over HTTP', () => {
  test('a lost answer: the job is made, and the connection breaks', async () => {
    const lab = await listeningLab();
    lab.faults.add({ service: 'afe', method: 'create_job', kind: 'lose-answer' });
    await expect(rpc(lab.urls.afe, 'create_job', hostlessJob)).rejects.toThrow('socket hang up');
    expect(lab.jobs()).toHaveLength(1);
  });

  test('a refusal: nothing is made', async () => {
    const lab = await listeningLab();
    lab.faults.add({ service: 'afe', method: 'create_job', kind: 'refuse' });
    await expect(rpc(lab.urls.afe, 'create_job', hostlessJob)).rejects.toThrow('socket hang up');
    expect(lab.jobs()).toHaveLength(0);
  });

  test('the front page of a server that is down', async () => {
    const lab = await listeningLab();
    lab.faults.add({ service: 'devServer', kind: '503' });
    const answer = await raw(`${lab.urls.devServer}/check_health`);
    expect([answer.status, answer.headers['content-type']]).toEqual([503, 'text/html; charset=iso-8859-1']);
    expect((await raw(`${lab.urls.devServer}/check_health`)).status).toBe(200);
  });

  test('silence, until the lab closes', async () => {
    const lab = await listeningLab();
    lab.faults.add({ service: 'devServer', kind: 'stall' });
    await expect(raw(`${lab.urls.devServer}/check_health`, { timeoutMs: 50 })).rejects.toThrow('no answer');
    lab.faults.add({ service: 'devServer', kind: 'stall' });
    const waiting = raw(`${lab.urls.devServer}/check_health`);
    const failed = expect(waiting).rejects.toThrow();
    await lab.close();
    await failed;
  });

  const hostlessJob = { name: 'x', control_file: '', control_type: 'Server', priority: 10, hostless: true };
});

test("the package's own client over sockets sees what the one in process sees", async () => {
  const lab = await listeningLab();
  const client = new HttpAfeClient({ url: lab.urls.afe, clock: lab.clock, user: 'chromeos-test' });
  const id = await client.createJob(jobRequest('power_Idle'));
  expect(await client.getJobs({ ids: [id] })).toEqual(await lab.afe.getJobs({ ids: [id] }));
  expect(await client.getHosts({ labels: ['pool:bvt'] })).toEqual(await lab.afe.getHosts({ labels: ['pool:bvt'] }));
  client.close();
});

test('a lab that is closed listens no more', async () => {
  const lab = await listeningLab();
  const { afe } = lab.urls;
  await lab.close();
  await lab.close();
  await expect(raw(afe)).rejects.toThrow('ECONNREFUSED');
  await expect(lab.listen()).rejects.toThrow('closed');
});
