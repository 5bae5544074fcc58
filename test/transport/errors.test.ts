import { expect, test } from 'vitest';
import { isDynamicSuiteError } from '../../src/errors.js';
import {
  BadResponseError,
  ConnectionError,
  DeadlineError,
  HttpStatusError,
  NonAsciiError,
  ResponseTooLargeError,
  TimeoutError,
} from '../../src/transport/errors.js';

const url = 'http://user:secret@afe.lab/afe/?a=b';
const named = { url, method: 'POST' };
const all = [
  new ConnectionError({ ...named, sent: false, reason: 'ECONNREFUSED' }),
  new ConnectionError({ ...named, sent: true, reason: 'ECONNRESET', cause: new Error('reset') }),
  new TimeoutError({ ...named, timeoutMs: 5 }),
  new ResponseTooLargeError({ ...named, maxResponseBytes: 5 }),
  new HttpStatusError({ ...named, status: 503, body: '<html>' }),
  new BadResponseError({ call: 'get_jobs', problem: 'not JSON', received: '<html>' }),
  new DeadlineError({ call: 'get_jobs', deadlineMs: 5, tries: 2, cause: new Error('last') }),
  new NonAsciiError({ field: 'create_job.name', character: 'é', offset: 3 }),
];

test('every error has its class as name and a code of its own', () => {
  expect(all.map((error) => [error.name, error.code])).toEqual([
    ['ConnectionError', 'ERR_CONNECTION'],
    ['ConnectionError', 'ERR_CONNECTION'],
    ['TimeoutError', 'ERR_TIMEOUT'],
    ['ResponseTooLargeError', 'ERR_RESPONSE_TOO_LARGE'],
    ['HttpStatusError', 'ERR_HTTP_STATUS'],
    ['BadResponseError', 'ERR_BAD_RESPONSE'],
    ['DeadlineError', 'ERR_DEADLINE'],
    ['NonAsciiError', 'ERR_NON_ASCII'],
  ]);
  expect(all.every((error) => isDynamicSuiteError(error))).toBe(true);
});

test('no error shows the password of a URL', () => {
  for (const error of all) {
    expect(error.message).not.toContain('secret');
    expect(JSON.stringify(error)).not.toContain('secret');
  }
  expect(all[0]).toMatchObject({ url: 'http://afe.lab/afe/?a=b' });
});

test('the body of an error page is kept, bounded, and out of the way of logs', () => {
  const error = new HttpStatusError({ ...named, status: 500, body: 'x'.repeat(1_000_000), detail: 'it broke' });
  expect(error.body).toHaveLength(65_536);
  expect(Object.keys(error)).not.toContain('body');
  expect(error.message).toBe('POST http://afe.lab/afe/?a=b: HTTP status 500: it broke');
});

test('a bad answer is shown by a short, printable excerpt', () => {
  const received = `\u0007<html>\n\u001b[31m${'x'.repeat(10_000)}`;
  const error = new BadResponseError({ call: 'get_jobs', problem: 'not JSON', received, field: 'result[3].id' });
  expect(error.excerpt.length).toBeLessThan(210);
  expect(error.excerpt).toMatch(/^<html> \[31mx+\.\.\.$/);
  expect(error.message).toContain('get_jobs: bad answer at result[3].id: not JSON');
});

test('a deadline names the last failure and keeps it as cause', () => {
  const cause = new Error('connection refused');
  const error = new DeadlineError({ call: 'get_jobs', deadlineMs: 1_000, tries: 3, cause });
  expect(error.cause).toBe(cause);
  expect(error.message).toContain('3 tries');
  expect(error.message).toContain('connection refused');
});

test('a character outside ASCII is named by its code point', () => {
  const error = new NonAsciiError({ field: 'create_job.name', character: '😀', offset: 3 });
  expect(error.message).toBe('create_job.name: the character U+1F600 at offset 3 is outside ASCII');
  expect(error).toMatchObject({ field: 'create_job.name', offset: 3 });
});
