import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { gotTransport } from '../../src/transport/got-transport.js';
import type { ProxyOptions } from '../../src/transport/proxy.js';
import { isRetryable } from '../../src/transport/retry-policy.js';
import type { ClosableHttpTransport, HttpRequest } from '../../src/transport/types.js';
import { deadUrl, rejectionOf, startServer, type LoopbackServer } from '../support/loopback-server.js';
import { startProxy, type ProxyServer } from '../support/proxy-server.js';
import { site, startTlsServer, type TlsServer } from '../support/tls.js';

const transports: ClosableHttpTransport[] = [];
const proxies: ProxyServer[] = [];
let plain: LoopbackServer;
let secure: TlsServer;

beforeEach(async () => {
  plain = await startServer((request, response) => response.end(`${request.method} ${request.body}`));
  secure = await startTlsServer();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const transport of transports.splice(0)) transport.close();
  await Promise.all([...proxies.splice(0), plain, secure].map((server) => server.close()));
});

async function startedProxy(options?: Parameters<typeof startProxy>[0]): Promise<ProxyServer> {
  const proxy = await startProxy(options);
  proxies.push(proxy);
  return proxy;
}

function through(proxy: ProxyOptions): ClosableHttpTransport {
  const transport = gotTransport({ proxy, certificateAuthority: site.authority });
  transports.push(transport);
  return transport;
}

function get(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', url, timeoutMs: 5_000, maxResponseBytes: 1_000_000, ...more };
}

const text = (body: Uint8Array) => Buffer.from(body).toString();
const withCredentials = (url: string, credentials: string) => url.replace('http://', `http://${credentials}@`);

describe('a plain HTTP server', () => {
  test('is reached by a request to the proxy that names its whole URL', async () => {
    const proxy = await startedProxy();
    const answer = await through(proxy).request(get(`${plain.url}/check_health?a=b%20c`));
    expect(answer.status).toBe(200);
    expect(proxy.requests).toEqual([`GET ${plain.url}/check_health?a=b%20c`]);
    expect(plain.requests[0]).toMatchObject({
      url: '/check_health?a=b%20c',
      headers: { host: new URL(plain.url).host, 'user-agent': 'dynamic-suite' },
    });
  });

  test('gets its body with a Content-Length', async () => {
    const proxy = await startedProxy();
    const answer = await through(proxy).request(get(plain.url, { method: 'POST', body: '{"a":1}' }));
    expect(text(answer.body)).toBe('POST {"a":1}');
    expect(plain.requests[0]?.headers['content-length']).toBe('7');
  });

  test('keeps its own credentials, and those of the proxy stay with the proxy', async () => {
    const proxy = await startedProxy({ credentials: 'bob:pr@xy' });
    const transport = through({ url: withCredentials(proxy.url, 'bob:pr%40xy') });
    await transport.request(get(withCredentials(plain.url, 'alice:secret')));
    expect(plain.requests[0]?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('alice:secret').toString('base64')}`,
    });
    expect(plain.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
    expect(proxy.requests[0]).not.toContain('secret');
  });

  test('that is down is as any server that is down: the proxy’s 503', async () => {
    const proxy = await startedProxy();
    expect(await through(proxy).request(get(await deadUrl()))).toMatchObject({ status: 503 });
  });
});

describe('a server with https', () => {
  test('is reached through a tunnel, its certificate checked', async () => {
    const proxy = await startedProxy();
    const answer = await through(proxy).request(get(`${secure.url}/path?with=secrets`));
    expect(text(answer.body)).toBe(`hello localhost:${secure.port}`);
    expect(proxy.requests).toEqual([`CONNECT localhost:${secure.port}`]);
  });

  test('keeps its tunnel for the next request, unless that wants a fresh connection', async () => {
    const proxy = await startedProxy();
    const transport = through(proxy);
    for (let count = 0; count < 3; count += 1) await transport.request(get(secure.url));
    expect(proxy.requests).toHaveLength(1);
    await transport.request(get(secure.url, { freshConnection: true }));
    expect(proxy.requests).toHaveLength(2);
    expect(secure.connections()).toBe(2);
  });

  test('that breaks the connection under a request may have seen the request', async () => {
    const proxy = await startedProxy();
    const transport = through(proxy);
    await transport.request(get(secure.url));
    const error = rejectionOf(transport.request(get(`${secure.url}/hang-up`)));
    expect(await error).toMatchObject({ sent: true, permanent: false });
    expect(proxy.requests).toHaveLength(1);
  });

  test('with a certificate that cannot be trusted has not seen the request', async () => {
    const proxy = await startedProxy();
    const transport = gotTransport({ proxy, certificateAuthority: site.otherAuthority });
    transports.push(transport);
    const error = await rejectionOf(transport.request(get(secure.url, { method: 'POST', body: '{}' })));
    expect(error).toMatchObject({ code: 'ERR_CONNECTION', sent: false, permanent: true });
    expect(String(error)).toContain('"certificateAuthority"');
    expect(secure.requests).toEqual([]);
  });
});

describe('a proxy that asks for user and password', () => {
  test('gets them', async () => {
    const proxy = await startedProxy({ credentials: 'bob:s:cret' });
    const transport = through({ url: withCredentials(proxy.url, 'bob:s%3Acret') });
    await transport.request(get(plain.url));
    await transport.request(get(secure.url));
    const authorization = `Basic ${Buffer.from('bob:s:cret').toString('base64')}`;
    expect(proxy.authorizations).toEqual([authorization, authorization]);
  });

  test.each([
    ['for a plain HTTP server', () => plain.url],
    ['for a server with https', () => secure.url],
  ])('and gets wrong ones, is an error that is not retried and shows none of them: %s', async (_, url) => {
    const proxy = await startedProxy({ credentials: 'bob:right' });
    const transport = through({ url: withCredentials(proxy.url, 'bob:wr0ngpw') });
    const error = await rejectionOf(transport.request(get(url())));
    expect(error).toMatchObject({ code: 'ERR_CONNECTION', sent: false, permanent: true });
    expect(error).toMatchObject({ hint: expect.stringContaining('"proxy.url"') });
    expect(String(error)).toContain(`by way of the proxy ${proxy.url}: the proxy answers with HTTP status 407`);
    expect(isRetryable(error, 'read')).toBe(false);
    const shown = inspect(error, { depth: 20, showHidden: true });
    expect(shown).not.toContain('wr0ngpw');
    expect(shown).not.toContain(Buffer.from('bob:wr0ngpw').toString('base64'));
    expect(plain.requests).toHaveLength(0);
  });
});

describe('a proxy', () => {
  test('that forbids a tunnel is not asked again, one that cannot open it now is', async () => {
    const [strict, broken] = [await startedProxy({ connectStatus: 403 }), await startedProxy({ connectStatus: 502 })];
    const forbidden = await rejectionOf(through(strict).request(get(secure.url)));
    expect(forbidden).toMatchObject({ sent: false, permanent: true, hint: expect.stringContaining('"proxy.bypass"') });
    const unlucky = await rejectionOf(through(broken).request(get(secure.url)));
    expect(unlucky).toMatchObject({ sent: false, permanent: false });
    expect(String(unlucky)).toContain('502');
  });

  test('that is not there is named, and tried again', async () => {
    const url = await deadUrl();
    const transport = through({ url: withCredentials(url, 'bob:s3cret') });
    for (const target of [plain.url, secure.url]) {
      const error = await rejectionOf(transport.request(get(target)));
      expect(error).toMatchObject({ code: 'ERR_CONNECTION', sent: false, permanent: false });
      expect(String(error)).toContain(`by way of the proxy ${url}`);
      expect(String(error)).toContain('ECONNREFUSED');
      expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('s3cret');
    }
  });

  test('is bypassed for the hosts that are named', async () => {
    const proxy = await startedProxy();
    const transport = through({ url: proxy.url, bypass: ['LOCALHOST', '127.0.0.1', '[::1]'.slice(1, -1)] });
    await transport.request(get(plain.url));
    await transport.request(get(secure.url));
    expect(proxy.requests).toEqual([]);
  });

  test('is bypassed for the end of a name, and for nothing that only looks like it', async () => {
    const proxy = await startedProxy();
    const transport = through({ url: proxy.url, bypass: ['*.invalid'] });
    expect(await rejectionOf(transport.request(get('http://afe.invalid/')))).toMatchObject({ code: 'ERR_CONNECTION' });
    expect(proxy.requests).toEqual([]);
    expect(await transport.request(get('http://notinvalid/'))).toMatchObject({ status: 503 });
    expect(proxy.requests).toHaveLength(1);
  });

  test('is not taken from the environment', async () => {
    const dead = await deadUrl();
    for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy']) vi.stubEnv(name, dead);
    const transport = gotTransport({ certificateAuthority: site.authority });
    transports.push(transport);
    expect(await transport.request(get(plain.url))).toMatchObject({ status: 200 });
    expect(await transport.request(get(secure.url))).toMatchObject({ status: 200 });
  });
});

describe('a tunnel that is not opened in time', () => {
  test('ends with the abort of its request, and leaves no connection', async () => {
    const proxy = await startedProxy({ connectStatus: null });
    const abort = new AbortController();
    const error = rejectionOf(through(proxy).request(get(secure.url, { signal: abort.signal })));
    await vi.waitFor(() => expect(proxy.requests).toHaveLength(1));
    const ended = proxy.connectionEnded();
    abort.abort(new Error('enough'));
    expect(await error).toMatchObject({ message: 'enough' });
    await ended;
    expect(proxy.openConnections()).toBe(0);
  });

  test('ends with the time-out of its request, and leaves no connection', async () => {
    const proxy = await startedProxy({ connectStatus: null });
    const ended = proxy.connectionEnded();
    const error = rejectionOf(through(proxy).request(get(secure.url, { timeoutMs: 100 })));
    expect(await error).toMatchObject({ code: 'ERR_TIMEOUT' });
    await ended;
    expect(proxy.openConnections()).toBe(0);
  });

  test('ends when the transport is closed', async () => {
    const proxy = await startedProxy({ connectStatus: null });
    const transport = through(proxy);
    const error = rejectionOf(transport.request(get(secure.url)));
    await vi.waitFor(() => expect(proxy.requests).toHaveLength(1));
    transport.close();
    expect(await error).toMatchObject({ code: 'ERR_CONNECTION', sent: false });
  });
});

test.each([
  [{ url: 'nonsense' }, 'proxy.url'],
  [{ url: 'https://bob:s3cret@proxy:3128' }, 'proxy.url'],
  [{ url: 'http://bob:s3cret@proxy:3128/path' }, 'proxy.url'],
  [{ url: 'http://proxy', bypass: ['ok.lab', 'http://afe.lab'] }, 'proxy.bypass[1]'],
  [{ url: 'http://proxy', bypass: ['*'] }, 'proxy.bypass[0]'],
])('a proxy that cannot work is told at once, without its password: %#', (proxy, option) => {
  const start = () => gotTransport({ proxy });
  expect(start).toThrow(expect.objectContaining({ code: 'ERR_TRANSPORT_OPTION', option }));
  expect(start).not.toThrow('s3cret');
});
