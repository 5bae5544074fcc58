import { DynamicSuiteError } from '../index.js';

/** Something in the lab is not as the test expects it. The message lists what. */
export class LabExpectationError extends DynamicSuiteError {
  /** One line for each thing that is not as expected. */
  readonly problems: readonly string[];

  constructor(expectation: string, problems: readonly string[]) {
    super('ERR_LAB_EXPECTATION', [`${expectation}, but:`, ...problems.map((problem) => `  ${problem}`)].join('\n'));
    this.problems = problems;
  }
}

/** A lab was described in a way that makes no sense, e.g. a host twice. */
export class LabDescriptionError extends DynamicSuiteError {
  constructor(problem: string) {
    super('ERR_LAB_DESCRIPTION', problem);
  }
}
