import { DynamicSuiteError } from '../errors.js';

/** An option of a client has a value that cannot work. */
export class ClientOptionError extends DynamicSuiteError {
  /** The option's name, e.g. `timeoutMs` or `retry.factor`. */
  readonly option: string;

  constructor(option: string, problem: string) {
    super('ERR_CLIENT_OPTION', `${option}: ${problem}`);
    this.option = option;
  }
}
