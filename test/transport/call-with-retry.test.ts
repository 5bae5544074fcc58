import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { createLimit } from '../../src/runtime/limit.js';
import { silentLogger } from '../../src/runtime/logger.js';
import type { CallEvent, CallHooks, RetryEvent } from '../../src/transport/call-events.js';
import {
  callWithRetry,
  createRetryLoader,
  type Attempt,
  type RetriedCall,
} from '../../src/transport/call-with-retry.js';
import { ConnectionError } from '../../src/transport/errors.js';
import { isRetryable } from '../../src/transport/retry-policy.js';
import { FakeClock } from '../support/fake-clock.js';
import { rejectionOf } from '../support/loopback-server.js';

const refused = () => new ConnectionError({ url: 'http://afe.lab/', method: 'POST', sent: false, reason: 'refused' });

function caller(clock: FakeClock, hooks: CallHooks = {}, concurrency = 8) {
  const policy = { firstDelayMs: 10_000, factor: 2, maxDelayMs: 60_000, jitter: 0 };
  const limit = createLimit(concurrency);
  const settings = {
    policy,
    limit,
    loadRetry: createRetryLoader(clock),
    clock,
    hooks,
    service: 'AFE',
    timeoutMs: 60_000,
    random: () => 0.5,
    logger: silentLogger,
  };
  return <T>(work: RetriedCall<T>['work'], more: Partial<RetriedCall<T>> = {}) =>
    callWithRetry(
      {
        method: 'get_jobs',
        deadlineMs: 30 * 60_000,
        signal: undefined,
        isRetryable: (failure: unknown) => isRetryable(failure, 'read'),
        work,
        ...more,
      },
      settings,
    );
}

/** Work that fails so many times before it succeeds. */
function failing(times: number, failure: () => unknown = refused) {
  const attempts: Attempt[] = [];
  return {
    attempts,
    work: async (attempt: Attempt) => {
      attempts.push(attempt);
      if (attempts.length <= times) throw failure();
      return 'done';
    },
  };
}

describe('a call', () => {
  test('that succeeds is made once and waits for nothing', async () => {
    const clock = new FakeClock();
    const { work, attempts } = failing(0);
    expect(await caller(clock)(work)).toBe('done');
    expect(attempts).toEqual([{ number: 1, timeoutMs: 60_000 }]);
    expect(clock.sleeps).toEqual([]);
  });

  test('that fails for now is made again, after longer and longer waits on the clock', async () => {
    const clock = new FakeClock();
    const { work, attempts } = failing(5);
    expect(await caller(clock)(work)).toBe('done');
    expect(attempts.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(clock.sleeps).toEqual([10_000, 20_000, 40_000, 60_000, 60_000]);
  });

  test.each([new TypeError('a bug'), new Error('stated'), new TypeError('fetch failed'), 'not even an error'])(
    'that fails for good is not made again, and the failure comes as it is: %s',
    async (failure) => {
      const clock = new FakeClock();
      const { work, attempts } = failing(1, () => failure);
      expect(await rejectionOf(caller(clock)(work))).toBe(failure);
      expect(attempts).toHaveLength(1);
      expect(clock.sleeps).toEqual([]);
    },
  );

  test('survives a thousand failures when its deadline allows', async () => {
    const clock = new FakeClock();
    const { work } = failing(1_500);
    expect(await caller(clock)(work, { deadlineMs: Number.POSITIVE_INFINITY })).toBe('done');
  });

  test('with a deadline that is not a number is refused', async () => {
    const { work } = failing(0);
    await expect(caller(new FakeClock())(work, { deadlineMs: Number.NaN })).rejects.toThrow(TypeError);
  });
});

describe('the deadline', () => {
  test('stops the call before a wait that would pass it, with the last failure as cause', async () => {
    const clock = new FakeClock();
    const startedMs = clock.now();
    const { work, attempts } = failing(Number.POSITIVE_INFINITY);
    const error = await rejectionOf(caller(clock)(work, { deadlineMs: 70_000 }));
    expect(error).toMatchObject({ code: 'ERR_DEADLINE', call: 'get_jobs', deadlineMs: 70_000, tries: 3 });
    expect(error).toMatchObject({ cause: { code: 'ERR_CONNECTION' } });
    expect(attempts).toHaveLength(3);
    expect(clock.now() - startedMs).toBe(30_000);
  });

  test('bounds the time of a try', async () => {
    const clock = new FakeClock();
    const { work, attempts } = failing(1);
    await caller(clock)(work, { deadlineMs: 15_000 });
    expect(attempts.map(({ timeoutMs }) => timeoutMs)).toEqual([15_000, 5_000]);
  });

  test('that is over before a turn comes again stops the call', async () => {
    // A sleep that oversleeps.
    const clock = new FakeClock({ onSleep: (self) => self.advance(60_000) });
    const { work, attempts } = failing(1);
    const error = await rejectionOf(caller(clock)(work, { deadlineMs: 30_000 }));
    expect(error).toMatchObject({ code: 'ERR_DEADLINE', tries: 1 });
    expect(attempts).toHaveLength(1);
  });
});

describe('the clock', () => {
  test('is held during a try, and not during a wait', async () => {
    const holdsInWaits: number[] = [];
    const clock = new FakeClock({ onSleep: (self) => holdsInWaits.push(self.holds) });
    const holdsInTries: number[] = [];
    const { work } = failing(2);
    await caller(clock)(async (attempt) => {
      holdsInTries.push(clock.holds);
      return await work(attempt);
    });
    expect(holdsInTries).toEqual([1, 1, 1]);
    expect(holdsInWaits).toEqual([0, 0]);
    expect(clock.holds).toBe(0);
  });
});

describe('an abort', () => {
  test('during a try rejects with the reason, whatever it is, and makes no other', async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const { work, attempts } = failing(5, () => {
      controller.abort('enough');
      return refused();
    });
    expect(await rejectionOf(caller(clock)(work, { signal: controller.signal }))).toBe('enough');
    expect(attempts).toHaveLength(1);
    expect(clock.sleeps).toEqual([]);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  test('during a wait rejects with the reason and makes no other try', async () => {
    const controller = new AbortController();
    const clock = new FakeClock({ onSleep: () => controller.abort(new Error('enough')) });
    const { work, attempts } = failing(5);
    const rejection = await rejectionOf(caller(clock)(work, { signal: controller.signal }));
    expect(rejection).toBe(controller.signal.reason);
    expect(attempts).toHaveLength(1);
  });

  test('that came before makes no try', async () => {
    const { work, attempts } = failing(0);
    expect(await rejectionOf(caller(new FakeClock())(work, { signal: AbortSignal.abort('enough') }))).toBe('enough');
    expect(attempts).toEqual([]);
  });
});

describe('the limit', () => {
  test('holds for tries, and lets another call go on while one waits', async () => {
    const order: string[] = [];
    const clock = new FakeClock({ onSleep: () => order.push('wait') });
    const call = caller(clock, {}, 1);
    const { work } = failing(1);
    const first = call(async (attempt) => {
      order.push(`first ${attempt.number}`);
      return await work(attempt);
    });
    const second = call(async () => void order.push('second'));
    await Promise.all([first, second]);
    expect(order).toHaveLength(4);
    expect(order.indexOf('second')).toBeLessThan(order.indexOf('first 2'));
  });
});

describe('the hooks', () => {
  test('are told of each wait and of the end', async () => {
    const clock = new FakeClock();
    const retries: RetryEvent[] = [];
    const calls: CallEvent[] = [];
    const hooks = {
      onRetry: (event: RetryEvent) => retries.push(event),
      onCall: (event: CallEvent) => calls.push(event),
    };
    await caller(clock, hooks)(failing(2).work);
    expect(retries).toMatchObject([
      { service: 'AFE', method: 'get_jobs', tries: 1, delayMs: 10_000, error: { code: 'ERR_CONNECTION' } },
      { service: 'AFE', method: 'get_jobs', tries: 2, delayMs: 20_000 },
    ]);
    expect(calls).toEqual([{ service: 'AFE', method: 'get_jobs', tries: 3, ms: 30_000, outcome: 'ok' }]);
  });

  test('are told of a failure and of an abort', async () => {
    const calls: CallEvent[] = [];
    const call = caller(new FakeClock(), { onCall: (event) => calls.push(event) });
    const failure = new Error('stated');
    await rejectionOf(call(failing(1, () => failure).work));
    await rejectionOf(call(failing(0).work, { signal: AbortSignal.abort() }));
    expect(calls).toEqual([
      { service: 'AFE', method: 'get_jobs', tries: 1, ms: 0, outcome: 'failed', error: failure },
      { service: 'AFE', method: 'get_jobs', tries: 0, ms: 0, outcome: 'aborted' },
    ]);
  });

  test('that throw break nothing', async () => {
    const broken = () => {
      throw new Error('a broken hook');
    };
    const call = caller(new FakeClock(), { onCall: broken, onRetry: broken });
    expect(await call(failing(1).work)).toBe('done');
  });
});
