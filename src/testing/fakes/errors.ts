import { DynamicSuiteError } from '../../index.js';

/** A fake was asked for something that its test gave it no answer for. */
export class UnansweredCallError extends DynamicSuiteError {
  /** The method that was called, e.g. `getHosts`. */
  readonly method: string;

  constructor(details: {
    /** The class of the fake, e.g. `FakeAfeClient`. */
    readonly fake: string;
    readonly method: string;
    /** How many answers the test gave, all of which have been used. */
    readonly given: number;
  }) {
    const { fake, method, given } = details;
    const what =
      given === 0
        ? `${fake} has no answer to ${method}; give it one: new ${fake}({ ${method}: ... })`
        : `${fake} has ${countOf(given, 'answer')} to ${method} and was called once more; give inTurn(...) another one`;
    super('ERR_UNANSWERED_CALL', what);
    this.method = method;
  }
}

/** A fake was not used as its test says. The message lists what. */
export class FakeExpectationError extends DynamicSuiteError {
  /** One line for each method that was called too often, or not often enough. */
  readonly problems: readonly string[];

  constructor(fake: string, problems: readonly string[]) {
    const lines = problems.map((problem) => `  ${problem}`);
    super('ERR_FAKE_EXPECTATION', [`${fake} should be used as its answers say, but:`, ...lines].join('\n'));
    this.problems = problems;
  }
}

/** e.g. `no answer`, `1 answer`, `2 answers` */
export function countOf(count: number, noun: string): string {
  return `${count === 0 ? 'no' : count} ${noun}${count > 1 ? 's' : ''}`;
}
