import assert from 'node:assert/strict';
import { createServer, type OutgoingHttpHeaders } from 'node:http';
import { inspect } from 'node:util';
import { closeAtOnce, listenOnLoopback } from '../../http/loopback.js';
import type { ConformanceCase } from '../conformance-case.js';
import { failureOf, onBench, rejectionOf, type Answer, type ConnectTransport } from './bench.js';

/** What becomes of requests that get no whole answer. */
export function failureCases(connect: ConnectTransport): readonly ConformanceCase[] {
  return [
    onBench(connect, 'a refused connection says that the server has not seen the request', silence, async (bench) => {
      const url = await deadUrl();
      const failure = await failureOf(bench.send({ method: 'POST', body: '{}', url }), 'ERR_CONNECTION', {
        sent: false,
        method: 'POST',
        permanent: false,
      });
      assert.ok(String(failure).includes(url), 'the message says what could not be reached');
    }),
    onBench(
      connect,
      'a connection that ends without an answer says that the server may have seen the request',
      (_, { socket }) => void socket.destroy(),
      async ({ send, arrived }) => {
        await failureOf(send({ method: 'POST', body: '{}' }), 'ERR_CONNECTION', { sent: true });
        assert.equal(arrived.length, 1, 'the request is not sent again');
      },
    ),
    onBench(
      connect,
      'a kept connection that ends under a request says that the server may have seen it',
      (response, { target, socket }) => {
        if (target === '/hang-up') socket.destroy();
        else response.end('ok');
      },
      async ({ url, send, arrived }) => {
        await send();
        await failureOf(send({ url: `${url}/hang-up` }), 'ERR_CONNECTION', { sent: true });
        assert.equal(arrived.length, 2, 'the request is not sent again');
      },
    ),
    brokenOffCase(connect, 'an answer that breaks off before its length is a failure, not a short answer', {
      'content-length': '1000',
    }),
    brokenOffCase(connect, 'an answer that breaks off between its chunks is a failure, not a short answer', {}),
    onBench(
      connect,
      'an answer that is not compressed as it says is a failure',
      (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('this is not gzip'),
      async ({ send }) => {
        await failureOf(send(), 'ERR_CONNECTION', { sent: true });
      },
    ),
    onBench(
      connect,
      'bytes that are no HTTP are a failure',
      (_, { socket }) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'),
      async ({ send }) => {
        await failureOf(send(), 'ERR_CONNECTION', { sent: true });
      },
    ),
    onBench(
      connect,
      'no failure shows user and password',
      (response, { target, socket }) => {
        if (target === '/hang-up') socket.destroy();
        if (target === '/large') response.end('x'.repeat(2_000));
      },
      async ({ url, send }) => {
        const secret = (base: string) => base.replace('//', '//user:s3cretpw@');
        const changes = { maxResponseBytes: 1_000, timeoutMs: 200 };
        const failures = [
          await rejectionOf(send({ ...changes, url: secret(`${url}/hang-up`) })),
          await rejectionOf(send({ ...changes, url: secret(`${url}/large`) })),
          await rejectionOf(send({ ...changes, url: secret(`${url}/stall`) })),
          await rejectionOf(send({ ...changes, url: secret(await deadUrl()) })),
          await rejectionOf(send({ ...changes, url: 'http://user:s3cretpw@[broken/' })),
        ];
        for (const failure of failures) {
          const shown = inspect(failure, { depth: 20, showHidden: true });
          assert.ok(!shown.includes('s3cretpw'), 'the password is shown');
          assert.ok(!shown.includes(Buffer.from('user:s3cretpw').toString('base64')), 'the authorization is shown');
        }
      },
    ),
  ];
}

function brokenOffCase(connect: ConnectTransport, name: string, headers: OutgoingHttpHeaders): ConformanceCase {
  const answer: Answer = (response, { socket }) => {
    response.writeHead(200, headers).write('half', () => socket.destroy());
  };
  return onBench(connect, name, answer, async ({ send }) => {
    await failureOf(send(), 'ERR_CONNECTION', { sent: true });
  });
}

/** Never answers. */
export const silence: Answer = () => {};

/** A URL that nothing listens on. */
async function deadUrl(): Promise<string> {
  const server = createServer();
  const url = await listenOnLoopback(server);
  await closeAtOnce(server);
  return url;
}
