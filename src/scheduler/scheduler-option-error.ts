import { DynamicSuiteError } from '../errors.js';

/** An option of a suite scheduler, or of one of its parts, cannot work. */
export class SchedulerOptionError extends DynamicSuiteError {
  readonly option: string;

  constructor(option: string, problem: string, cause?: { readonly cause?: unknown }) {
    super('ERR_SCHEDULER_OPTION', `${option}: ${problem}`, cause);
    this.option = option;
  }
}
