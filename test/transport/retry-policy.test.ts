import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BadResponseError,
  ConnectionError,
  HttpStatusError,
  ResponseTooLargeError,
  TimeoutError,
} from '../../src/transport/errors.js';
import { isAmbiguous, isRetryable, retryDelayMs, type CallKind } from '../../src/transport/retry-policy.js';

const named = { url: 'http://afe.lab/', method: 'POST' };
const status = (code: number) => new HttpStatusError({ ...named, status: code, body: '' });
const failures = {
  'a failure to connect': new ConnectionError({ ...named, sent: false, reason: 'ECONNREFUSED' }),
  'a broken connection': new ConnectionError({ ...named, sent: true, reason: 'ECONNRESET' }),
  'a time-out': new TimeoutError({ ...named, timeoutMs: 1 }),
  502: status(502),
  503: status(503),
  504: status(504),
  500: status(500),
  404: status(404),
  301: status(301),
  'a bad answer': new BadResponseError({ call: 'get_jobs', problem: 'not JSON', received: '' }),
  'a huge answer': new ResponseTooLargeError({ ...named, maxResponseBytes: 1 }),
  'a bug': new TypeError('x is not a function'),
};

const passing = ['a failure to connect', 'a broken connection', 'a time-out', '502', '503', '504'];

test.each<[CallKind, string[]]>([
  ['read', [...passing, '500']],
  ['repeatable', passing],
  ['create', ['a failure to connect']],
])('a %s is sent again only after %j', (kind, expected) => {
  const retried = Object.entries(failures).filter(([, failure]) => isRetryable(failure, kind));
  expect(retried.map(([name]) => name).toSorted()).toEqual(expected.toSorted());
});

test('the outcome is unknown when the server may have acted and did not say so', () => {
  const ambiguous = Object.entries(failures).filter(([, failure]) => isAmbiguous(failure));
  expect(ambiguous.map(([name]) => name).toSorted()).toEqual(
    ['a broken connection', 'a time-out', '500', '502', '503', '504', 'a bad answer', 'a huge answer'].toSorted(),
  );
});

describe('the wait', () => {
  const policy = { firstDelayMs: 10_000, factor: 2, maxDelayMs: 60_000, jitter: 0.25 };

  test('doubles up to its limit', () => {
    const delays = [1, 2, 3, 4, 5, 2_000].map((attempt) => retryDelayMs({ attempt, policy, random: () => 0.5 }));
    expect(delays).toEqual([10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
  });

  test('is spread by the jitter around its length', () => {
    expect(retryDelayMs({ attempt: 1, policy, random: () => 0 })).toBe(7_500);
    expect(retryDelayMs({ attempt: 1, policy, random: () => 0.999_999 })).toBe(12_500);
  });

  test('is always a whole number within the bounds', () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), random, (attempt, value) => {
        const delayMs = retryDelayMs({ attempt, policy, random: () => value });
        expect(Number.isInteger(delayMs)).toBe(true);
        expect(delayMs).toBeGreaterThanOrEqual(7_500);
        expect(delayMs).toBeLessThanOrEqual(75_000);
      }),
    );
  });
});
