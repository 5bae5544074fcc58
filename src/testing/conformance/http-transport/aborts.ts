import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import type { ConformanceCase } from '../conformance-case.js';
import { onBench, rejectionOf, type Answer, type ConnectTransport } from './bench.js';
import { silence } from './failures.js';

/** What an abort does. */
export function abortCases(connect: ConnectTransport): readonly ConformanceCase[] {
  return [
    onBench(connect, 'a request that is aborted before it begins is not sent', silence, async ({ send, arrived }) => {
      assert.equal(await rejectionOf(send({ signal: AbortSignal.abort('enough') })), 'enough');
      assert.equal(arrived.length, 0);
    }),
    abortCase(connect, 'an abort before the answer rejects with its reason and ends the connection', silence),
    abortCase(connect, 'an abort within the answer rejects with its reason and ends the connection', (response) => {
      response.writeHead(200, { 'content-length': '9' }).write('half');
    }),
    onBench(
      connect,
      'a signal can be shared by many requests, without a warning and without a listener left',
      (response, { target }) => {
        if (target === '/hang-up') response.destroy();
        else response.end('ok');
      },
      async ({ url, send }) => {
        const { signal } = new AbortController();
        const warnings: unknown[] = [];
        const onWarning = (warning: unknown): void => void warnings.push(warning);
        process.on('warning', onWarning);
        const targets = Array.from({ length: 30 }, (_, index) => (index % 3 === 0 ? '/hang-up' : '/'));
        await Promise.allSettled(targets.map((target) => send({ url: url + target, signal })));
        // Warnings are told of a tick later; a request takes longer.
        await send();
        process.off('warning', onWarning);
        assert.deepEqual(warnings, []);
        assert.deepEqual(getEventListeners(signal, 'abort'), []);
      },
    ),
  ];
}

function abortCase(connect: ConnectTransport, name: string, answer: Answer): ConformanceCase {
  const reason = { enough: true };
  const controllers: AbortController[] = [];
  const answerAndAbort: Answer = (response, request) => {
    answer(response, request);
    // Once what was answered is on its way.
    response.socket?.write('', () => controllers.pop()?.abort(reason));
  };
  return onBench(connect, name, answerAndAbort, async ({ send, arrived }) => {
    const controller = new AbortController();
    controllers.push(controller);
    assert.equal(await rejectionOf(send({ signal: controller.signal, timeoutMs: 1_000 })), reason);
    await arrived[0]?.closed;
    assert.deepEqual(getEventListeners(controller.signal, 'abort'), []);
  });
}
