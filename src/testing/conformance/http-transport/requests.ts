import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import type { ConformanceCase } from '../conformance-case.js';
import { onBench, type Answer, type ConnectTransport } from './bench.js';

/** What reaches the server of a request, and on which connection. */
export function requestCases(connect: ConnectTransport): readonly ConformanceCase[] {
  return [
    onBench(connect, 'path and query reach the server as they are written', ok, async ({ url, send, arrived }) => {
      await send({ url: `${url}/a%2Fb/?c=d%20e&f=%C3%A9` });
      assert.deepEqual([arrived[0]?.method, arrived[0]?.target], ['GET', '/a%2Fb/?c=d%20e&f=%C3%A9']);
    }),
    onBench(connect, 'a body has a Content-Length and is never chunked', ok, async ({ send, arrived }) => {
      const bodies = ['{"a":1}', new Uint8Array([0, 13, 10, 255]).subarray(1), 'x'.repeat(500_000), undefined];
      for (const body of bodies) await send({ method: 'POST', body });
      assert.deepEqual(
        arrived.map((request) => request.body),
        bodies.map((body) => Buffer.from(body ?? '')),
      );
      for (const { headers, body } of arrived) {
        assert.equal(headers['content-length'], String(body.length));
        assert.equal(headers['transfer-encoding'], undefined);
      }
    }),
    onBench(connect, 'headers reach the server, whatever the case of their names', ok, async ({ send, arrived }) => {
      await send({ headers: { 'X-Lab': 'yes', 'content-type': 'application/json', AUTHORIZATION: 'chromeos-test' } });
      const headers = arrived[0]?.headers;
      assert.equal(headers?.['x-lab'], 'yes');
      assert.equal(headers['content-type'], 'application/json');
      assert.equal(headers.authorization, 'chromeos-test');
    }),
    onBench(connect, 'user and password of the URL are sent as Basic authorization', ok, async (bench) => {
      await bench.send({ url: bench.url.replace('//', '//user:s%40cret@') });
      const expected = `Basic ${Buffer.from('user:s@cret').toString('base64')}`;
      assert.equal(bench.arrived[0]?.headers.authorization, expected);
    }),
    onBench(connect, "a request's own authorization goes before that of the URL", ok, async (bench) => {
      await bench.send({ url: bench.url.replace('//', '//user:secret@'), headers: { Authorization: 'own' } });
      assert.equal(bench.arrived[0]?.headers.authorization, 'own');
    }),
    onBench(
      connect,
      'a request that wants a fresh connection gets one that carried nothing before',
      ok,
      async ({ send, arrived }) => {
        const used = new Set<Socket | undefined>();
        for (const freshConnection of [false, false, true, true, false, true]) {
          await send({ freshConnection });
          const socket = arrived.at(-1)?.socket;
          if (freshConnection) assert.ok(!used.has(socket), 'the connection carried a request before');
          used.add(socket);
        }
      },
    ),
    onBench(
      connect,
      'requests side by side are each answered with their own answer',
      (response, { body }) => response.end(body),
      async ({ send }) => {
        const bodies = Array.from({ length: 40 }, (_, index) => `request ${index}`);
        const answers = await Promise.all(bodies.map((body) => send({ method: 'POST', body })));
        assert.deepEqual(
          answers.map(({ body }) => Buffer.from(body).toString()),
          bodies,
        );
      },
    ),
  ];
}

const ok: Answer = (response) => void response.end('ok');
