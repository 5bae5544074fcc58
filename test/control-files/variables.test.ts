import { describe, expect, test } from 'vitest';
import { parseControlFile, type LenientControlData } from '../../src/control-files/control-data.js';
import { ControlFileError } from '../../src/control-files/control-file-error.js';
import { controlFileText } from './control-file-text.js';

const path = 'client/site_tests/x/control';
type Field = keyof LenientControlData;

const required: readonly (readonly [string, Field])[] = [
  ['AUTHOR', 'author'],
  ['DOC', 'doc'],
  ['NAME', 'name'],
  ['TIME', 'time'],
  ['TEST_TYPE', 'testType'],
];

/** A file in which one line says something else of a variable. */
function fileWith(variable: string, value: string): string {
  const isRequired = required.some(([name]) => name === variable);
  return isRequired ? controlFileText('', { [variable]: value }) : controlFileText(`${variable} = ${value}\n`);
}

describe.each([true, false])('with strict: %s', (strict) => {
  test.each<readonly [string, string, Field, unknown]>([
    ['AUTHOR', '" me "', 'author', 'me'],
    ['AUTHOR', '12', 'author', '12'],
    ['DOC', '"""\nlong\n"""', 'doc', 'long'],
    ['NAME', 'True', 'name', 'True'],
    ['TIME', '"lengthy"', 'time', 'lengthy'],
    ['TIME', '"FaSt"', 'time', 'FaSt'],
    ['TEST_TYPE', '"Server"', 'testType', 'server'],
    ['TEST_TYPE', '"CLIENT"', 'testType', 'client'],
    ['SUITE', '"a, b"', 'suites', ['a', 'b']],
    ['suite', '"a"', 'suites', ['a']],
    ['TEST_CLASS', '"Power"', 'testClass', 'power'],
    ['TEST_CATEGORY', '"Functional"', 'testCategory', 'functional'],
    ['DEPENDENCIES', '"b, a ,b"', 'dependencies', ['a', 'b']],
    ['TEST_PARAMETERS', '" y,x "', 'testParameters', ['x', 'y']],
    ['ATTRIBUTES', '"suite:a"', 'attributes', ['subsystem:default', 'suite:a']],
    ['ATTRIBUTES', '"subsystems, a"', 'attributes', ['a', 'subsystems']],
    ['SYNC_COUNT', '"3"', 'syncCount', 3],
    ['SYNC_COUNT', '0x10', 'syncCount', 16],
    ['RETRIES', '2', 'retries', 2],
    ['JOB_RETRIES', '"-1"', 'jobRetries', -1],
    ['RUN_VERIFY', '"FALSE"', 'runVerify', false],
    ['REQUIRE_SSP', 'True', 'requireSsp', true],
    ['EXPERIMENTAL', 'True', 'experimental', true],
    ['BUG_TEMPLATE', '{"a": ["b"]}', 'bugTemplate', { a: ['b'] }],
    ['BUG_TEMPLATE', '"x"', 'bugTemplate', null],
    ['BUG_TEMPLATE', '{}', 'bugTemplate', null],
  ])('%s = %s is read', (variable, value, field, expected) => {
    expect(parseControlFile(fileWith(variable, value), { path, strict })[field]).toEqual(expected);
  });
});

describe('a bad value is an error in strict mode, and the default with a diagnostic in lenient mode', () => {
  test.each<readonly [string, string, Field, unknown]>([
    ['TIME', '"soon"', 'time', null],
    ['TIME', '3', 'time', null],
    ['TEST_TYPE', '"clients"', 'testType', null],
    ['SYNC_COUNT', '0', 'syncCount', 1],
    ['SYNC_COUNT', '"-2"', 'syncCount', 1],
    ['SYNC_COUNT', '"x"', 'syncCount', 1],
    ['RETRIES', '1.0', 'retries', 0],
    ['RETRIES', '[1]', 'retries', 0],
    ['JOB_RETRIES', 'None', 'jobRetries', 0],
    ['RUN_VERIFY', '0', 'runVerify', true],
    ['REQUIRE_SSP', '"yes"', 'requireSsp', null],
    ['EXPERIMENTAL', '1', 'experimental', false],
  ])('%s = %s', (variable, value, field, fallback) => {
    const text = fileWith(variable, value);
    expect(() => parseControlFile(text, { path })).toThrow(ControlFileError);
    const lenient = parseControlFile(text, { path, strict: false });
    expect(lenient[field]).toEqual(fallback);
    const lineOf = text.split('\n').findIndex((line) => line.startsWith(`${variable} `)) + 1;
    expect(lenient.diagnostics[0]).toMatchObject({ code: 'bad-value', severity: 'error', variable, line: lineOf });
  });
});

test.each(required)(
  '%s that is missing is an error in strict mode, null and a warning in lenient mode',
  (variable, field) => {
    const text = controlFileText().replace(new RegExp(`^${variable} .*\n`, 'm'), '');
    const strict = () => parseControlFile(text, { path });
    expect(strict).toThrow(`the required variable ${variable} is missing`);
    const lenient = parseControlFile(text, { path, strict: false });
    expect(lenient[field]).toBeNull();
    expect(lenient.diagnostics).toMatchObject([{ code: 'missing-variable', severity: 'warning', variable }]);
  },
);

test('any other variable is ignored, whatever its name', () => {
  const names = ['PURPOSE', 'CRITERIA', 'PATH', 'DIAGNOSTICS', 'SUITES', 'TEXT', 'HASOWNPROPERTY', '__CLASS__'];
  const text = controlFileText(names.map((name) => `${name} = ["x"]\n`).join(''));
  expect(parseControlFile(text, { path })).toEqual({ ...parseControlFile(controlFileText(), { path }), text });
});

test('what was passed over is told a hundred times and then counted, so that no file can flood its reader', () => {
  const text = controlFileText(`SUITE = [${'x, '.repeat(100_000)}]\n`);
  const { diagnostics } = parseControlFile(text, { path });
  expect(diagnostics).toHaveLength(101);
  expect(diagnostics.at(-1)).toMatchObject({
    code: 'more-passed-over',
    severity: 'info',
    variable: 'SUITE',
    message: 'from here on, 99900 more were passed over or left out',
  });
});
