import { inspect } from 'node:util';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { fetchTransport, type FetchTransportOptions } from '../../src/transport/fetch-transport.js';
import { isAmbiguous, isRetryable } from '../../src/transport/retry-policy.js';
import type { ClosableHttpTransport, HttpRequest } from '../../src/transport/types.js';
import { rejectionOf, startServer, type LoopbackServer } from '../support/loopback-server.js';
import { startTlsServer } from '../support/tls.js';

// What it has in common with every transport is tested in http-transport.test.ts.

const closables: { close(): unknown }[] = [];

afterEach(async () => {
  vi.unstubAllGlobals();
  await Promise.all(closables.splice(0).map((closable) => closable.close()));
});

async function serve(answer: Parameters<typeof startServer>[0]): Promise<LoopbackServer> {
  const server = await startServer(answer);
  closables.push(server);
  return server;
}

function open(options?: FetchTransportOptions): ClosableHttpTransport {
  const transport = fetchTransport(options);
  closables.push(transport);
  return transport;
}

function get(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', url, timeoutMs: 5_000, maxResponseBytes: 1_000_000, ...more };
}

describe('a request', () => {
  test('asks for no compression, unless a header says so', async () => {
    const server = await serve((_, response) => response.end());
    await open().request(get(server.url));
    await open({ headers: { 'Accept-Encoding': 'gzip' } }).request(get(server.url));
    expect(server.requests.map(({ headers }) => headers['accept-encoding'])).toEqual(['identity', 'gzip']);
  });

  test('carries the headers of the transport, its own before them', async () => {
    const server = await serve((_, response) => response.end());
    const transport = open({ headers: { 'X-Site': 'one', 'X-Lab': 'transport' } });
    await transport.request(get(server.url, { headers: { 'x-lab': 'request' } }));
    expect(server.requests[0]?.headers).toMatchObject({
      'x-site': 'one',
      'x-lab': 'request',
      'user-agent': 'dynamic-suite',
    });
  });

  test('has a connection of its own, which ends with it', async () => {
    const server = await serve((_, response) => response.end());
    const transport = open();
    for (let count = 0; count < 3; count += 1) await transport.request(get(server.url));
    expect(server.connections()).toBe(3);
    expect(server.requests.map(({ headers }) => headers.connection)).toEqual(['close', 'close', 'close']);
  });

  test('may find a kept connection where that is asked for', async () => {
    const server = await serve((_, response) => response.end());
    const transport = open({ keepAlive: true });
    for (let count = 0; count < 6; count += 1) await transport.request(get(server.url));
    // fetch opens another one when the last answer has only just come to its end.
    expect(server.connections()).toBeLessThan(6);
    await transport.request(get(server.url, { freshConnection: true }));
    expect(server.requests.at(-1)?.headers.connection).toBe('close');
  });

  test('goes to the fetch that stands for the global one at that time', async () => {
    const transport = open();
    vi.stubGlobal('fetch', async () => new Response('replaced'));
    expect(Buffer.from((await transport.request(get('http://afe.lab/'))).body).toString()).toBe('replaced');
  });
});

describe('a failure that shows that there was no connection', () => {
  test('of a host without an address', async () => {
    const failure = await rejectionOf(open().request(get('http://no-such-host.invalid/')));
    expect(failure).toMatchObject({ code: 'ERR_CONNECTION', sent: false, permanent: false });
    expect(isRetryable(failure, 'create')).toBe(true);
  });

  test('of a host with two addresses, where nothing listens on either', async () => {
    const refused = (address: string) =>
      Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: 'ECONNREFUSED', syscall: 'connect' });
    const cause = new AggregateError([refused('::1'), refused('127.0.0.1')], '');
    const failure = await rejectionOf(open({ fetch: failing(cause) }).request(get('http://localhost:8082/')));
    expect(failure).toMatchObject({ sent: false });
    expect(String(failure)).toContain('cannot connect: connect ECONNREFUSED ::1');
  });

  test('of a certificate that nobody vouches for, which says what helps', async () => {
    const server = await startTlsServer();
    closables.push(server);
    const failure = await rejectionOf(open().request(get(server.url)));
    expect(failure).toMatchObject({ code: 'ERR_CONNECTION', sent: false, permanent: true });
    expect(failure).toMatchObject({ hint: expect.stringContaining('NODE_EXTRA_CA_CERTS') });
    expect(server.requests).toEqual([]);
  });

  test('of TLS where there is none', async () => {
    const server = await serve((_, response) => response.end());
    const failure = await rejectionOf(open().request(get(server.url.replace('http:', 'https:'))));
    expect(failure).toMatchObject({ sent: false, permanent: true, hint: expect.stringContaining('no TLS') });
  });

  test('of a port that fetch refuses', async () => {
    const failure = await rejectionOf(open().request(get('http://127.0.0.1:10080/')));
    expect(failure).toMatchObject({ sent: false, permanent: true, hint: expect.stringContaining('gotTransport') });
  });
});

describe('a failure that does not say whether the request was sent', () => {
  test.each<[string, unknown]>([
    ['of a connection', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' })],
    ['of one address that refused and one that broke', new AggregateError([new Error('a'), new Error('b')])],
    ['without a reason', undefined],
    ['that is no error', 'gone'],
  ])('counts as sent: %s', async (_, cause) => {
    const failure = await rejectionOf(open({ fetch: failing(cause) }).request(get('http://afe.lab/')));
    expect(failure).toMatchObject({ code: 'ERR_CONNECTION', sent: true, permanent: false });
    expect(isAmbiguous(failure)).toBe(true);
  });
});

describe('a fetch that is given', () => {
  test('and throws its whole request shows no credentials', async () => {
    const fetch = async (_: unknown, init?: RequestInit): Promise<Response> => {
      throw Object.assign(new Error('request failed'), { request: init, code: 'EPIPE' });
    };
    const url = 'http://user:s3cretpw@afe.lab/';
    const failure = await rejectionOf(open({ fetch }).request(get(url)));
    expect(String(failure)).toContain('EPIPE: request failed');
    const shown = inspect(failure, { depth: 20, showHidden: true });
    expect(shown).not.toContain('s3cretpw');
    expect(shown).not.toContain(Buffer.from('user:s3cretpw').toString('base64'));
  });

  test('and hides redirects, as browsers do, is a failure and not an answer', async () => {
    const hidden = Object.defineProperties(new Response(), { type: { value: 'opaqueredirect' }, status: { value: 0 } });
    const failure = await rejectionOf(open({ fetch: async () => hidden }).request(get('http://afe.lab/')));
    expect(failure).toMatchObject({ code: 'ERR_CONNECTION', permanent: true, sent: true });
  });

  test.each<[string, () => Promise<Response>]>([
    ['before the answer', () => new Promise(() => {})],
    ['within the answer', async () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) }))],
  ])('and does not heed its signal keeps nobody waiting: %s', async (_, fetch) => {
    const transport = open({ fetch });
    expect(await rejectionOf(transport.request(get('http://afe.lab/', { timeoutMs: 20 })))).toMatchObject({
      code: 'ERR_TIMEOUT',
    });
    const controller = new AbortController();
    const rejection = rejectionOf(transport.request(get('http://afe.lab/', { signal: controller.signal })));
    controller.abort('enough');
    expect(await rejection).toBe('enough');
  });
});

test('closing fails the requests that are under way, and only those', async () => {
  const server = await serve(({ url }, response) => {
    if (url === '/stall') transport.close();
    else response.end('ok');
  });
  const transport = open();
  const failure = await rejectionOf(transport.request(get(`${server.url}/stall`)));
  expect(failure).toMatchObject({ code: 'ERR_CONNECTION', sent: true });
  expect(await transport.request(get(server.url))).toMatchObject({ status: 200 });
});

test.each([
  [{ proxy: { url: 'http://user:s3cret@proxy' } }, 'proxy'],
  [{ certificateAuthority: '-----BEGIN CERTIFICATE-----' }, 'certificateAuthority'],
  [{ fetch: 'node-fetch' }, 'fetch'],
])('an option that fetch cannot heed is refused: %#', (options, option) => {
  const start = () => fetchTransport(options as FetchTransportOptions);
  expect(start).toThrow(expect.objectContaining({ code: 'ERR_TRANSPORT_OPTION', option }));
  expect(start).not.toThrow('s3cret');
});

function failing(cause: unknown): typeof globalThis.fetch {
  return () => Promise.reject(new TypeError('fetch failed', { cause }));
}
