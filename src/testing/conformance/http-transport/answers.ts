import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { ConformanceCase } from '../conformance-case.js';
import { failureOf, onBench, textOf, type Bench, type ConnectTransport } from './bench.js';

/** Ways to compress an answer, by their names in HTTP. */
const compressions = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync } as const;

/** What becomes of answers. */
export function answerCases(connect: ConnectTransport): readonly ConformanceCase[] {
  return [
    onBench(
      connect,
      'an answer comes with its status, its headers in lower case and its body',
      (response) => response.writeHead(200, { 'X-Lab': 'yes' }).end('hello'),
      async ({ send }) => {
        const answer = await send();
        assert.equal(answer.status, 200);
        assert.equal(answer.headers['x-lab'], 'yes');
        assert.equal(textOf(answer), 'hello');
      },
    ),
    onBench(
      connect,
      'an answer of any status is an answer',
      (response, { target }) => response.writeHead(Number(target.slice(1))).end('<html>sorry'),
      async ({ url, send, arrived }) => {
        const statuses = [201, 400, 401, 403, 404, 411, 500, 502, 503, 504];
        for (const status of statuses) {
          const answer = await send({ url: `${url}/${status}` });
          assert.deepEqual([answer.status, textOf(answer)], [status, '<html>sorry']);
        }
        assert.equal(arrived.length, statuses.length, 'each request is sent once');
      },
    ),
    onBench(
      connect,
      'a redirect is an answer, and is not followed',
      (response, { target }) => {
        if (target !== '/elsewhere') response.writeHead(Number(target.slice(1)), { location: '/elsewhere' });
        response.end();
      },
      async ({ url, send, arrived }) => {
        const statuses = [301, 302, 303, 307, 308];
        for (const status of statuses) {
          const answer = await send({ method: 'POST', body: '{}', url: `${url}/${status}` });
          assert.deepEqual([answer.status, answer.headers['location']], [status, '/elsewhere']);
        }
        assert.equal(arrived.length, statuses.length);
      },
    ),
    onBench(
      connect,
      'an answer without a body has an empty one',
      (response) => response.writeHead(204).end(),
      async ({ send }) => assert.equal((await send()).body.length, 0),
    ),
    onBench(
      connect,
      'the bytes of an answer come as they are, with a length or in chunks',
      (response, { target }) => {
        if (target === '/length') response.writeHead(200, { 'content-length': '256' });
        response.write(everyByte.subarray(0, 100));
        response.end(everyByte.subarray(100));
      },
      async ({ url, send }) => {
        for (const path of ['/length', '/chunks']) {
          assert.deepEqual(Buffer.from((await send({ url: url + path })).body), everyByte);
        }
      },
    ),
    onBench(
      connect,
      'several headers of one name come as one',
      (response) => response.writeHead(200, { 'X-Many': ['a', 'b'], 'Set-Cookie': ['c=1', 'd=2'] }).end(),
      async ({ send }) => {
        const { headers } = await send();
        assert.deepEqual([headers['x-many'], headers['set-cookie']], ['a, b', 'c=1, d=2']);
      },
    ),
    onBench(
      connect,
      'an answer in gzip is decompressed, whether it was asked for or not',
      (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(long)),
      async ({ send }) => assert.deepEqual(textOf(await send()), long),
    ),
    onBench(
      connect,
      'an answer is decompressed in whatever way was asked for',
      (response, { target }) => answerCompressed(response, target, (whole) => whole),
      async (bench) => {
        for (const encoding of await encodingsAskedFor(bench)) {
          assert.deepEqual(textOf(await bench.send({ url: `${bench.url}/${encoding}` })), long, encoding);
        }
      },
    ),
    onBench(
      connect,
      'a compressed answer that was asked for and breaks off is a failure, not a short answer',
      (response, { target }) => answerCompressed(response, target, (whole) => whole.subarray(0, whole.length / 2)),
      async (bench) => {
        for (const encoding of await encodingsAskedFor(bench)) {
          await failureOf(bench.send({ url: `${bench.url}/${encoding}` }), 'ERR_CONNECTION', { sent: true });
        }
      },
    ),
  ];
}

/** Which of the compressions that this kit knows the transport asks for. */
export async function encodingsAskedFor({ send, arrived }: Bench): Promise<readonly (keyof typeof compressions)[]> {
  await send();
  const accepted = arrived.at(-1)?.headers['accept-encoding']?.toString() ?? '';
  return accepted
    .split(',')
    .map((item) => (item.split(';')[0] ?? '').trim())
    .filter(isKnown);
}

/** Answers in the compression that the path names, or not at all where it names none. */
function answerCompressed(response: ServerResponse, target: string, cut: (whole: Buffer) => Buffer): void {
  const encoding = target.slice(1);
  if (!isKnown(encoding)) return void response.end();
  response.writeHead(200, { 'content-encoding': encoding }).end(cut(compressions[encoding](long)));
}

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
const long = Array.from({ length: 20_000 }, (_, index) => `line ${index * 7919}`).join('\n');

function isKnown(encoding: string): encoding is keyof typeof compressions {
  return Object.hasOwn(compressions, encoding);
}
