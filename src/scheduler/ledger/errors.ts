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

/** The files of a ledger cannot be read or written; `cause` says why. `code` is `ERR_LEDGER_FILE`. */
export class LedgerFileError extends DynamicSuiteError {
  readonly folder: string;

  constructor(folder: string, reason: string, options?: { readonly cause?: unknown }) {
    super('ERR_LEDGER_FILE', `The ledger in ${folder} ${reason}`, options);
    this.folder = folder;
  }
}

/** A call came to a ledger that was closed. `code` is `ERR_LEDGER_CLOSED`. */
export class LedgerClosedError extends DynamicSuiteError {
  constructor(folder: string) {
    super('ERR_LEDGER_CLOSED', `The ledger in ${folder} was closed`);
  }
}
