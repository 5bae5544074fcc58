/** What kind of remark a diagnostic is. */
export type ControlFileDiagnosticCode =
  /** The text is not Python 2, or not in an encoding that can be read. */
  | 'syntax'
  | 'too-long'
  /** A required variable is missing. */
  | 'missing-variable'
  /** A variable has a value that it must not have. */
  | 'bad-value'
  /** A variable has a value that means little for it, and is taken as the original would. */
  | 'odd-value'
  /** A variable that should no longer be set. */
  | 'obsolete-variable'
  /** An assignment that was not read (D4). */
  | 'passed-over'
  /** An element of a list or dict that was not read (D4). */
  | 'dropped-element'
  /** More was passed over or dropped than is told one by one. */
  | 'more-passed-over';

/** A remark on a control file. */
export interface ControlFileDiagnostic {
  readonly code: ControlFileDiagnosticCode;
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly path: string;
  /** Counts from 1. */
  readonly line: number;
  /** Counts from 1, in characters. */
  readonly column: number;
  /** The variable that it is about, in upper case. */
  readonly variable?: string;
}

/**
 * A diagnostic with the line it is about and a caret below the place:
 *
 * ```text
 * site_tests/x/control:3:1: warning: SUITE was passed over: it is a tuple; write a list or one string
 *   SUITE = 'bvt', 'smoke'
 *   ^
 * ```
 *
 * @param text - the file's text
 */
export function renderDiagnostic(diagnostic: ControlFileDiagnostic, text: string): string {
  const { path, line, column, severity, message } = diagnostic;
  const head = `${path}:${line}:${column}: ${severity}: ${message}`;
  const source = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/)[line - 1];
  if (source === undefined) return head;
  // A long line is cut to a window around the place; unprintable characters would move the caret or the terminal.
  const from = Math.max(0, column - 1 - contextBefore);
  const shown = source.slice(from, from + maxShown).replace(/[\p{Cc}\p{Cs}]/gu, ' ');
  return `${head}\n  ${shown}\n  ${' '.repeat(column - 1 - from)}^`;
}

const contextBefore = 60;
const maxShown = 100;
