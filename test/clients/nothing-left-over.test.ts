import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { fetchTransport, gotTransport, HttpAfeClient } from '../../src/index.js';
import { FakeClock } from '../support/fake-clock.js';
import { rejectionOf, startServer } from '../support/loopback-server.js';

const mebibyte = 1024 * 1024;

const pouring = (part: Buffer, headers: Record<string, string>) => (response: ServerResponse) => {
  const parts = Readable.from(Array.from({ length: 100 }, () => part));
  response.on('close', () => parts.destroy());
  parts.pipe(response.writeHead(200, headers));
};

const hostile: readonly ((response: ServerResponse) => void)[] = [
  pouring(Buffer.alloc(mebibyte, ' '), {}),
  pouring(gzipSync(Buffer.alloc(mebibyte)), { 'content-encoding': 'gzip' }),
  (response) => void response.end('['.repeat(mebibyte)),
  (response) => void response.end('<html>Log in</html>'),
  (response) => void response.writeHead(200).write('{"error"'),
  (response) => void response.writeHead(200, { 'content-length': '100' }).end('{'),
  (response) => void response.socket?.destroy(),
];

/** The kinds of what keeps the process running, of sockets and timers. */
function openHandles(): readonly string[] {
  return process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP') || name === 'Timeout');
}

test.each([
  ['got', () => gotTransport()],
  ['fetch', () => fetchTransport()],
])('over %s, hostile answers leave no socket, timer or listener behind', async (_, connect) => {
  const before = openHandles();
  let next = 0;
  const server = await startServer((_request, response) => hostile[next++]?.(response));
  const transport = connect();
  const clock = new FakeClock();
  const options = { maxResponseBytes: 4 * mebibyte, timeoutMs: 200, deadlineMs: 5_000 };
  const afe = new HttpAfeClient({ url: server.url, transport, clock, ...options });
  const { signal } = new AbortController();
  const listeners = countListeners(signal);
  for (const _answer of hostile) await rejectionOf(afe.getJobs({}, { signal }));
  expect(server.requests).toHaveLength(hostile.length);
  expect(clock.holds).toBe(0);
  expect(listeners()).toBe(0);
  transport.close();
  await server.close();
  await expect.poll(openHandles).toEqual(before);
});

/** How many listeners a signal has that were added from now on. */
function countListeners(signal: AbortSignal): () => number {
  const added = new Set<unknown>();
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    added.add(args[1]);
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    added.delete(args[1]);
    removeEventListener.apply(signal, args);
  };
  return () => added.size;
}
