import { DynamicSuiteError } from '../errors.js';
import type { ControlFileDiagnostic } from './diagnostics.js';

/** A control file that cannot be used. Its code is `ERR_CONTROL_FILE`. */
export class ControlFileError extends DynamicSuiteError {
  /** The path of the control file. */
  readonly file: string;
  /** Where the first problem is; both count from 1. */
  readonly line: number;
  readonly column: number;
  /** The variable that the first problem is about, in upper case; undefined for a syntax error. */
  readonly variable: string | undefined;
  /** Every problem that was found, and the remarks on the file; at least one of severity `error`. */
  readonly diagnostics: readonly ControlFileDiagnostic[];

  /** @param diagnostics - at least one of severity `error`; the first such makes the message */
  constructor(diagnostics: readonly ControlFileDiagnostic[], options?: { readonly cause?: unknown }) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    const [first] = errors;
    if (first === undefined) throw new TypeError('a ControlFileError needs a diagnostic of severity error');
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
    super('ERR_CONTROL_FILE', `${first.path}:${first.line}:${first.column}: ${first.message}${more}`, options);
    this.file = first.path;
    this.line = first.line;
    this.column = first.column;
    this.variable = first.variable;
    this.diagnostics = diagnostics;
  }
}
