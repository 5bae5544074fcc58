import { describe, expect, test } from 'vitest';
import { HttpAfeClient } from '../../src/clients/afe/http-afe-client.js';
import { resolveHttpClientOptions } from '../../src/clients/client-options.js';
import { HttpDevServerClient } from '../../src/clients/dev-server/http-dev-server-client.js';
import { resolveDevServerOptions } from '../../src/clients/dev-server/dev-server-options.js';
import { ClientOptionError } from '../../src/clients/errors.js';
import { resolveRpcClientOptions } from '../../src/clients/rpc-client-options.js';
import { HttpTkoClient } from '../../src/clients/tko/http-tko-client.js';

const policy = { firstDelayMs: 1, factor: 2, maxDelayMs: 3, jitter: 0.5 };
const url = 'http://afe.lab';

test('defaults fill what is not given', () => {
  expect(resolveHttpClientOptions({ url }, policy)).toMatchObject({
    url: 'http://afe.lab',
    headers: {},
    concurrency: 8,
    timeoutMs: 60_000,
    deadlineMs: 1_800_000,
    maxResponseBytes: 67_108_864,
    retry: policy,
  });
  expect(resolveRpcClientOptions({ url }).retry).toMatchObject({ firstDelayMs: 10_000, factor: 2 });
  expect(resolveDevServerOptions({ url })).toMatchObject({
    imageArchive: 'gs://chromeos-image-archive',
    pollIntervalMs: 5_000,
  });
});

test('a part of the retry policy can be given alone', () => {
  expect(resolveHttpClientOptions({ url, retry: { factor: 3 } }, policy).retry).toEqual({ ...policy, factor: 3 });
});

test('the base URL loses its trailing slash and its credentials, which become a header', () => {
  const options = resolveHttpClientOptions({ url: 'http://user:secret@afe.lab:8080/lab/' }, policy);
  expect(options.url).toBe('http://afe.lab:8080/lab');
  expect(options.headers).toEqual({ authorization: `Basic ${Buffer.from('user:secret').toString('base64')}` });
});

test('a login name goes bare into the authorization, before credentials of the URL', () => {
  const options = resolveRpcClientOptions({ url: 'http://user:secret@afe.lab', user: 'chromeos-test' });
  expect(options.headers).toEqual({ authorization: 'chromeos-test' });
});

describe('an option that cannot work is refused by its name', () => {
  test.each([
    ['url', { url: 'afe.lab' }],
    ['url', { url: '' }],
    ['url', { url: 'ftp://afe.lab' }],
    ['url', { url: 'http://afe.lab/?x=y' }],
    ['url', { url: 'http://afe.lab/#x' }],
    ['concurrency', { url, concurrency: 0 }],
    ['concurrency', { url, concurrency: 1.5 }],
    ['timeoutMs', { url, timeoutMs: -1 }],
    ['timeoutMs', { url, timeoutMs: Number.NaN }],
    ['timeoutMs', { url, timeoutMs: Number.POSITIVE_INFINITY }],
    ['deadlineMs', { url, deadlineMs: 0 }],
    ['retry.firstDelayMs', { url, retry: { firstDelayMs: -1 } }],
    ['retry.factor', { url, retry: { factor: 0.5 } }],
    ['retry.maxDelayMs', { url, retry: { maxDelayMs: -1 } }],
    ['retry.jitter', { url, retry: { jitter: 1.1 } }],
    ['maxResponseBytes', { url, maxResponseBytes: 0 }],
    ['headers.x y', { url, headers: { 'x y': 'z' } }],
    ['headers.x', { url, headers: { x: 'a\r\nb: c' } }],
  ])('%s: %j', (option, options) => {
    for (const Client of [HttpAfeClient, HttpTkoClient, HttpDevServerClient]) {
      const make = () => new Client(options);
      expect(make).toThrow(ClientOptionError);
      expect(make).toThrow(expect.objectContaining({ code: 'ERR_CLIENT_OPTION', option }));
    }
  });

  test.each([
    ['user', { url, user: 'josé' }],
    ['user', { url, user: '' }],
    ['user', { url, user: 'a\nb' }],
    ['timeZone', { url, timeZone: 'Mars/Olympus' }],
  ])('%s: %j', (option, options) => {
    expect(() => new HttpAfeClient(options)).toThrow(expect.objectContaining({ code: 'ERR_CLIENT_OPTION', option }));
  });

  test.each([
    ['imageArchive', { url, imageArchive: '' }],
    ['imageArchive', { url, imageArchive: 'gs://a b' }],
    ['pollIntervalMs', { url, pollIntervalMs: 0 }],
  ])('%s: %j', (option, options) => {
    const make = () => new HttpDevServerClient(options);
    expect(make).toThrow(expect.objectContaining({ code: 'ERR_CLIENT_OPTION', option }));
  });
});
