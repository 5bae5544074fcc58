import type { ControlData } from './control-data.js';
import { pythonLiteral } from './python-text.js';

/** What `renderControlFile` writes: the required variables, and any of the others. */
export type ControlFileFields = Pick<ControlData, 'name' | 'author' | 'doc' | 'time' | 'testType'> &
  Partial<
    Pick<
      ControlData,
      | 'suites'
      | 'attributes'
      | 'dependencies'
      | 'testParameters'
      | 'testClass'
      | 'testCategory'
      | 'syncCount'
      | 'retries'
      | 'jobRetries'
      | 'runVerify'
      | 'requireSsp'
      | 'experimental'
      | 'bugTemplate'
    >
  > & {
    /**
     * Python code that stands below the variables, written as it is.
     *
     * @defaultValue none
     */
    readonly code?: string | undefined;
  };

/**
 * Writes a control file that `parseControlFile` reads back to the same data: every string is a Python literal in
 * ASCII, whatever it holds. What the format cannot hold changes on the way as it would in any control file: white
 * space at the ends of strings goes, and a comma in an item of a list divides it.
 *
 * @throws TypeError for a number that is not whole
 */
export function renderControlFile(fields: ControlFileFields): string {
  const { code } = fields;
  const lines = [
    assignment('AUTHOR', pythonLiteral(fields.author)),
    assignment('NAME', pythonLiteral(fields.name)),
    assignment('TIME', pythonLiteral(fields.time)),
    assignment('TEST_TYPE', pythonLiteral(fields.testType)),
    assignment('DOC', pythonLiteral(fields.doc)),
    ...optional('SUITE', fields.suites, commaList),
    ...optional('ATTRIBUTES', fields.attributes, commaList),
    ...optional('DEPENDENCIES', fields.dependencies, commaList),
    ...optional('TEST_PARAMETERS', fields.testParameters, commaList),
    ...optional('TEST_CLASS', fields.testClass, pythonLiteral),
    ...optional('TEST_CATEGORY', fields.testCategory, pythonLiteral),
    ...optional('SYNC_COUNT', fields.syncCount, integer),
    ...optional('RETRIES', fields.retries, integer),
    ...optional('JOB_RETRIES', fields.jobRetries, integer),
    ...optional('RUN_VERIFY', fields.runVerify, boolean),
    ...optional('REQUIRE_SSP', fields.requireSsp, boolean),
    ...optional('EXPERIMENTAL', fields.experimental, boolean),
    ...optional('BUG_TEMPLATE', fields.bugTemplate, pythonLiteral),
  ];
  if (code !== undefined) lines.push('\n', code.endsWith('\n') ? code : `${code}\n`);
  return lines.join('');
}

function assignment(variable: string, literal: string): string {
  return `${variable} = ${literal}\n`;
}

function optional<Value>(
  variable: string,
  value: Value | null | undefined,
  literal: (value: Value) => string,
): string[] {
  return value === null || value === undefined ? [] : [assignment(variable, literal(value))];
}

function commaList(items: readonly string[]): string {
  return pythonLiteral(items.join(', '));
}

/** In quotes where it is negative: a unary minus would not be read. */
function integer(value: number): string {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${value} is not a whole number`);
  return value < 0 ? `'${value}'` : String(value);
}

function boolean(value: boolean): string {
  return value ? 'True' : 'False';
}
