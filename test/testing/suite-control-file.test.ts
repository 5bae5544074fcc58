import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { injectArguments, readInjectedArguments } from '../../src/testing/services/suite-control-file.js';

const hostile = [
  ...['', "'", '"', `'"`, `'''"""`, '\\', '\\\\', "\\'", '\n', '\r\n', '\t', '\0', '\u001b', '\u007f', '#'],
  ...["'\nimport os\nos.system('x')\n'", "' + __import__('os') + '", '{}', 'None', 'u', "u'", '\\u0041', '\\x41', '%s'],
  ...['caf\u00e9', '\u2028', '\u0085', '\ud83d\ude00', '\ud800', '\ufeff', 'x'.repeat(10_000)],
];
const text = fc.oneof(
  fc.constantFrom(...hostile),
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...hostile, 'x', 'n'), { maxLength: 8 }).map((parts) => parts.join('')),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    fc.constantFrom(null, true, false, Infinity, -Infinity),
    fc.integer(),
    fc.double({ noNaN: true }).map((number) => number + 0),
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
        const injected = injectArguments(given, controlFile);
        expect(readInjectedArguments(injected)).toEqual(given);
        expect(injected.endsWith(controlFile)).toBe(true);
      }),
    );
  });

  test('is a line of ASCII for each argument', () => {
    fc.assert(
      fc.property(args, (given) => {
        const lines = injectArguments(given, '').split('\n');
        expect(lines.map((line) => line.slice(0, line.indexOf('=')))).toEqual([...Object.keys(given), 'args_dict', '']);
        expect(lines.join('')).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });

  test.runIf(python)('is a literal of the same value to Python', () => {
    const given = fc.sample(args, { numRuns: 300, seed: 1 });
    // JSON has no infinity; both sides give it a name.
    const named = (item: unknown): unknown => {
      if (typeof item === 'number' && !Number.isFinite(item)) return { infinity: item > 0 };
      if (Array.isArray(item)) return item.map(named);
      if (typeof item !== 'object' || item === null) return item;
      return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, named(inner)]));
    };
    const cases = given.map((each) => ({ source: injectArguments(each, ''), expected: named(each) }));
    const answer = execFileSync('python3', ['-c', checkInPython], { input: JSON.stringify(cases), encoding: 'utf8' });
    expect(JSON.parse(answer)).toEqual([]);
  });

  test('as a dict keeps a key that means something to JavaScript', () => {
    const given = { suite_args: JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}') as unknown };
    const read = readInjectedArguments(injectArguments(given, ''));
    expect(JSON.stringify(read)).toBe(JSON.stringify(given));
  });
});

describe('a control file that does not begin with arguments is refused', () => {
  test.each([
    ['no arguments', "NAME = 'x'\n", 'the arguments of the suite end too early at character 1'],
    ['nothing at all', '', 'the arguments of the suite end too early'],
    ['arguments without an end', 'board=1\n', 'the arguments of the suite end too early'],
    ['a call', "board=open('x')\nargs_dict={}\n", 'there is no literal at character 7'],
    ['a name', 'board=other\nargs_dict={}\n', 'there is no literal'],
    ['an operator', "board='a' + 'b'\nargs_dict={}\n", 'the value does not end with its line'],
    ['a string over two lines', "board='a\nb'\nargs_dict={}\n", 'the string does not end'],
    ['a string that never ends', "board='a", 'the string does not end'],
    ['a list that never ends', 'board=[1', 'there is no ]'],
    ['a dict without a value', "board={'a'}\n", 'there is no colon'],
    ['a number for a key', 'board={1: 2}\n', 'the key is not a string'],
    ['more brackets than anybody needs', `board=${'['.repeat(100_000)}`, 'nests too deep'],
  ])('%s', (_, controlFile, problem) => {
    expect(() => readInjectedArguments(controlFile)).toThrow(problem);
  });
});

const checkInPython = `
import ast, json, sys
def named(item):
    if isinstance(item, float) and item in (float('inf'), float('-inf')): return {'infinity': item > 0}
    if isinstance(item, list): return [named(inner) for inner in item]
    if isinstance(item, dict): return {key: named(inner) for key, inner in item.items()}
    return item
wrong = []
for case in json.load(sys.stdin):
    read = {}
    for node in ast.parse(case['source']).body:
        assert isinstance(node, ast.Assign) and len(node.targets) == 1, case['source']
        read[node.targets[0].id] = named(ast.literal_eval(node.value))
    both = read.pop('args_dict')
    if read != case['expected'] or both != case['expected']: wrong.append(case['source'])
print(json.dumps(wrong))
`;
