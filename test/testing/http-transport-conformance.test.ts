import { expect, test } from 'vitest';
import { ConnectionError, gotTransport, type HttpRequest, type HttpTransport } from '../../src/index.js';
import { httpTransportConformance } from '../../src/testing/index.js';

type Send = (request: HttpRequest) => ReturnType<HttpTransport['request']>;

/** A transport that keeps all promises but those that `change` breaks. */
const changed = (change: (send: Send, request: HttpRequest) => ReturnType<Send>) => () => {
  const { request: send, close } = gotTransport();
  return { request: (request: HttpRequest) => change(send, request), close };
};

const broken: readonly [string, () => HttpTransport, string][] = [
  [
    'uses old connections',
    changed((send, request) => send({ ...request, freshConnection: false })),
    'a request that wants a fresh connection',
  ],
  [
    'sends twice after a failure',
    changed((send, request) => send(request).catch(() => send(request))),
    'a connection that ends without an answer',
  ],
  [
    'says that nothing was sent',
    changed(async (send, request) => {
      try {
        return await send(request);
      } catch (error) {
        if (!(error instanceof ConnectionError)) throw error;
        throw new ConnectionError({ url: error.url, method: error.method, sent: false, reason: 'gone' });
      }
    }),
    'an answer that breaks off before its length',
  ],
  [
    'follows redirects',
    changed(async (send, request) => {
      const answer = await send(request);
      const { location } = answer.headers;
      return location === undefined ? answer : await send({ ...request, url: new URL(location, request.url).href });
    }),
    'a redirect is an answer',
  ],
  [
    'takes any size',
    changed((send, request) => send({ ...request, maxResponseBytes: 100_000_000 })),
    'an answer of just the limit',
  ],
  [
    'does not know aborts',
    changed((send, { signal: _, ...request }) => send(request)),
    'an abort before the answer rejects',
  ],
  [
    'leaves listeners on signals',
    changed((send, request) => {
      request.signal?.addEventListener('abort', () => {});
      return send(request);
    }),
    'a signal can be shared',
  ],
  [
    'waits as long as it likes',
    changed((send, request) => send({ ...request, timeoutMs: 400 })),
    'the time for a request ends it: no answer',
  ],
  [
    'shows passwords',
    changed((send, request) =>
      send(request).catch((error: unknown) => Promise.reject(new Error(request.url, { cause: error }))),
    ),
    'no failure shows user and password',
  ],
];

test.each(broken)('a transport that %s does not conform', async (_, connect, name) => {
  const found = httpTransportConformance(connect).find((each) => each.name.startsWith(name));
  await expect(found?.run()).rejects.toThrow();
});

test('every case has a name of its own', () => {
  const names = httpTransportConformance(() => gotTransport()).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
