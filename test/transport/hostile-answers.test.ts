import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { fetchTransport, gotTransport, HttpAfeClient, HttpDevServerClient } from '../../src/index.js';
import { FakeClock } from '../support/fake-clock.js';
import { rejectionOf, startServer, type LoopbackServer } from '../support/loopback-server.js';

const closables: { close(): unknown }[] = [];

afterEach(async () => {
  await Promise.all(closables.splice(0).map((closable) => closable.close()));
});

async function serve(answer: Parameters<typeof startServer>[0]): Promise<LoopbackServer> {
  const server = await startServer(answer);
  closables.push(server);
  return server;
}

const mebibyte = 1024 * 1024;
const job = { id: 1, name: 'a', parent_job: null, keyvals: {}, control_file: '', priority: 10, owner: 'lab' };
const whole = { ...job, created_on: '2026-11-21 09:14:54', dependencies: '' };
const answering = (result: unknown) => (id: unknown, response: ServerResponse) =>
  void response.end(JSON.stringify({ error: null, result, id }));
const sending = (body: string | Buffer) => (_: unknown, response: ServerResponse) => void response.end(body);
const pouring =
  (part: Buffer, times: number, headers: Record<string, string>) => (_: unknown, response: ServerResponse) => {
    const parts = Readable.from(Array.from({ length: times }, () => part));
    parts.pipe(response.writeHead(200, headers));
  };

const hostile: readonly [string, string, (id: unknown, response: ServerResponse) => void][] = [
  ['100 MB', 'ERR_RESPONSE_TOO_LARGE', pouring(Buffer.alloc(mebibyte, ' '), 100, {})],
  [
    'a gigabyte, compressed',
    'ERR_RESPONSE_TOO_LARGE',
    pouring(gzipSync(Buffer.alloc(mebibyte)), 1024, { 'content-encoding': 'gzip' }),
  ],
  ['JSON of great depth', 'ERR_BAD_RESPONSE', sending('['.repeat(5_000_000))],
  ['objects of great depth', 'ERR_BAD_RESPONSE', sending('{"a":'.repeat(1_000_000))],
  ['HTML', 'ERR_BAD_RESPONSE', sending('<html><body>Log in</body></html>')],
  ['nothing', 'ERR_BAD_RESPONSE', sending('')],
  ['bytes that are no text', 'ERR_BAD_RESPONSE', sending(Buffer.from([0, 255, 254, 7]))],
  ['the answer to another request', 'ERR_BAD_RESPONSE', sending('{"error":null,"result":[],"id":"other"}')],
  ['no list', 'ERR_BAD_RESPONSE', answering({ 0: whole })],
  ['a wrong type', 'ERR_BAD_RESPONSE', answering([{ ...whole, id: '1' }])],
  ['an id that is no whole number', 'ERR_BAD_RESPONSE', answering([{ ...whole, id: 1.5 }])],
  ['a missing field', 'ERR_BAD_RESPONSE', answering([job])],
  ['a member that would be inherited', 'ERR_BAD_RESPONSE', sending('{"__proto__":{"result":[]},"id":1}')],
];

describe.each([
  ['got', () => gotTransport()],
  ['fetch', () => fetchTransport()],
])('over %s, an answer', (_, connect) => {
  test.each(hostile)('of %s is an error of code %s, in bounded memory', async (_name, code, answer) => {
    const server = await serve(({ body }, response) => answer(JSON.parse(body).id, response));
    const transport = connect();
    closables.push(transport);
    const client = new HttpAfeClient({ url: server.url, transport, timeoutMs: 15_000 });
    const peakBefore = process.resourceUsage().maxRSS;
    const error = await rejectionOf(client.getJobs({ ids: [1] }));
    expect(error).toMatchObject({ code });
    expect(String(error).length).toBeLessThan(1_000);
    expect(server.requests).toHaveLength(1);
    expect(process.resourceUsage().maxRSS - peakBefore).toBeLessThan(400 * 1024);
  });

  test('that never ends is an error within the time of the call', async () => {
    const server = await serve((_request, response) => void response.writeHead(200).write('{"error"'));
    const transport = connect();
    closables.push(transport);
    const times = { timeoutMs: 50, deadlineMs: 15_000, clock: new FakeClock(), retry: { jitter: 0 } };
    const rpc = new HttpAfeClient({ url: server.url, transport, ...times });
    expect(await rejectionOf(rpc.getJobs({ ids: [1] }))).toMatchObject({
      code: 'ERR_DEADLINE',
      cause: { code: 'ERR_TIMEOUT' },
    });
    const devServer = new HttpDevServerClient({ url: server.url, transport, ...times });
    expect(await rejectionOf(devServer.listControlFiles({ build: 'x/R1-1' }))).toMatchObject({
      code: 'ERR_DEADLINE',
      cause: { code: 'ERR_TIMEOUT' },
    });
  });
});
