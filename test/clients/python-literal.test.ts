import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPythonLiteral, readStringDict, type PythonValue } from '../../src/clients/python-literal.js';

test.each<[string, Record<string, string>]>([
  ['{}', {}],
  [` {'a' : 'b' , u"c":u'd',} \n`, { a: 'b', c: 'd' }],
  [`{'a': 'it\\'s', "b": 'say "x"', 'c': "it's"}`, { a: "it's", b: 'say "x"', c: "it's" }],
  [`{'a': u'\\xe9\\u20ac\\U0001f600\\n\\t\\\\'}`, { a: 'é€😀\n\t\\' }],
  [`{'a': '\\q\\x4\\uZZZZ\\U00110000'}`, { a: '\\q\\x4\\uZZZZ\\U00110000' }],
])('%s is read', (text, expected) => {
  expect(readStringDict(text)).toEqual(expected);
});

test.each([
  '',
  '[]',
  `["'x' is no date"]`,
  '{',
  "{'a'}",
  "{'a': }",
  "{'a': 1}",
  "{'a': ['b']}",
  "{'a': 'b'",
  "{'a': 'b' 'c': 'd'}",
  "{'a': 'b'} and more",
  "{'a': 'b",
  "{'a': 'b\\",
  "{'a': __import__('os').system('true')}",
  'No hosts within board:x86-mario satisfy servo.',
  `{'a': '${'x'.repeat(70_000)}'}`,
])('%.60s is not a dict of strings', (text) => {
  expect(readStringDict(text)).toBeUndefined();
});

test('what Python would print is read back', () => {
  const printed = (text: string) => `u'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'").replace(/\n/g, '\\n')}'`;
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }), (dict) => {
      const pairs = Object.entries(dict).map(([key, value]) => `${printed(key)}: ${printed(value)}`);
      expect(readStringDict(`{${pairs.join(', ')}}`)).toEqual(dict);
    }),
  );
});

test('no text makes it throw', () => {
  const signs = fc.constantFrom(...Array.from('{}[]()\'"u:,\\x4L.e- \nNTF'));
  fc.assert(
    fc.property(fc.array(signs, { maxLength: 40 }), (text) => {
      readPythonLiteral(text.join(''));
    }),
  );
});

test.each<[string, PythonValue]>([
  ['None', null],
  ['True', true],
  ['False', false],
  ['0', 0],
  ['-17', -17],
  ['12L', 12],
  ['1.5', 1.5],
  ['1e+20', 1e20],
  ["u'text'", 'text'],
  ['[]', []],
  ['[1, [2, None],]', [1, [2, null]]],
  ['()', []],
  ['(1)', 1],
  ['(1,)', [1]],
  ["('a', 'b')", ['a', 'b']],
  [
    "{'cros-version': u'x86-mario-release/R28-3993.0.0', 7: {'a': [True]}}",
    {
      'cros-version': 'x86-mario-release/R28-3993.0.0',
      '7': { a: [true] },
    },
  ],
  ["{'__proto__': 1}", Object.fromEntries([['__proto__', 1]])],
])('%s is a value', (text, expected) => {
  expect(readPythonLiteral(text)).toEqual(expected);
});

test.each([
  '',
  ' ',
  'none',
  'nan',
  '007',
  '1 2',
  '[1 2]',
  '(,)',
  '[1',
  '{1: 2',
  '{[]: 1}',
  '9007199254740993',
  '1_000',
  '0x10',
  '.5',
  '1.2.3',
  "'a' 'b'",
  'f()',
  '['.repeat(60) + ']'.repeat(60),
])('%.60s is no value', (text) => {
  expect(readPythonLiteral(text)).toBeUndefined();
});
