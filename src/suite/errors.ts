import { DynamicSuiteError, isDynamicSuiteError } from '../errors.js';
import { exitCodes } from '../results/outcome.js';

/** An argument of a suite that is missing or wrong. `code` is `ERR_SUITE_ARGUMENT`. */
export class SuiteArgumentError extends DynamicSuiteError {
  /** The argument's name, e.g. `board`. */
  readonly argument: string;
  /** What was expected, e.g. `a string such as "x86-mario"`. */
  readonly expected: string;

  constructor(
    argument: string,
    expected: string,
    options?: { readonly found?: string | undefined; readonly cause?: unknown },
  ) {
    const found = options?.found === undefined ? '' : `, found ${options.found}`;
    super('ERR_SUITE_ARGUMENT', `Argument "${argument}": expected ${expected}${found}`, { cause: options?.cause });
    this.argument = argument;
    this.expected = expected;
  }
}

/** A suite has no control file that a suite job could be made with. `code` is `ERR_SUITE_CONTROL_FILE`. */
export class UnusableControlFileError extends DynamicSuiteError {
  readonly suite: string;
  readonly build: string;
  /** `malformed`: not ASCII; `no-list`: the dev server cannot say which control files the build has. */
  readonly problem: 'not-found' | 'empty' | 'malformed' | 'no-list';

  constructor(
    about: Pick<UnusableControlFileError, 'suite' | 'build' | 'problem'>,
    reason: string,
    options?: { readonly cause?: unknown },
  ) {
    super('ERR_SUITE_CONTROL_FILE', `suite ${about.suite} of ${about.build}: ${reason}`, options);
    this.suite = about.suite;
    this.build = about.build;
    this.problem = about.problem;
  }
}

/** No usable host has the board, pool and dependencies of the suite. `code` is `ERR_BOARD_NOT_AVAILABLE`. */
export class BoardNotAvailableError extends DynamicSuiteError {
  /** The labels that no usable host has all of. */
  readonly labels: readonly string[];

  constructor(labels: readonly string[], reason: string) {
    super('ERR_BOARD_NOT_AVAILABLE', reason);
    this.labels = labels;
  }
}

/**
 * The exit code of a script whose suite ended with an error (S14): 6 for a bad argument, 5 for a board that is not
 * there, 3 for anything else, which happened before a test could fail.
 */
export function exitCodeOf(error: unknown): number {
  if (isDynamicSuiteError(error, 'ERR_SUITE_ARGUMENT')) return exitCodes.INVALID_OPTIONS;
  if (isDynamicSuiteError(error, 'ERR_BOARD_NOT_AVAILABLE')) return exitCodes.BOARD_NOT_AVAILABLE;
  return exitCodes.INFRA_FAILURE;
}
