import { getEventListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { gotTransport } from '../../src/transport/got-transport.js';
import type { ClosableHttpTransport, HttpRequest } from '../../src/transport/types.js';
import { deadUrl, rejectionOf, startServer, type LoopbackServer, type Received } from '../support/loopback-server.js';

let transport: ClosableHttpTransport;
const servers: LoopbackServer[] = [];

beforeEach(() => {
  transport = gotTransport();
});

afterEach(async () => {
  transport.close();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(answer: Parameters<typeof startServer>[0]): Promise<LoopbackServer> {
  const server = await startServer(answer);
  servers.push(server);
  return server;
}

function request(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', url, timeoutMs: 5_000, maxResponseBytes: 1_000_000, ...more };
}

const text = (body: Uint8Array) => Buffer.from(body).toString();

describe('an answer', () => {
  test('comes with status, headers in lower case and body', async () => {
    const server = await serve((_, response) => response.writeHead(200, { 'X-Lab': 'yes' }).end('hello'));
    const answer = await transport.request(request(`${server.url}/a?b=c%20d`));
    expect(answer.status).toBe(200);
    expect(answer.headers['x-lab']).toBe('yes');
    expect(text(answer.body)).toBe('hello');
    expect(server.requests[0]?.url).toBe('/a?b=c%20d');
  });

  test.each([404, 500, 503])('of status %i resolves', async (status) => {
    const server = await serve((_, response) => response.writeHead(status).end('<html>sorry'));
    const answer = await transport.request(request(server.url));
    expect(answer.status).toBe(status);
    expect(text(answer.body)).toBe('<html>sorry');
    expect(server.requests).toHaveLength(1);
  });

  test('that redirects is not followed', async () => {
    const server = await serve((_, response) => response.writeHead(301, { location: '/elsewhere' }).end());
    const answer = await transport.request(request(server.url, { method: 'POST', body: '{}' }));
    expect(answer.status).toBe(301);
    expect(server.requests).toHaveLength(1);
  });

  test('is decompressed', async () => {
    const server = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(5_000))),
    );
    expect((await transport.request(request(server.url))).body).toHaveLength(5_000);
  });

  test('without a body is an empty one', async () => {
    const server = await serve((_, response) => response.writeHead(204).end());
    expect((await transport.request(request(server.url))).body).toHaveLength(0);
  });
});

describe('a request', () => {
  test('with a body has a Content-Length and is not chunked', async () => {
    const server = await serve((_, response) => response.end());
    await transport.request(request(server.url, { method: 'POST', body: '{"a":1}' }));
    await transport.request(request(server.url, { method: 'POST', body: new Uint8Array([0x61, 0x62]).subarray(1) }));
    await transport.request(request(server.url, { method: 'POST' }));
    expect(server.requests.map((received) => received.body)).toEqual(['{"a":1}', 'b', '']);
    expect(server.requests.map((received) => received.headers['content-length'])).toEqual(['7', '1', '0']);
    expect(server.requests.some((received) => 'transfer-encoding' in received.headers)).toBe(false);
  });

  test('carries the headers of the transport, its own before them', async () => {
    transport = gotTransport({ headers: { 'X-Site': 'one', 'X-Lab': 'transport' } });
    const server = await serve((_, response) => response.end());
    await transport.request(request(server.url, { headers: { 'x-lab': 'request', authorization: 'chromeos-test' } }));
    expect(server.requests[0]?.headers).toMatchObject({
      'x-site': 'one',
      'x-lab': 'request',
      authorization: 'chromeos-test',
      'user-agent': 'dynamic-suite',
    });
  });

  test('to a URL with user and password sends them as Basic authorization', async () => {
    const server = await serve((_, response) => response.end());
    const url = server.url.replace('http://', 'http://user:s%40cret@');
    await transport.request(request(url));
    await transport.request(request(url, { headers: { Authorization: 'own' } }));
    expect(server.requests.map((received) => received.headers.authorization)).toEqual([
      `Basic ${Buffer.from('user:s@cret').toString('base64')}`,
      'own',
    ]);
  });
});

describe('connections', () => {
  test('are used again', async () => {
    const server = await serve((_, response) => response.end('ok'));
    for (let count = 0; count < 5; count += 1) await transport.request(request(server.url));
    expect(server.connections()).toBe(1);
  });

  test('are new for a request that asks for a fresh one', async () => {
    const server = await serve((_, response) => response.end('ok'));
    const ports: (number | undefined)[] = [];
    for (const freshConnection of [false, true, true, false]) {
      await transport.request(request(server.url, { freshConnection }));
      ports.push(server.requests.at(-1)?.socket.remotePort);
    }
    expect(server.connections()).toBe(3);
    expect(server.requests.map((received) => received.headers.connection)).toEqual([
      'keep-alive',
      'close',
      'close',
      'keep-alive',
    ]);
  });

  test('are closed by close', async () => {
    const server = await serve((_, response) => response.end('ok'));
    await transport.request(request(server.url));
    const closed = new Promise((resolve) => server.requests[0]?.socket.once('close', resolve));
    transport.close();
    await closed;
  });
});

describe('a failure', () => {
  test('to connect says that the server has not seen the request', async () => {
    const url = await deadUrl();
    const error = await rejectionOf(transport.request(request(url)));
    expect(error).toMatchObject({ name: 'ConnectionError', code: 'ERR_CONNECTION', sent: false, method: 'GET' });
    expect(String(error)).toContain('ECONNREFUSED');
  });

  test('to find the host says that the server has not seen the request', async () => {
    const error = await rejectionOf(transport.request(request('http://no-such-host.invalid/')));
    expect(error).toMatchObject({ code: 'ERR_CONNECTION', sent: false });
  });

  test('after connecting says that the server may have seen the request', async () => {
    const server = await serve(({ socket }) => void socket.destroy());
    const error = await rejectionOf(transport.request(request(server.url, { method: 'POST', body: '{}' })));
    expect(error).toMatchObject({ code: 'ERR_CONNECTION', sent: true });
    expect(server.requests).toHaveLength(1);
  });

  test('of a kept connection that the server closed under the request counts as seen', async () => {
    const server = await serve(({ socket }, response) => {
      if (server.requests.length === 1) response.end('ok');
      else socket.destroy();
    });
    await transport.request(request(server.url));
    const error = await rejectionOf(transport.request(request(server.url)));
    expect(error).toMatchObject({ code: 'ERR_CONNECTION', sent: true });
    expect(server.connections()).toBe(1);
  });

  test('in the middle of the body is a failure, not a short answer', async () => {
    const server = await serve(({ socket }, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('half', () => socket.destroy());
    });
    expect(await rejectionOf(transport.request(request(server.url)))).toMatchObject({
      code: 'ERR_CONNECTION',
      sent: true,
    });
  });

  test('of compression is a failure', async () => {
    const server = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('this is not gzip'),
    );
    expect(await rejectionOf(transport.request(request(server.url)))).toMatchObject({ code: 'ERR_CONNECTION' });
  });

  test('of a URL shows nothing of it', async () => {
    const error = await rejectionOf(transport.request(request('http://user:secret@[broken/')));
    expect(error).toBeInstanceOf(TypeError);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('secret');
  });
});

describe('the time for a request', () => {
  test.each<[string, (received: Received, response: ServerResponse) => void]>([
    ['before the answer', () => {}],
    [
      'in the middle of the body',
      (_, response) => void response.writeHead(200, { 'content-length': '9' }).write('half'),
    ],
  ])('is over: a stall %s', async (_, answer) => {
    const server = await serve(answer);
    const error = await rejectionOf(transport.request(request(server.url, { timeoutMs: 60 })));
    expect(error).toMatchObject({ name: 'TimeoutError', code: 'ERR_TIMEOUT', timeoutMs: 60, sent: true });
  });
});

describe('an answer that is too large', () => {
  const tooLarge = { name: 'ResponseTooLargeError', code: 'ERR_RESPONSE_TOO_LARGE', maxResponseBytes: 10_000 };

  test('is given up', async () => {
    let closed: Promise<unknown> | undefined;
    const server = await serve(({ socket }, response) => {
      closed = new Promise((resolve) => socket.once('close', resolve));
      const write = (): void => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
      };
      response.on('drain', write);
      write();
    });
    expect(await rejectionOf(transport.request(request(server.url, { maxResponseBytes: 10_000 })))).toMatchObject(
      tooLarge,
    );
    await closed;
  });

  test('is measured after decompression', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const server = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    expect(await rejectionOf(transport.request(request(server.url, { maxResponseBytes: 10_000 })))).toMatchObject(
      tooLarge,
    );
  });

  test('of exactly the limit is not', async () => {
    const server = await serve((_, response) => response.end('x'.repeat(10_000)));
    expect((await transport.request(request(server.url, { maxResponseBytes: 10_000 }))).body).toHaveLength(10_000);
  });
});

describe('an abort', () => {
  test.each<[string, boolean]>([
    ['before the answer', false],
    ['in the middle of the body', true],
  ])('%s rejects with the reason and closes the connection', async (_, withHead) => {
    const controller = new AbortController();
    let closed: Promise<unknown> | undefined;
    const server = await serve(({ socket }, response) => {
      closed = new Promise((resolve) => socket.once('close', resolve));
      if (withHead) response.writeHead(200).write('half', () => controller.abort('enough'));
      else controller.abort('enough');
    });
    const rejection = await rejectionOf(transport.request(request(server.url, { signal: controller.signal })));
    expect(rejection).toBe('enough');
    await closed;
  });

  test('that came before sends nothing', async () => {
    const server = await serve((_, response) => response.end());
    const signal = AbortSignal.abort('enough');
    expect(await rejectionOf(transport.request(request(server.url, { signal })))).toBe('enough');
    expect(server.requests).toHaveLength(0);
  });

  test('can be shared by many requests without a warning, and no listener stays', async () => {
    const { signal } = new AbortController();
    const warnings: unknown[] = [];
    const onWarning = (warning: unknown): void => void warnings.push(warning);
    process.on('warning', onWarning);
    const server = await serve((_, response) => response.end('ok'));
    await Promise.all(Array.from({ length: 30 }, () => transport.request(request(server.url, { signal }))));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
