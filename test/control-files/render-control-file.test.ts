import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseControlFile } from '../../src/control-files/control-data.js';
import type { ControlValue } from '../../src/control-files/control-value.js';
import { renderControlFile } from '../../src/control-files/render-control-file.js';
import { stripped } from '../../src/control-files/text.js';

const minimal = { name: 'x', author: 'a', doc: 'd', time: 'FAST', testType: 'client' } as const;
const parse = (text: string) => parseControlFile(text, { path: 'control' });

test('writes a file that people would write', () => {
  const text = renderControlFile({
    ...minimal,
    doc: 'It\'s "quoted",\nbroken and \\escaped.',
    suites: ['bvt', 'smoke'],
    syncCount: 2,
    retries: -1,
    requireSsp: null,
    runVerify: true,
    bugTemplate: { owner: 'me', labels: ['a', 'b'] },
    code: "job.run_test('x')",
  });
  expect(text).toBe(`AUTHOR = 'a'
NAME = 'x'
TIME = 'FAST'
TEST_TYPE = 'client'
DOC = 'It\\'s "quoted",\\nbroken and \\\\escaped.'
SUITE = 'bvt, smoke'
SYNC_COUNT = 2
RETRIES = '-1'
RUN_VERIFY = True
BUG_TEMPLATE = {'labels': ['a', 'b'], 'owner': 'me'}

job.run_test('x')
`);
  expect(parse(text).diagnostics).toEqual([]);
});

test('refuses a number that is not whole', () => {
  expect(() => renderControlFile({ ...minimal, syncCount: 1.5 })).toThrow(TypeError);
});

test('what it writes reads back, and is ASCII, whatever the strings hold', () => {
  // Lone surrogates stand for bytes, and two side by side could be a character's.
  const text = fc.string({ unit: 'binary' }).map((value) => value.replace(/\p{Surrogate}/gu, '?'));
  const field = fc
    .oneof(
      text,
      text.map((value) => `'"\\${value}\r\n\0`),
    )
    .map(stripped);
  const item = field.map((value) => stripped(value.replaceAll(',', ';'))).filter(Boolean);
  const items = fc.uniqueArray(item, { maxLength: 4 }).map((each) => each.sort());
  const value = fc.letrec<{ value: ControlValue; dict: Record<string, ControlValue> }>((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, field, fc.array(tie('value'), { maxLength: 3 }), tie('dict')),
    dict: fc.dictionary(field, tie('value'), { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
  }));
  const fields = fc.record({
    name: field,
    author: field,
    doc: field,
    time: fc.constantFrom('FAST', 'lengthy'),
    testType: fc.constantFrom('client' as const, 'server' as const),
    suites: items,
    dependencies: items,
    testParameters: items,
    attributes: items.map((each) => [...each, 'subsystem:x'].sort()),
    syncCount: fc.integer({ min: 1 }),
    retries: fc.integer(),
    jobRetries: fc.integer(),
    runVerify: fc.boolean(),
    requireSsp: fc.option(fc.boolean()),
    experimental: fc.boolean(),
    bugTemplate: fc.option(value.dict),
  });
  fc.assert(
    fc.property(fields, (data) => {
      const rendered = renderControlFile(data);
      expect(rendered).toMatch(/^[\n -~]*$/);
      expect(parse(rendered)).toMatchObject(data);
    }),
    { numRuns: 300 },
  );
});
