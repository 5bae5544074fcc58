import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseStringDict } from '../../../src/clients/afe/python-dict.js';

test.each<[string, Record<string, string>]>([
  ['{}', {}],
  [` {'a' : 'b' , u"c":u'd',} \n`, { a: 'b', c: 'd' }],
  [`{'a': 'it\\'s', "b": 'say "x"', 'c': "it's"}`, { a: "it's", b: 'say "x"', c: "it's" }],
  [`{'a': u'\\xe9\\u20ac\\U0001f600\\n\\t\\\\'}`, { a: 'é€😀\n\t\\' }],
  [`{'a': '\\q\\x4\\uZZZZ\\U00110000'}`, { a: '\\q\\x4\\uZZZZ\\U00110000' }],
])('%s is read', (text, expected) => {
  expect(parseStringDict(text)).toEqual(expected);
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
  expect(parseStringDict(text)).toBeUndefined();
});

test('what Python would print is read back', () => {
  const printed = (text: string) => `u'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'").replace(/\n/g, '\\n')}'`;
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }), (dict) => {
      const pairs = Object.entries(dict).map(([key, value]) => `${printed(key)}: ${printed(value)}`);
      expect(parseStringDict(`{${pairs.join(', ')}}`)).toEqual(dict);
    }),
  );
});

test('no text makes it throw', () => {
  const signs = fc.constantFrom('{', '}', "'", '"', 'u', ':', ',', '\\', 'x', '4', ' ', '\n');
  fc.assert(
    fc.property(fc.array(signs, { maxLength: 40 }), (text) => {
      parseStringDict(text.join(''));
    }),
  );
});
