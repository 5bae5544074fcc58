import type pRetry from 'p-retry';
import { holdingClock, type Clock } from '../runtime/clock.js';
import type { Limit } from '../runtime/limit.js';
import type { Logger } from '../runtime/logger.js';
import { tell, type CallHooks } from './call-events.js';
import { DeadlineError } from './errors.js';
import { retryDelayMs, type RetryPolicy } from './retry-policy.js';

/** How a client makes its calls; the same for all of them. */
export interface CallSettings {
  /** Which kind of server is called, e.g. `AFE`; for the hooks and the log. */
  readonly service: string;
  readonly policy: RetryPolicy;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly limit: Limit;
  readonly loadRetry: RetryLoader;
  readonly hooks: CallHooks;
  readonly logger: Logger;
}

/** Resolves to p-retry. */
export type RetryLoader = () => Promise<typeof pRetry>;

/**
 * Has p-retry loaded by the first call rather than by whoever imports the package. One loader is for all calls of a
 * client: to import again what has been loaded takes longer than many a call.
 *
 * @param clock - is held meanwhile: loading takes real time
 */
export function createRetryLoader(clock: Clock): RetryLoader {
  let loading: Promise<typeof pRetry> | undefined;
  return () => (loading ??= holdingClock(clock, async () => (await import('p-retry')).default));
}

/** One call. */
export interface RetriedCall<T> {
  /** What is called, e.g. `get_jobs`; for errors, the hooks and the log. */
  readonly method: string;
  /** Over all tries and waits, in milliseconds, counted from the first try: a turn in line does not count before it. */
  readonly deadlineMs: number;
  /** The time for one try. @defaultValue that of the settings */
  readonly timeoutMs?: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly isRetryable: (failure: unknown) => boolean;
  readonly work: (attempt: Attempt) => Promise<T>;
}

export interface Attempt {
  /** 1 for the first. */
  readonly number: number;
  /** The time for one try, or what is left of the deadline if that is less. */
  readonly timeoutMs: number;
}

/**
 * Makes a call and repeats it while it fails in a way that may pass, until its deadline.
 *
 * A place among the calls that run at a time is taken for each try and given back during the waits; the clock is held
 * during a try and runs on during a wait. Rejects with the last failure when that is final, with {@link DeadlineError}
 * when the next wait would pass the deadline, and with `signal.reason` when aborted.
 */
export async function callWithRetry<T>(call: RetriedCall<T>, settings: CallSettings): Promise<T> {
  const { method, signal } = call;
  const { service, clock, hooks, logger } = settings;
  if (Number.isNaN(call.deadlineMs)) throw new TypeError('deadlineMs is not a number');
  let startedMs: number | undefined;
  let tries = 0;
  let lastFailure: unknown;
  const elapsedMs = () => (startedMs === undefined ? 0 : clock.now() - startedMs);
  const deadlineError = () =>
    new DeadlineError({ call: method, deadlineMs: call.deadlineMs, tries, cause: lastFailure });

  const makeTry = async () => {
    startedMs ??= clock.now();
    const leftMs = call.deadlineMs - elapsedMs();
    if (leftMs <= 0) throw deadlineError();
    tries += 1;
    const attempt = { number: tries, timeoutMs: Math.max(1, Math.min(call.timeoutMs ?? settings.timeoutMs, leftMs)) };
    return await holdingClock(clock, () => call.work(attempt));
  };

  const waitAfterFailure = async () => {
    signal?.throwIfAborted();
    if (!call.isRetryable(lastFailure)) throw lastFailure;
    const delayMs = retryDelayMs({ attempt: tries, policy: settings.policy, random: settings.random });
    if (elapsedMs() + delayMs >= call.deadlineMs) throw deadlineError();
    tell(hooks.onRetry, { service, method, tries, delayMs, error: lastFailure }, logger);
    logger.warn(`${service} does not answer ${method}, trying again in ${delayMs} ms`, { error: lastFailure });
    await clock.sleep(delayMs, { signal });
  };

  try {
    const retry = await settings.loadRetry();
    const result = await retry(
      async () => {
        try {
          return await settings.limit.run(makeTry, { signal });
        } catch (error) {
          // p-retry turns what is not an Error into a TypeError of its own; a reason for an abort may be anything.
          lastFailure = error;
          throw error;
        }
      },
      // The waits are made on the clock, in waitAfterFailure; p-retry's own are 0, and then it sets no timer.
      { retries: Number.POSITIVE_INFINITY, minTimeout: 0, maxTimeout: 0, factor: 1, onFailedAttempt: waitAfterFailure },
    );
    tell(hooks.onCall, { service, method, tries, ms: elapsedMs(), outcome: 'ok' }, logger);
    return result;
  } catch (error) {
    const end = signal?.aborted === true ? { outcome: 'aborted' as const } : { outcome: 'failed' as const, error };
    tell(hooks.onCall, { service, method, tries, ms: elapsedMs(), ...end }, logger);
    throw error;
  }
}
