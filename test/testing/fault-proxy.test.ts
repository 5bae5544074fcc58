import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  faultProxy,
  proxyFaultKinds,
  VirtualClock,
  type FaultProxy,
  type FaultProxyOptions,
  type ProxyFault,
} from '../../src/testing/index.js';
import { deadUrl, startServer, type LoopbackServer, type Received } from '../support/loopback-server.js';

let server: LoopbackServer;
let answer: (request: Received, response: ServerResponse) => unknown;
const proxies: FaultProxy[] = [];

beforeEach(async () => {
  answer = ({ body }, response) =>
    response.writeHead(200, { 'X-Lab': 'yes' }).end(`answer ${server.requests.length} to ${body}`);
  server = await startServer((request, response) => answer(request, response));
});

afterEach(async () => {
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
  await server.close();
});

async function open(faults: readonly ProxyFault[] = [], more: Partial<FaultProxyOptions> = {}): Promise<FaultProxy> {
  const proxy = await faultProxy({ target: server.url, faults, ...more });
  proxies.push(proxy);
  return proxy;
}

interface RawAnswer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** A request by node:http alone; rejects with the code of what went wrong. */
function send(
  url: string,
  options: {
    readonly method?: string;
    readonly body?: string | Buffer;
    readonly headers?: Record<string, string | string[]>;
    readonly agent?: Agent;
    readonly onHead?: () => void;
    readonly signal?: AbortSignal;
  } = {},
): Promise<RawAnswer> {
  const { method = 'POST', body = 'hi', headers = {}, agent, onHead, signal } = options;
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers, agent: agent ?? false, signal }, (message) => {
      onHead?.();
      const chunks: Buffer[] = [];
      message.on('data', (chunk: Buffer) => chunks.push(chunk));
      message.on('error', reject);
      message.on('end', () => {
        const { statusCode: status, headers: received, rawHeaders } = message;
        resolve({ status, headers: received, rawHeaders, body: Buffer.concat(chunks) });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

const rpc = (method: string) => JSON.stringify({ method, params: [{}], id: 1 });

describe('without a fault', () => {
  test('requests and answers pass byte for byte', async () => {
    const proxy = await open();
    const body = Buffer.concat([
      Buffer.from('--x\r\nContent-Disposition: form-data; name="minidump"; filename="a.dmp"\r\n\r\n'),
      Buffer.from(Array.from({ length: 256 }, (_, index) => index)),
      Buffer.from('\r\n--x--\r\n'),
    ]);
    const seen: Buffer[] = [];
    answer = (_, response) => {
      response.sendDate = false;
      response.writeHead(201, 'Made', { 'X-Many': ['a', 'b'], 'Content-Encoding': 'gzip' });
      response.end(gzipSync('packed'));
    };
    const headers = { 'Content-Type': 'multipart/form-data; boundary=x', 'X-Case': 'Kept' };
    const { status, rawHeaders, body: got } = await send(`${proxy.url}/a%20b?c=d`, { body, headers });
    seen.push(got);
    expect(status).toBe(201);
    expect(got).toEqual(gzipSync('packed'));
    expect(rawHeaders.filter((_, index) => rawHeaders[index - (index % 2)]?.startsWith('X-'))).toEqual([
      'X-Many',
      'a',
      'X-Many',
      'b',
    ]);
    expect(rawHeaders).not.toContain('Date');
    const [received] = server.requests;
    expect(received).toMatchObject({ method: 'POST', url: '/a%20b?c=d', body: body.toString() });
    expect(received?.headers).toMatchObject({
      host: new URL(server.url).host,
      'content-type': headers['Content-Type'],
      'content-length': String(body.length),
    });
    expect(proxy.requests).toBe(1);
    expect(Object.values(proxy.hits).every((count) => count === 0)).toBe(true);
  });

  test('chunks stay chunks, in both directions', async () => {
    const proxy = await open();
    answer = ({ headers }, response) => {
      response.write(String(headers['transfer-encoding']));
      response.end(String(headers['content-length']));
    };
    const got = await send(proxy.url, { headers: { 'Transfer-Encoding': 'chunked' } });
    expect(got.headers['transfer-encoding']).toBe('chunked');
    expect(got.body.toString()).toBe('chunkedundefined');
  });

  test('an answer is handed on as it comes', async () => {
    const proxy = await open();
    let finish = (): void => {};
    answer = (_, response) => {
      response.write('first');
      finish = () => response.end(' last');
    };
    const got = await send(proxy.url, { onHead: () => finish() });
    expect(got.body.toString()).toBe('first last');
  });

  test('connections of clients are kept', async () => {
    const proxy = await open();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const answers = [await send(proxy.url, { agent }), await send(proxy.url, { agent })];
    agent.destroy();
    expect(answers.map(({ headers }) => headers.connection)).toEqual(['keep-alive', 'keep-alive']);
    expect(server.connections()).toBe(2);
  });

  test('the path of the target stands before that of the request', async () => {
    const proxy = await open([], { target: `${server.url}/base/` });
    await send(`${proxy.url}/stage?a=b`, { method: 'GET', body: '' });
    expect(server.requests[0]).toMatchObject({ method: 'GET', url: '/base/stage?a=b' });
  });

  test('a target that is not there is a connection that ends', async () => {
    const proxy = await open([], { target: await deadUrl() });
    await expect(send(proxy.url)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('an answer of the target that breaks off breaks off', async () => {
    const proxy = await open();
    answer = ({ socket }, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half', () => socket.destroy());
    };
    await expect(send(proxy.url)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('a fault', () => {
  test.each([
    ['drop-before', 0, 'socket hang up'],
    ['reset-before', 0, 'read ECONNRESET'],
    ['drop-after', 1, 'socket hang up'],
    ['reset-after', 1, 'read ECONNRESET'],
  ] as const)('%s: the server sees %i requests, the client %s', async (kind, seen, message) => {
    const proxy = await open([{ kind }]);
    await expect(send(proxy.url)).rejects.toThrow(message);
    expect(server.requests).toHaveLength(seen);
    expect(proxy.hits[kind]).toBe(1);
    expect((await send(proxy.url)).status).toBe(200);
  });

  test.each([
    ['status-502', 0, 502],
    ['status-503', 0, 503],
    ['status-504', 1, 504],
    ['html-500', 0, 500],
  ] as const)('%s: the server sees %i requests, the client a page of status %i', async (kind, seen, status) => {
    const proxy = await open([{ kind }]);
    const got = await send(proxy.url);
    expect(got.status).toBe(status);
    expect(got.body.toString()).toContain('<html>');
    expect(server.requests).toHaveLength(seen);
  });

  test.each([
    ['stall-before', 0],
    ['stall-after', 1],
  ] as const)('%s: the server sees %i requests, the client nothing until it gives up', async (kind, seen) => {
    const proxy = await open([{ kind }]);
    const stalled = new AbortController();
    const rejection = expect(send(proxy.url, { signal: stalled.signal })).rejects.toMatchObject({ code: 'ABORT_ERR' });
    // What comes later is answered long before.
    await send(proxy.url);
    stalled.abort();
    await rejection;
    expect(server.requests).toHaveLength(1 + seen);
  });

  test.each([
    ['duplicate', 'answer 1 to hi'],
    ['duplicate-second', 'answer 2 to hi'],
  ] as const)('%s: the server sees the request twice, the client gets %s', async (kind, expected) => {
    const proxy = await open([{ kind }]);
    expect((await send(proxy.url, { headers: { 'X-Key': 'k' } })).body.toString()).toBe(expected);
    expect(server.requests.map(({ body, headers }) => [body, headers['x-key']])).toEqual([
      ['hi', 'k'],
      ['hi', 'k'],
    ]);
  });

  test('trickle: the answer comes whole, byte by byte', async () => {
    const proxy = await open([{ kind: 'trickle', delayMs: 0 }]);
    const got = await send(proxy.url);
    expect(got.body.toString()).toBe('answer 1 to hi');
  });

  test.each([
    [
      'of known length',
      (response: ServerResponse) => response.writeHead(200, { 'content-length': '8' }).end('abcdefgh'),
    ],
    ['in chunks', (response: ServerResponse) => response.end('abcdefgh')],
    ['that is empty', (response: ServerResponse) => response.writeHead(204).end()],
  ])('truncate: an answer %s breaks off', async (_, reply) => {
    const proxy = await open([{ kind: 'truncate' }]);
    answer = (_request, response) => reply(response);
    await expect(send(proxy.url)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(server.requests).toHaveLength(1);
  });

  test('corrupt: the answer has its length, and other bytes, the first among them', async () => {
    const proxy = await open([{ kind: 'corrupt' }]);
    const whole = JSON.stringify({ error: null, result: Array.from({ length: 50 }, (_, index) => index), id: 1 });
    answer = (_, response) => response.end(whole);
    const { body } = await send(proxy.url);
    expect(body).toHaveLength(whole.length);
    expect(body[0]).toBe('{'.charCodeAt(0) ^ 0x80);
    const changed = [...body].filter((byte, index) => byte !== whole.charCodeAt(index));
    expect(changed.length).toBeGreaterThan(5);
    expect(changed.length).toBeLessThan(whole.length / 2);
    expect(() => JSON.parse(body.toString())).toThrow();
  });

  test('delay: the request reaches the server later than one that came after it, even if its client has gone', async () => {
    const proxy = await open([{ kind: 'delay', delayMs: 50 }]);
    const impatient = new AbortController();
    const late = expect(send(proxy.url, { body: 'late', signal: impatient.signal })).rejects.toThrow();
    while (proxy.requests === 0) await new Promise((resolve) => setImmediate(resolve));
    impatient.abort();
    await late;
    await send(proxy.url, { body: 'early' });
    while (server.requests.length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(server.requests.map(({ body }) => body)).toEqual(['early', 'late']);
  });

  test.each(['delay', 'trickle'] as const)('%s: ends though the clients hold its virtual clock', async (kind) => {
    const clock = new VirtualClock();
    const proxy = await open([{ kind, delayMs: 3_600_000 }], { clock });
    const release = clock.hold();
    expect((await send(proxy.url)).status).toBe(200);
    release();
  });
});

describe('which requests a fault hits', () => {
  const statuses = async (proxy: FaultProxy, bodies: readonly string[], path = '/') => {
    const seen: (number | undefined)[] = [];
    for (const body of bodies) seen.push((await send(proxy.url + path, { body })).status);
    return seen;
  };

  test('the next one, unless it says else', async () => {
    const proxy = await open([{ kind: 'status-503' }, { kind: 'status-502', at: 3, count: 2 }]);
    expect(await statuses(proxy, ['', '', '', '', ''])).toEqual([503, 200, 502, 502, 200]);
  });

  test('those of a method', async () => {
    const proxy = await open([{ kind: 'status-503', method: 'create_job', count: 2 }]);
    const bodies = [rpc('get_jobs'), rpc('create_job'), '{"method":', 'create_job', '[]', rpc('create_job')];
    expect(await statuses(proxy, [...bodies, rpc('create_job')])).toEqual([200, 503, 200, 200, 200, 503, 200]);
  });

  test('those of a path', async () => {
    const proxy = await open([{ kind: 'status-503', path: '/stage' }]);
    expect(await statuses(proxy, [''], '/is_staged')).toEqual([200]);
    expect(await statuses(proxy, ['', ''], '/stage?a=b')).toEqual([503, 200]);
  });

  test('those that come after it was added', async () => {
    const proxy = await open();
    await statuses(proxy, ['', '']);
    proxy.add({ kind: 'status-503', count: 5 });
    expect(await statuses(proxy, ['', ''])).toEqual([503, 503]);
    proxy.clear();
    expect(await statuses(proxy, [''])).toEqual([200]);
    expect(proxy.hits['status-503']).toBe(2);
  });

  test('those on which the lot of its seed falls, the same each time', async () => {
    const faults: ProxyFault[] = [{ kind: ['status-502', 'status-503', 'status-504'], probability: 0.4 }];
    const bodies = Array.from({ length: 60 }, () => '');
    const [first, again, other] = [
      await statuses(await open(faults, { seed: 7 }), bodies),
      await statuses(await open(faults, { seed: 7 }), bodies),
      await statuses(await open(faults, { seed: 8 }), bodies),
    ];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    const hit = first.filter((status) => status !== 200);
    expect(hit.length).toBeGreaterThan(10);
    expect(hit.length).toBeLessThan(40);
    expect(new Set(hit)).toEqual(new Set([502, 503, 504]));
  });
});

test.each<[Partial<FaultProxyOptions>, string]>([
  [{ target: 'afe.lab' }, 'target'],
  [{ target: 'ftp://afe.lab' }, 'target'],
  [{ target: 'http://user:s3cret@afe.lab' }, 'target'],
  [{ faults: [{ kind: 'explode' as 'delay' }] }, 'kind'],
  [{ faults: [{ kind: [] }] }, 'kind'],
  [{ faults: [{ kind: 'delay', probability: 2 }] }, 'probability'],
  [{ faults: [{ kind: 'delay', at: 0 }] }, 'at'],
  [{ faults: [{ kind: 'delay', count: Number.NaN }] }, 'count'],
  [{ faults: [{ kind: 'delay', delayMs: -1 }] }, 'delayMs'],
])('an option that makes no sense is named: %#', async (options, member) => {
  const starting = faultProxy({ target: server.url, ...options });
  await expect(starting).rejects.toThrow(TypeError);
  await expect(starting).rejects.toThrow(`${member}: `);
  await expect(starting).rejects.not.toThrow('s3cret');
});

test('closing ends everything at once: stalls, delays, answers that are under way, connections to the target', async () => {
  const proxy = await open([{ kind: 'stall-before' }, { kind: 'delay', delayMs: 3_600_000 }]);
  let ended: Promise<unknown> | undefined;
  answer = ({ socket }) => void (ended = new Promise((resolve) => socket.once('close', resolve)));
  const waiting = [1, 2, 3].map((number) =>
    expect(send(proxy.url, { body: `${number}` })).rejects.toMatchObject({ code: 'ECONNRESET' }),
  );
  while (server.requests.length === 0 || proxy.requests < 3) await new Promise((resolve) => setImmediate(resolve));
  await proxy.close();
  await proxy.close();
  await Promise.all(waiting);
  await ended;
  await expect(send(proxy.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('it closes itself at the end of its block', async () => {
  let url: string;
  {
    await using proxy = await faultProxy({ target: server.url });
    url = proxy.url;
    expect((await send(url)).status).toBe(200);
  }
  await expect(send(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('every kind is counted', async () => {
  const proxy = await open();
  expect(Object.keys(proxy.hits)).toEqual([...proxyFaultKinds]);
});
