import type { Clock } from '../../runtime/clock.js';
import { createLimit, type Limit } from '../../runtime/limit.js';
import type { Logger } from '../../runtime/logger.js';
import { tell } from '../../transport/call-events.js';
import { DeadlineError } from '../../transport/errors.js';
import { DevServerError, StagingError } from './errors.js';
import { isNoAnswer } from './no-answer.js';
import { stagingFailures } from './staging-failures.js';
import type { StagingOperation, StagingProgress, StagingState, StagingWaitOptions } from './staging-operation.js';
import { writeStagingToken, type StagingTokenContent } from './staging-token.js';
import type { StageRequest } from './types.js';

/** A {@link StagingOperation} on one server. */
export class ServerStaging implements StagingOperation {
  readonly request: StageRequest;
  readonly url: string;
  readonly #details: StagingDetails;
  readonly #oneAtATime: Limit;
  #state: StagingState = 'staging';
  #error: StagingError | undefined;
  #polls = 0;
  /** Whether the server has answered a question; its first answer may be of an earlier staging. */
  #hasAnswered: boolean;
  #lastAnswerMs: number;
  #lastProblem: unknown;

  constructor(details: StagingDetails) {
    this.request = details.content.request;
    this.url = details.content.url;
    this.#details = details;
    this.#hasAnswered = details.content.hasAnswered;
    this.#lastAnswerMs = details.clock.now();
    this.#oneAtATime = createLimit(1, details.clock);
  }

  get state(): StagingState {
    return this.#state;
  }

  get error(): StagingError | undefined {
    return this.#error;
  }

  get token(): string {
    return writeStagingToken({ ...this.#details.content, hasAnswered: this.#hasAnswered });
  }

  async poll(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<StagingState> {
    const { signal } = options;
    signal?.throwIfAborted();
    return await this.#oneAtATime.run(() => this.#ask(signal), { signal });
  }

  async wait(options: StagingWaitOptions = {}): Promise<void> {
    const { signal, timeoutMs = Number.POSITIVE_INFINITY } = options;
    const { clock, pollIntervalMs, maxSilenceMs } = this.#details;
    const startedMs = clock.now();
    while ((await this.poll({ signal })) === 'staging') {
      if (this.#lastProblem !== undefined && clock.now() - this.#lastAnswerMs >= maxSilenceMs) {
        throw this.#failure(this.#lastProblem, { noAnswer: true });
      }
      const waitLeftMs = timeoutMs - (clock.now() - startedMs);
      if (this.#leftMs() <= pollIntervalMs) this.#failAtDeadline();
      else if (waitLeftMs <= pollIntervalMs) throw this.#tooLate(timeoutMs);
      else await clock.sleep(pollIntervalMs, { signal });
    }
    if (this.#error !== undefined) throw this.#error;
  }

  async #ask(signal: AbortSignal | undefined): Promise<StagingState> {
    if (this.#state !== 'staging') return this.#state;
    const leftMs = this.#leftMs();
    if (leftMs <= 0) return this.#failAtDeadline();
    this.#polls += 1;
    this.#lastProblem = undefined;
    try {
      if (await this.#details.isStaged({ signal, deadlineMs: leftMs })) this.#state = 'staged';
      this.#hasAnswered = true;
    } catch (error) {
      signal?.throwIfAborted();
      this.#takeFailure(error);
    }
    const { clock, content, onProgress, logger } = this.#details;
    if (this.#lastProblem === undefined) this.#lastAnswerMs = clock.now();
    const elapsedMs = clock.now() - content.startedMs;
    tell(onProgress, { state: this.#state, polls: this.#polls, elapsedMs, problem: this.#lastProblem }, logger);
    return this.#state;
  }

  #takeFailure(error: unknown): void {
    if (isNoAnswer(error)) {
      this.#lastProblem = error;
      return;
    }
    const mayBeOld = !this.#hasAnswered && error instanceof DevServerError && error.status === 500;
    this.#hasAnswered = true;
    if (mayBeOld) return;
    this.#state = 'failed';
    this.#error = this.#failure(error);
  }

  #leftMs(): number {
    const { clock, content } = this.#details;
    return content.deadlineMs - (clock.now() - content.startedMs);
  }

  #failAtDeadline(): StagingState {
    this.#state = 'failed';
    this.#error = this.#tooLate(this.#details.content.deadlineMs);
    return this.#state;
  }

  #tooLate(deadlineMs: number): StagingError {
    const cause = new DeadlineError({ call: 'is_staged', deadlineMs, tries: this.#polls, cause: this.#lastProblem });
    const reason = `not staged within ${deadlineMs} ms`;
    return this.#failure(cause, { reason, noAnswer: this.#lastProblem !== undefined });
  }

  #failure(cause: unknown, details: { readonly reason?: string; readonly noAnswer?: boolean } = {}): StagingError {
    return stagingError(this.request, cause, details);
  }
}

/** What a {@link ServerStaging} is made of. */
export interface StagingDetails {
  readonly content: StagingTokenContent;
  /** Asks once. */
  isStaged(options: { readonly signal: AbortSignal | undefined; readonly deadlineMs: number }): Promise<boolean>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly pollIntervalMs: number;
  readonly maxSilenceMs: number;
  readonly onProgress: ((progress: StagingProgress) => void) | undefined;
}

/** The error of a staging for which a call failed so. */
export function stagingError(
  request: StageRequest,
  cause: unknown,
  details: { readonly reason?: string; readonly noAnswer?: boolean } = {},
): StagingError {
  const { build, artifacts, files = [] } = request;
  const reason = details.reason ?? (cause instanceof Error ? cause.message : String(cause));
  const failures = cause instanceof DevServerError ? stagingFailures(cause) : [];
  const { noAnswer = isNoAnswer(cause) } = details;
  return new StagingError({ build, artifacts: [...artifacts, ...files], reason, failures, noAnswer, cause });
}
