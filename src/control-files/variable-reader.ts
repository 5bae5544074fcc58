import { describeReason, type ControlValue, type PassedOverReason } from './control-value.js';
import type { ControlFileDiagnostic, ControlFileDiagnosticCode } from './diagnostics.js';
import type { ConstantAssignment } from './python-statements.js';
import { isList, pythonText } from './python-text.js';
import type { ScannedControlFile } from './scanner.js';
import { commaItems, stripped } from './text.js';

/** Reads the variables of one control file and notes what is wrong with them. A bad value reads as the default. */
export class VariableReader {
  readonly #scanned: ScannedControlFile;
  readonly #path: string;
  readonly #assignments = new Map<string, ConstantAssignment>();
  readonly #asked = new Set<string>();
  readonly #notes: ControlFileDiagnostic[] = [];

  constructor(scanned: ScannedControlFile, path: string) {
    this.#scanned = scanned;
    this.#path = path;
    for (const assignment of scanned.assignments) this.#assignments.set(assignment.name, assignment);
  }

  has(variable: string): boolean {
    return this.#assignment(variable) !== undefined;
  }

  /** Any value, as text. A list or dict becomes what Python prints for it, as in the original. */
  text(variable: string): string | null {
    const assignment = this.#assignment(variable);
    if (assignment === undefined) return null;
    const { value } = assignment;
    if (typeof value !== 'string') this.#note('odd-value', 'warning', assignment, variable, 'should be a string');
    return pythonText(value);
  }

  /** A string; a list or dict counts as absent. */
  word(variable: string): string {
    const assignment = this.#assignment(variable);
    if (assignment === undefined) return '';
    if (typeof assignment.value === 'string') return assignment.value;
    this.#note('odd-value', 'warning', assignment, variable, 'should be a string, and is ignored');
    return '';
  }

  /** One of some words, in the file's spelling. */
  option(variable: string, isOption: (text: string) => boolean, options: readonly string[]): string | null {
    const assignment = this.#assignment(variable);
    if (assignment === undefined) return null;
    const { value } = assignment;
    if (typeof value === 'string' && isOption(value)) return value;
    this.#note('bad-value', 'error', assignment, variable, `must be one of ${options.join(', ')}`);
    return null;
  }

  integer(variable: string, fallback: number, minimum = -Infinity): number {
    const assignment = this.#assignment(variable);
    if (assignment === undefined) return fallback;
    const { value } = assignment;
    if (typeof value !== 'string' || !/^[+-]?[0-9]+$/.test(value)) {
      this.#note('bad-value', 'error', assignment, variable, 'must be a whole number');
      return fallback;
    }
    // The sum turns -0 into 0.
    const number = Number(value) + 0;
    if (number >= minimum) return number;
    this.#note('bad-value', 'error', assignment, variable, `must be at least ${minimum}`);
    return fallback;
  }

  boolean<Fallback extends boolean | null>(variable: string, fallback: Fallback): boolean | Fallback {
    const assignment = this.#assignment(variable);
    if (assignment === undefined) return fallback;
    const { value } = assignment;
    const lower = typeof value === 'string' ? value.toLowerCase() : '';
    if (lower === 'true' || lower === 'false') return lower === 'true';
    this.#note('bad-value', 'error', assignment, variable, 'must be True or False');
    return fallback;
  }

  /** A comma list, or a list of strings (D1); empty items are dropped (D2). */
  commaList(variable: string): readonly string[] {
    const assignment = this.#assignment(variable);
    if (assignment === undefined) return [];
    const { value } = assignment;
    if (typeof value === 'string') return commaItems(value);
    if (isList(value) && value.every((item) => typeof item === 'string')) return value.map(stripped).filter(Boolean);
    this.#note('odd-value', 'warning', assignment, variable, 'should be a comma list or a list of strings');
    return commaItems(pythonText(value));
  }

  /** A dict; anything else counts as absent. */
  dict(variable: string): Readonly<Record<string, ControlValue>> | null {
    const assignment = this.#assignment(variable);
    if (assignment === undefined) return null;
    const { value } = assignment;
    if (typeof value !== 'string' && !isList(value)) return value;
    this.#note('odd-value', 'warning', assignment, variable, 'should be a dict, and is ignored');
    return null;
  }

  requireAll(variables: readonly string[], severity: 'error' | 'warning'): void {
    for (const variable of variables) {
      if (this.has(variable)) continue;
      const folded = variable.toLowerCase();
      const passedOver = this.#scanned.passedOver.find(({ name }) => name === folded);
      const why = passedOver === undefined ? '' : `: ${describeReason(passedOver.reason)}`;
      const message = `the required variable ${variable} is missing${why}`;
      this.#add('missing-variable', severity, passedOver?.offset ?? 0, variable, message);
    }
  }

  markObsolete(variable: string, severity: 'error' | 'warning'): void {
    const assignment = this.#assignment(variable);
    if (assignment === undefined) return;
    this.#note('obsolete-variable', severity, assignment, variable, 'is obsolete and should be removed');
  }

  /** All remarks, with what was passed over of the variables that were asked for (D4), in the order of the file. */
  diagnostics(): readonly ControlFileDiagnostic[] {
    const unread = this.#unread();
    for (const { code, offset, variable, reason } of unread.slice(0, maxUnreadTold)) {
      const what = code === 'passed-over' ? `${variable} was passed over` : `an element of ${variable} was left out`;
      this.#add(code, 'warning', offset, variable, `${what}: ${describeReason(reason)}`);
    }
    const next = unread[maxUnreadTold];
    if (next !== undefined) {
      const message = `from here on, ${unread.length - maxUnreadTold} more were passed over or left out`;
      this.#add('more-passed-over', 'info', next.offset, next.variable, message);
    }
    return this.#notes.sort((a, b) => a.line - b.line || a.column - b.column);
  }

  /** What was not read of the variables that were asked for, in the order of the file. */
  #unread(): readonly UnreadPart[] {
    const parts: UnreadPart[] = [];
    for (const { name, offset, reason } of this.#scanned.passedOver) {
      if (this.#asked.has(name)) parts.push({ code: 'passed-over', offset, variable: name.toUpperCase(), reason });
    }
    for (const [name, { dropped }] of this.#assignments) {
      if (!this.#asked.has(name)) continue;
      const variable = name.toUpperCase();
      for (const { offset, reason } of dropped) parts.push({ code: 'dropped-element', offset, variable, reason });
    }
    return parts.sort((a, b) => a.offset - b.offset);
  }

  #assignment(variable: string): ConstantAssignment | undefined {
    const folded = variable.toLowerCase();
    this.#asked.add(folded);
    return this.#assignments.get(folded);
  }

  #note(
    code: ControlFileDiagnosticCode,
    severity: 'error' | 'warning',
    assignment: ConstantAssignment,
    variable: string,
    message: string,
  ): void {
    this.#add(code, severity, assignment.offset, variable, `${variable} ${message}`);
  }

  #add(
    code: ControlFileDiagnosticCode,
    severity: ControlFileDiagnostic['severity'],
    offset: number,
    variable: string,
    message: string,
  ): void {
    const place = this.#scanned.lines.position(offset);
    this.#notes.push({ code, severity, message, path: this.#path, ...place, variable });
  }
}

/** An assignment, or an element of a value, that was not read. */
interface UnreadPart {
  readonly code: 'passed-over' | 'dropped-element';
  readonly offset: number;
  readonly variable: string;
  readonly reason: PassedOverReason;
}

/** Nobody reads more, and finding each one's place in one long line would take quadratic time. */
const maxUnreadTold = 100;
