import { BadResponseError, ConnectionError, HttpStatusError, ResponseTooLargeError, TimeoutError } from './errors.js';

/** How long to wait between the tries of a call. */
export interface RetryPolicy {
  /** Before the second try, in milliseconds. */
  readonly firstDelayMs: number;
  /** How many times longer each wait is than the one before. */
  readonly factor: number;
  /** No wait is longer, in milliseconds; jitter comes on top. */
  readonly maxDelayMs: number;
  /** By which part a wait is lengthened or shortened at random, 0 to 1, so that many clients do not come back at once. */
  readonly jitter: number;
}

/**
 * What a second request of the same call would do.
 *
 * - `read`: nothing.
 * - `repeatable`: the same as the first alone (set an attribute, abort a job, stage a build).
 * - `create`: make a second one.
 */
export type CallKind = 'read' | 'repeatable' | 'create';

/**
 * Whether a call may be sent again after this failure.
 *
 * What a server states is final. A front server that is down (502, 503, 504), a time-out and a broken connection are
 * not. A 500 is a page of a server that fell over before it ran the call: only a read is tried again. A connection that
 * fails for good, e.g. for its certificate, is not tried again.
 */
export function isRetryable(failure: unknown, kind: CallKind): boolean {
  if (failure instanceof ConnectionError) return !failure.permanent && (kind !== 'create' || !failure.sent);
  if (kind === 'create') return false;
  if (failure instanceof TimeoutError) return true;
  if (failure instanceof HttpStatusError) {
    return isFrontServerDown(failure.status) || (kind === 'read' && failure.status === 500);
  }
  return false;
}

/** Whether a call may or may not have had its effect, so that only the server can tell. */
export function isAmbiguous(failure: unknown): boolean {
  if (failure instanceof ConnectionError) return failure.sent;
  if (failure instanceof HttpStatusError) return failure.status >= 500;
  return (
    failure instanceof TimeoutError || failure instanceof BadResponseError || failure instanceof ResponseTooLargeError
  );
}

/**
 * The wait after a failed try, in milliseconds.
 *
 * @param details - `attempt`: how many tries have failed, from 1; `random`: a source of numbers from 0 up to 1
 */
export function retryDelayMs(details: {
  readonly attempt: number;
  readonly policy: RetryPolicy;
  readonly random: () => number;
}): number {
  const { attempt, policy, random } = details;
  const delayMs = Math.min(policy.firstDelayMs * policy.factor ** (attempt - 1), policy.maxDelayMs);
  return Math.round(delayMs * (1 + policy.jitter * (2 * random() - 1)));
}

function isFrontServerDown(status: number): boolean {
  return status === 502 || status === 503 || status === 504;
}
