import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { systemClock } from '../../../index.js';
import type { ConformanceCase } from '../conformance-case.js';
import { encodingsAskedFor } from './answers.js';
import { failureOf, onBench, type Answer, type Bench, type ConnectTransport } from './bench.js';
import { silence } from './failures.js';

/** Limits on time and size. */
export function limitCases(connect: ConnectTransport): readonly ConformanceCase[] {
  return [
    timeCase(connect, 'the time for a request ends it: no answer', silence),
    timeCase(connect, 'the time for a request ends it: half an answer', (response) => {
      response.writeHead(200, { 'content-length': '9' }).write('half');
    }),
    timeCase(connect, 'the time for a request ends it, though byte after byte still comes', (response) => {
      const write = async (): Promise<void> => {
        while (!response.destroyed) {
          response.write('.');
          await systemClock.sleep(5);
        }
      };
      void write();
    }),
    onBench(
      connect,
      'an answer of just the limit is taken, one of a byte more is not',
      (response, { target }) => void response.end('x'.repeat(Number(target.slice(1)))),
      async ({ url, send }) => {
        const limit = { maxResponseBytes: 10_000 };
        assert.equal((await send({ ...limit, url: `${url}/10000` })).body.length, 10_000);
        await failureOf(send({ ...limit, url: `${url}/10001` }), 'ERR_RESPONSE_TOO_LARGE', limit);
      },
    ),
    onBench(
      connect,
      'an answer without an end is given up, and its connection with it',
      (response) => pour(response, Buffer.alloc(64 * 1024), Infinity),
      async ({ send, arrived }) => {
        await failureOf(send({ maxResponseBytes: 10_000 }), 'ERR_RESPONSE_TOO_LARGE', { maxResponseBytes: 10_000 });
        await arrived[0]?.closed;
      },
    ),
    onBench(
      connect,
      'a gigabyte in a megabyte of gzip is given up, and never held in memory, whether it was asked for or not',
      bomb,
      async (bench) => await explode(bench, 'gzip'),
    ),
    onBench(connect, 'so is one in any compression that was asked for', bomb, async (bench) => {
      for (const encoding of await encodingsAskedFor(bench)) await explode(bench, encoding);
    }),
  ];
}

function timeCase(connect: ConnectTransport, name: string, answer: Answer): ConformanceCase {
  return onBench(connect, name, answer, async ({ send, arrived }) => {
    await failureOf(send({ timeoutMs: 150 }), 'ERR_TIMEOUT', { timeoutMs: 150, sent: true });
    await arrived[0]?.closed;
  });
}

/** Answers with a gigabyte of zeros, compressed as the path says. */
function bomb(...[response, { target }]: Parameters<Answer>): void {
  const encoding = target.slice(1);
  const charge = charges[encoding];
  if (charge === undefined) return void response.end();
  response.writeHead(200, { 'content-encoding': encoding });
  const { head, part } = charge();
  response.write(head);
  pour(response, part, 1024);
}

async function explode({ url, send, arrived }: Bench, encoding: string): Promise<void> {
  const peakBefore = process.resourceUsage().maxRSS;
  const limit = { maxResponseBytes: 1_500_000 };
  await failureOf(send({ ...limit, url: `${url}/${encoding}`, timeoutMs: 60_000 }), 'ERR_RESPONSE_TOO_LARGE', limit);
  await arrived.at(-1)?.closed;
  const grownKiB = process.resourceUsage().maxRSS - peakBefore;
  assert.ok(grownKiB < 400 * 1024, `the memory of the process grew by ${grownKiB} KiB`);
}

/** How a gigabyte begins, and what it repeats: a megabyte of zeros that can stand after itself. */
interface Charge {
  readonly head: Uint8Array;
  readonly part: Uint8Array;
}

const charges: Readonly<Record<string, () => Charge>> = {
  // A gzip file may have many members.
  gzip: () => ({ head: new Uint8Array(), part: gzipSync(Buffer.alloc(mebibyte)) }),
  // Cut at the flush, before the mark of the end; the two bytes in front are said once.
  deflate: () => {
    const flushed = deflateSync(Buffer.alloc(mebibyte), { finishFlush: constants.Z_SYNC_FLUSH });
    return { head: flushed.subarray(0, 2), part: flushed.subarray(2) };
  },
  // Its parts cannot be repeated, and a gigabyte takes long to make: 64 MiB in 12 KB must do.
  br: () => {
    const params = { [constants.BROTLI_PARAM_QUALITY]: 1 };
    return { head: brotliCompressSync(Buffer.alloc(64 * mebibyte), { params }), part: new Uint8Array() };
  },
};

const mebibyte = 1024 * 1024;

/** Writes the same bytes again and again, as fast as they are taken. */
function pour(response: ServerResponse, bytes: Uint8Array, times: number): void {
  function* parts(): Generator<Uint8Array> {
    for (let count = 0; count < times && !response.destroyed; count += 1) yield bytes;
  }
  if (bytes.length === 0) return void response.end();
  Readable.from(parts(), { objectMode: true }).pipe(response);
}
