import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { injectedArguments } from '../../src/clients/afe/create-suite-job.js';
import { readPythonLiteral, type PythonValue } from '../../src/clients/python-literal.js';
import { readPythonLiteral as readAsControlFile } from '../../src/control-files/python-literal.js';
import { withArguments } from '../../src/suite/suite-job-head.js';
import { readInjectedArguments } from '../../src/testing/services/suite-control-file.js';

const hostile = [
  ...['', "'", '"', `'"`, `'''"""`, '\\', '\\\\', "\\'", '\n', '\r\n', '\t', '\0', '\u001b', '\u007f', '#', '='],
  ...["'\nimport os\nos.system('x')\n'", "' + __import__('os') + '", '{}', 'None', 'u', "u'", '\\u0041', '\\x41', '%s'],
  ...['caf\u00e9', '\u2028', '\u0085', '\ud83d\ude00', '\ud800', '\ufeff', '__proto__', 'x'.repeat(2_000)],
];
const text = fc.oneof(
  fc.constantFrom(...hostile),
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...hostile, 'x', 'n'), { maxLength: 8 }).map((parts) => parts.join('')),
);
const { value } = fc.letrec<{ value: PythonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const args = fc.dictionary(fc.constantFrom('board', 'builds', 'suite_args', 'num'), value, { noNullPrototype: true });
const python = spawnSync('python3', ['--version']).status === 0;

describe('what is put before a control file', () => {
  test('reads back exactly, whatever it holds and whatever follows', () => {
    fc.assert(
      fc.property(args, fc.oneof(text, fc.constant('args_dict={}\nboard=1\n')), (given, controlFile) => {
        const written = withArguments(given, controlFile);
        expect(written.endsWith(controlFile)).toBe(true);
        expect(readInjectedArguments(written)).toEqual(given);
        expect(Object.fromEntries(injectedArguments(written))).toEqual(given);
      }),
    );
  });

  test('is a line of ASCII for each argument', () => {
    fc.assert(
      fc.property(args, (given) => {
        const lines = withArguments(given, '').split('\n');
        expect(lines.map((line) => line.slice(0, line.indexOf('=')))).toEqual([...Object.keys(given), 'args_dict', '']);
        expect(lines.join('')).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });

  test('is a literal of the same text by the rules of keyvals and of control files', () => {
    fc.assert(
      fc.property(text, (inner) => {
        // Control files lose the white space at the ends.
        const given = `<${inner}>`;
        const literal = withArguments({ board: given }, '').slice('board='.length).split('\n')[0] ?? '';
        expect(readPythonLiteral(literal)).toBe(given);
        // What is beyond ASCII stands for bytes there.
        if (!literal.startsWith('u')) expect(readAsControlFile(literal)).toMatchObject({ value: given });
      }),
    );
  });

  test.runIf(python)('is the same value to Python, and never code', () => {
    const given = fc.sample(args, { numRuns: 300, seed: 1 });
    const script = `
import json, sys
for case in json.load(sys.stdin):
    scope = {'__builtins__': {'True': True, 'False': False, 'None': None}}
    exec(case['text'], scope)
    assert scope['args_dict'] == case['args'], case
    for name, value in case['args'].items():
        assert scope[name] == value and type(scope[name]) == type(value), case
    assert set(scope) == set(case['args']) | {'__builtins__', 'args_dict'}, case
print('same')`;
    const cases = given.map((one) => ({ args: one, text: withArguments(one, '') }));
    expect(execFileSync('python3', ['-c', script], { input: JSON.stringify(cases) }).toString()).toBe('same\n');
  });

  test.each([Number.NaN, Infinity, 0.5, 2 ** 60])('is no number that would be a name or lose digits: %s', (number) => {
    expect(() => withArguments({ num: number }, '')).toThrow(TypeError);
  });
});
