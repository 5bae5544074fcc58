import type { Logger } from '../runtime/logger.js';

/** A call that has come to its end, with all its tries. */
export interface CallEvent {
  /** Which kind of server was called, e.g. `AFE`. */
  readonly service: string;
  /** What was called, e.g. `get_jobs`. */
  readonly method: string;
  /** How many tries were made; 0 when the call was aborted before its turn came. */
  readonly tries: number;
  /** From the first try to the end, waits included, in milliseconds. */
  readonly ms: number;
  readonly outcome: 'ok' | 'failed' | 'aborted';
  /** What the call was rejected with, unless it was aborted. */
  readonly error?: unknown;
}

/** A try that failed and will be repeated after a wait. */
export interface RetryEvent {
  readonly service: string;
  readonly method: string;
  /** How many tries have failed so far. */
  readonly tries: number;
  /** The wait before the next try, in milliseconds. */
  readonly delayMs: number;
  /** Why the last try failed. */
  readonly error: unknown;
}

/** Ways to watch a client's calls. A hook that throws is logged and otherwise ignored. */
export interface CallHooks {
  /** Told of each call at its end. */
  readonly onCall?: ((event: CallEvent) => void) | undefined;
  /** Told of each wait before it begins. */
  readonly onRetry?: ((event: RetryEvent) => void) | undefined;
}

/** Calls a hook so that its failure cannot break what it watches. */
export function tell<Event>(hook: ((event: Event) => void) | undefined, event: Event, logger: Logger): void {
  if (hook === undefined) return;
  try {
    hook(event);
  } catch (error) {
    logger.warn('a hook of a client failed', { error });
  }
}
