import type { CallOptions } from '../call-options.js';
import type { StagingError } from './errors.js';
import type { StageRequest } from './types.js';

/**
 * A staging that is under way on a dev server. The server goes on whether or not anybody asks, and cannot be told to
 * stop; to stop waiting, abort the `wait`. It can be taken up again in another process by its `token`.
 *
 * After a failed staging the first answer to a new one repeats the old failure, so a failure is believed only once the
 * server has answered something before it. A question that finds no server counts as "not yet". Some failures leave an
 * artifact unstaged for ever with no error kept, so every staging has a deadline.
 */
export interface StagingOperation {
  readonly request: StageRequest;
  /** The server's base URL, without credentials. */
  readonly url: string;
  /** What is known so far; does not ask the server. */
  readonly state: StagingState;
  /** Why it failed; undefined unless the state is `failed`. */
  readonly error: StagingError | undefined;
  /**
   * The staging as a text, to be kept and given to `resumeStaging` in this or another process. It holds the server's
   * URL, what is staged and since when, and no secrets.
   */
  readonly token: string;
  /**
   * Asks the server once whether everything is there, and resolves to what is known then. Asks nothing when that is
   * certain already, or when the deadline has passed, which is a failure.
   *
   * A failure of the staging does not reject; only an abort does, with `signal.reason`.
   */
  poll(options?: { readonly signal?: AbortSignal | undefined }): Promise<StagingState>;
  /**
   * Waits until everything is there: asks at once, and then every 5 s or as the client was told.
   *
   * Rejects with `StagingError` when the staging has failed or its deadline passes, and when `timeoutMs` passes: then
   * the state is still `staging`, and the `cause` a `DeadlineError`.
   */
  wait(options?: StagingWaitOptions): Promise<void>;
}

/**
 * - `staging`: the server has been asked, and has not said that everything is there.
 * - `staged`: everything is there.
 * - `failed`: the server says that it failed, answers nonsense, or the deadline has passed; `error` says which.
 */
export type StagingState = 'staging' | 'staged' | 'failed';

/** What is known after a question whether everything is there. */
export interface StagingProgress {
  readonly state: StagingState;
  /** How many questions have been asked, in this process. */
  readonly polls: number;
  /** Since the staging was asked for, in milliseconds. */
  readonly elapsedMs: number;
  /** Why the last question brought nothing; undefined when the server answered it. */
  readonly problem: unknown;
}

/** How a {@link StagingOperation} is waited for. */
export interface StagingWaitOptions {
  /** Stops the waiting, not the server; `wait` then rejects with `signal.reason`, and can be called again. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long this wait may take, in milliseconds; the staging can be waited for again afterwards.
   *
   * @defaultValue until the deadline of the staging
   */
  readonly timeoutMs?: number | undefined;
}

/** How a staging is started, or taken up again. */
export interface StagingOptions extends CallOptions {
  /**
   * How long the staging may take from its start, in milliseconds; it has failed when that is over. A staging that is
   * taken up again keeps its own.
   *
   * @defaultValue the client's own `deadlineMs`
   */
  readonly deadlineMs?: number | undefined;
  /** Is told after each question to the server. One that throws is logged and otherwise ignored. */
  readonly onProgress?: ((progress: StagingProgress) => void) | undefined;
}
