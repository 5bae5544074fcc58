import { afterEach, describe, expect, test } from 'vitest';
import type { EmbeddedLab, EmbeddedLabOptions } from '../../src/testing/index.js';
import { embeddedLab } from '../../src/testing/index.js';
import { exchange, RawConnection } from '../support/raw-http.js';
import { build } from './job-request.js';

const labs: EmbeddedLab[] = [];
afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.close()));
});

async function listeningLab(options: EmbeddedLabOptions = {}): Promise<EmbeddedLab> {
  const files = { 'client/site_tests/power_Idle/control': "NAME = 'power_Idle'\n" };
  const lab = await embeddedLab(options).build(build, { controlFiles: files }).start();
  labs.push(lab);
  await lab.listen();
  return lab;
}

const rpc = '/afe/server/noauth/rpc/';
const echo = { method: 'POST', target: rpc, body: '{"method": "echo", "params": [{"data": "hi"}], "id": 1}' };
const health = { method: 'GET', target: '/check_health' };
const stage = `archive_url=gs://chromeos-image-archive/${build}&artifacts=stateful,autotest_packages`;

describe('a connection', () => {
  test('carries one request after the other', async () => {
    const connection = await RawConnection.open((await listeningLab()).urls.devServer);
    for (let request = 0; request < 3; request++) {
      connection.send({ method: 'GET', target: '/xbuddy_capacity' });
      expect(String((await connection.answer('GET')).body)).toBe('5');
    }
    connection.close();
  });

  test('that idles is closed by the server', async () => {
    const connection = await RawConnection.open((await listeningLab({ idleSocketMs: 20 })).urls.afe);
    connection.send(echo);
    expect((await connection.answer('POST')).headers['connection']).not.toBe('close');
    await connection.ended;
  });

  test('may idle for five seconds', async () => {
    const { urls } = await listeningLab();
    const connection = await RawConnection.open(urls.afe);
    connection.send(echo);
    expect((await connection.answer('POST')).headers['keep-alive']).toMatch(/^timeout=5\b/);
    connection.close();
  });

  test('to an Apache ends after a hundred requests', async () => {
    const connection = await RawConnection.open((await listeningLab()).urls.afe);
    const fates: (string | undefined)[] = [];
    for (let request = 0; request < 100; request++) {
      connection.send(echo);
      fates.push((await connection.answer('POST')).headers['connection']);
    }
    await connection.ended;
    expect([fates.indexOf('close'), fates.length]).toEqual([99, 100]);
  });

  test('of HTTP/1.0 gets no chunks, and ends behind the answer', async () => {
    const { urls } = await listeningLab();
    const answer = await exchange(urls.afe, { method: 'GET', target: rpc, version: '1.0' });
    expect([answer.status, answer.headers['transfer-encoding']]).toEqual([500, undefined]);
    expect(String(answer.body)).toMatch(/<\/html>\n$/);
  });
});

describe('what is no request gets the page of whoever stands in front', () => {
  test.each([
    ['afe', false, /<h1>Bad Request<\/h1>/],
    ['devServer', false, /^Malformed Request-Line$/],
    ['devServer', true, /<h1>Bad Request<\/h1>/],
  ] as const)('%s, behind Apache: %s', async (server, devServerBehindApache, page) => {
    const { urls } = await listeningLab({ devServerBehindApache });
    const answer = await exchange(urls[server], { method: 'GET', target: '/a b' });
    expect(answer.status).toBe(400);
    expect(String(answer.body)).toMatch(page);
  });

  test('a request of HTTP/1.1 names its host', async () => {
    const { urls } = await listeningLab();
    const answer = await exchange(urls.afe, { ...echo, headers: { host: '' } });
    expect(answer.status).toBe(400);
    expect((await exchange(urls.afe, { ...echo, headers: { host: '' }, version: '1.0' })).status).toBe(200);
  });
});

describe('bodies in chunks', () => {
  const chunked = { headers: { 'transfer-encoding': 'chunked' } };
  const inChunks = (body: string) => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

  test('are refused by the Apache of the AFE', async () => {
    const { urls } = await listeningLab();
    const answer = await exchange(urls.afe, { ...echo, ...chunked, body: inChunks(echo.body) });
    expect([answer.status, answer.headers['content-type']]).toEqual([411, 'text/html; charset=iso-8859-1']);
  });

  test('are taken by the dev server', async () => {
    const { urls } = await listeningLab();
    const headers = { ...chunked.headers, 'content-type': 'application/x-www-form-urlencoded' };
    const request = { method: 'POST', target: '/stage', headers, body: inChunks(stage) };
    expect(String((await exchange(urls.devServer, request)).body)).toBe('Success');
  });
});

describe('compression', () => {
  test.each([
    ['gzip', 'gzip'],
    ['deflate, GZIP;q=0.5', 'gzip'],
    ['gzip;q=0', undefined],
    ['br', undefined],
  ])('of the AFE for who takes %s: %s', async (accepted, encoding) => {
    const { urls } = await listeningLab();
    const answer = await exchange(urls.afe, { ...echo, headers: { 'accept-encoding': accepted } });
    expect(answer.headers['content-encoding']).toBe(encoding);
    expect(JSON.parse(String(answer.body))).toEqual({ error: null, result: 'hi', id: 1 });
  });

  test('is not what the dev server does', async () => {
    const { urls } = await listeningLab({ devServerBehindApache: true });
    const answer = await exchange(urls.devServer, { ...health, headers: { 'accept-encoding': 'gzip' } });
    expect(answer.headers['content-encoding']).toBeUndefined();
  });
});

test('HEAD stages as GET does', async () => {
  const { urls } = await listeningLab();
  const head = await exchange(urls.devServer, { method: 'HEAD', target: `/stage?${stage}` });
  expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, '7', 0]);
  const isStaged = await exchange(urls.devServer, { method: 'GET', target: `/is_staged?${stage}` });
  expect(String(isStaged.body)).toBe('True');
});

describe('an Apache before the dev server', () => {
  const get = async (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') => {
    const lab = labs.at(-1) ?? (await listeningLab({ devServerBehindApache: true }));
    await exchange(lab.urls.devServer, { method: 'GET', target: `/stage?${stage}` });
    return await exchange(lab.urls.devServer, { method, target: `/static/${build}${path}`, headers });
  };

  test('lists a folder, without what is hidden', async () => {
    const page = String((await get('/')).body);
    expect(page).toContain('<li><a href="autotest/"> autotest/</a></li>');
    expect(page).toContain('<li><a href="stateful.tgz"> stateful.tgz</a></li>');
    expect(page).not.toContain('statefulDOTtgz');
  });

  test('sends who forgot the slash of a folder to the folder', async () => {
    const { status, headers } = await get('/autotest/packages');
    expect([status, headers['location']]).toEqual([
      301,
      `${labs.at(-1)?.urls.devServer ?? ''}/static/${build}/autotest/packages/`,
    ]);
  });

  test.each([
    ['bytes=0-9', 206, 'bytes 0-9/57', 'd41d8cd98f'],
    ['bytes=47-', 206, 'bytes 47-56/57', 't.tar.bz2\n'],
    ['bytes=50-999', 206, 'bytes 50-56/57', 'ar.bz2\n'],
    ['bytes=57-', 200, undefined, undefined],
    ['bytes=5-2', 200, undefined, undefined],
    ['bytes=0-1,3-4', 200, undefined, undefined],
  ])('serves the part %s of a file: %s', async (range, status, contentRange, text) => {
    const answer = await get('/autotest/packages/packages.checksum', { range });
    expect([answer.status, answer.headers['content-range']]).toEqual([status, contentRange]);
    if (text === undefined) expect(answer.body).toHaveLength(57);
    else expect(String(answer.body)).toBe(text);
  });

  test.each(['/../../../../etc/passwd', '/%2e%2e/%2e%2e/%2e%2e/etc/passwd', '/%zz', '/nope'])(
    'has no %s',
    async (path) => {
      expect((await get(path)).status).toBe(404);
    },
  );

  test('takes nothing for its files', async () => {
    expect((await get('/stateful.tgz', {}, 'POST')).status).toBe(404);
  });
});
