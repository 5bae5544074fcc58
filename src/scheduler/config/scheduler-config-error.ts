import { DynamicSuiteError } from '../../errors.js';
import { excerpt } from '../../transport/excerpt.js';

/** Where in a configuration a fault is; null: there is no such place. */
export interface ConfigPlace {
  /** The file's name. */
  readonly file?: string | null | undefined;
  /** From 1. */
  readonly line?: number | null | undefined;
  /** The field of a task or a setting that is given in TypeScript, e.g. `tasks[2].hour`. */
  readonly field?: string | null | undefined;
}

/**
 * A configuration of the suite scheduler of which nothing can be used: a file that cannot be read as a whole, or a value
 * given in TypeScript that is wrong. A single malformed section of a file is a `ConfigProblem` instead.
 */
export class SchedulerConfigError extends DynamicSuiteError {
  /** The file's name; null where there is none. */
  readonly file: string | null;
  /** From 1; null where it is about no line. */
  readonly line: number | null;
  /** e.g. `hour` or `tasks[2].hour`; null where it is about no field. */
  readonly field: string | null;

  constructor(problem: string, place: ConfigPlace, options?: { readonly cause?: unknown }) {
    const { file = null, line = null, field = null } = place;
    super('ERR_SCHEDULER_CONFIG', `${placeOf({ file, line, field })}: ${problem}`, options);
    this.file = file;
    this.line = line;
    this.field = field;
  }
}

function placeOf({ file, line, field }: ConfigPlace): string {
  if (field !== null && field !== undefined) return `"${excerpt(field)}"`;
  const what = file === null || file === undefined ? 'the configuration of the scheduler' : excerpt(file);
  return line === null || line === undefined ? what : `${what}, line ${line}`;
}
