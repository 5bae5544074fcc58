import { DynamicSuiteError } from '../../errors.js';

/** A launch, a change, a watermark or a note that a ledger cannot keep. `code` is `ERR_LEDGER_VALUE`. */
export class LedgerValueError extends DynamicSuiteError {
  /** What is wrong, e.g. `launch.key`. */
  readonly field: string;
  /** What was expected, e.g. `a finite number`. */
  readonly expected: string;

  constructor(field: string, expected: string) {
    super('ERR_LEDGER_VALUE', `The ledger cannot keep "${field}": expected ${expected}`);
    this.field = field;
    this.expected = expected;
  }
}

/** An option of a ledger or a lease that is wrong. `code` is `ERR_LEDGER_OPTION`. */
export class LedgerOptionError extends DynamicSuiteError {
  /** The option's name, e.g. `ttlMs`. */
  readonly option: string;
  readonly expected: string;

  constructor(option: string, expected: string) {
    super('ERR_LEDGER_OPTION', `Option "${option}": expected ${expected}`);
    this.option = option;
    this.expected = expected;
  }
}
