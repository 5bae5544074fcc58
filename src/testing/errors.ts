import { DynamicSuiteError } from '../index.js';

/** Something in the lab is not as the test expects it. The message lists what; `dump` describes the whole lab. */
export class LabExpectationError extends DynamicSuiteError {
  /** One line for each thing that is not as expected. */
  readonly problems: readonly string[];
  /** The lab as `lab.dump()` described it at that time; test runners do not print it. */
  declare readonly dump: string;

  constructor(expectation: string, problems: readonly string[], dump = '') {
    super('ERR_LAB_EXPECTATION', [`${expectation}, but:`, ...problems.map((problem) => `  ${problem}`)].join('\n'));
    this.problems = problems;
    hideDump(this, dump);
  }
}

/** A test of `withLab` failed. The message is that of the failure, with the dump of the lab; `cause` is the failure. */
export class LabTestError extends DynamicSuiteError {
  /** The lab as it was when the test failed. */
  declare readonly dump: string;

  constructor(failure: unknown, dump: string) {
    const message = failure instanceof Error ? failure.message : String(failure);
    super('ERR_LAB_TEST', `${message}\n\n${dump}`, { cause: failure });
    hideDump(this, dump);
  }
}

/** A lab was described in a way that makes no sense, e.g. a host twice. */
export class LabDescriptionError extends DynamicSuiteError {
  constructor(problem: string) {
    super('ERR_LAB_DESCRIPTION', problem);
  }
}

/** Test runners print all that can be enumerated of an error, and long texts with their line ends escaped. */
function hideDump(error: Error, dump: string): void {
  Object.defineProperty(error, 'dump', { value: dump });
}
