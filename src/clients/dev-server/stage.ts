import type { Clock } from '../../runtime/clock.js';
import { DeadlineError } from '../../transport/errors.js';
import { DevServerError, StagingError } from './errors.js';
import { isNoAnswer } from './no-answer.js';
import type { StageRequest } from './types.js';

/** What {@link stageAndWait} needs: the two calls of the protocol, and time. */
export interface StagingCalls {
  /** Asks the server to stage; repeated while the server does not answer. */
  start(): Promise<void>;
  /** Asks once whether everything is there; gives up after `leftMs`. */
  isStaged(leftMs: number): Promise<boolean>;
  readonly clock: Clock;
  readonly pollIntervalMs: number;
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Stages and waits until everything is there.
 *
 * After a failed staging the first answer to a new one repeats the old failure (trap 2), so a failure is believed only
 * once the server has answered something before it. A question that finds no server counts as "not yet".
 *
 * Rejects with {@link StagingError} when the server says that it failed, when it answers nonsense, and when the deadline
 * passes: some failures leave an artifact unstaged for ever, with no error kept (trap 3).
 */
export async function stageAndWait(request: StageRequest, calls: StagingCalls): Promise<void> {
  const { clock, deadlineMs, pollIntervalMs, signal } = calls;
  const startedMs = clock.now();
  const leftMs = () => deadlineMs - (clock.now() - startedMs);
  const failed = (cause: unknown, reason = cause instanceof Error ? cause.message : String(cause)) =>
    new StagingError({ ...request, reason, cause });
  try {
    await calls.start();
  } catch (error) {
    signal?.throwIfAborted();
    throw failed(error);
  }

  let hasAnswered = false;
  let lastFailure: unknown;
  for (let polls = 1; ; polls += 1) {
    try {
      if (await calls.isStaged(leftMs())) return;
      hasAnswered = true;
    } catch (error) {
      signal?.throwIfAborted();
      lastFailure = error;
      if (!isNoAnswer(error)) {
        if (hasAnswered || !(error instanceof DevServerError)) throw failed(error);
        hasAnswered = true;
      }
    }
    if (leftMs() <= pollIntervalMs) {
      const cause = new DeadlineError({ call: 'is_staged', deadlineMs, tries: polls, cause: lastFailure });
      throw failed(cause, `not staged within ${deadlineMs} ms`);
    }
    await clock.sleep(pollIntervalMs, { signal });
  }
}
