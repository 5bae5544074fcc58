import { describe, expect, test } from 'vitest';
import { HttpStatusError } from '../../src/transport/errors.js';
import { redirectTarget } from '../../src/transport/redirect-target.js';

const url = 'http://afe.lab/afe/server/noauth/rpc';

test.each([
  ['http://afe.lab/afe/server/noauth/rpc/', 'http://afe.lab/afe/server/noauth/rpc/'],
  ['/login', 'http://afe.lab/login'],
  ['rpc/', 'http://afe.lab/afe/server/noauth/rpc/'],
  ['https://user:secret@sso.corp/login?continue=x&token=secret#secret', 'https://sso.corp/login'],
])('a redirect to %s is shown as %s', (location, shown) => {
  expect(redirectTarget({ status: 302, url, headers: { location } })).toBe(shown);
});

test.each([
  [200, { location: '/login' }],
  [404, { location: '/login' }],
  [301, {}],
  [301, undefined],
  [301, { location: 'http://[broken/' }],
])('an answer that leads nowhere has no target: %i %j', (status, headers) => {
  expect(redirectTarget({ status, url, headers })).toBeUndefined();
});

describe('the error of a redirect', () => {
  test('says where it leads and that nobody followed', () => {
    const error = new HttpStatusError({ status: 301, url, method: 'POST', body: '', headers: { location: `${url}/` } });
    expect(error.location).toBe(`${url}/`);
    expect(error.message).toBe(`POST ${url}: HTTP status 301: it leads to ${url}/, and is not followed`);
  });

  test('is bounded, however long the address', () => {
    const location = `/${'x'.repeat(100_000)}`;
    const error = new HttpStatusError({ status: 301, url, method: 'POST', body: '', headers: { location } });
    expect(error.message.length).toBeLessThan(1_000);
  });
});
