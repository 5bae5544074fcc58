import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AttributeExpressionError } from '../../src/control-files/attribute-expression.js';
import { parseControlFile } from '../../src/control-files/control-data.js';
import {
  and,
  attribute,
  fileMatches,
  inSuite,
  nameEquals,
  nameMatches,
  not,
  notInDenyList,
  or,
  predicate,
} from '../../src/control-files/predicates.js';
import { controlFileText } from './control-file-text.js';
import { fixture } from './recorded-cases.js';

const control = parseControlFile(controlFileText('SUITE = "bvt, smoke"\nATTRIBUTES = "suite:bvt, subsystem:power"\n'), {
  path: 'client/site_tests/power_Idle/control',
});

test.each([
  [inSuite('bvt'), true],
  [inSuite('bv'), false],
  [inSuite('BVT'), false],
  [nameEquals('power_Idle'), true],
  [nameEquals('power'), false],
  [nameMatches('power'), true],
  [nameMatches('Idle'), false],
  [nameMatches(/idle|POWER/i), true],
  [nameMatches(/x|Idle/), false],
  [fileMatches('client/.*power'), true],
  [fileMatches('site_tests'), false],
  [notInDenyList(['/usr/local/autotest/client/site_tests/power_Idle/control']), false],
  [notInDenyList(['client/site_tests/power_Idle/control.fast', 'control']), true],
  [attribute('suite:bvt and not subsystem:audio'), true],
  [and(), true],
  [and(inSuite('bvt'), inSuite('smoke')), true],
  [and(inSuite('bvt'), inSuite('x')), false],
  [or(), false],
  [or(inSuite('x'), inSuite('bvt')), true],
  [not(inSuite('bvt')), false],
  [predicate('anything', () => true), true],
])('$0.description: $1', (each, expected) => {
  expect(each.test(control)).toBe(expected);
});

test('a pattern with the flag g answers the same each time', () => {
  const matches = nameMatches(/power/g);
  expect([matches.test(control), matches.test(control)]).toEqual([true, true]);
});

test('a predicate tells what it asks', () => {
  const { description } = and(inSuite('bvt'), not(or(nameMatches(/a.c/), attribute('x or y'))));
  expect(description).toBe('(in suite bvt) and (not ((name matches a.c) or (attributes: x or y)))');
});

interface RecordedExpressions {
  readonly sets: readonly (readonly string[])[];
  readonly cases: readonly { readonly expr: string; readonly results: readonly unknown[] }[];
}

describe('D5 attribute expressions are really parsed', () => {
  const attributeExpression = (expression: string) => {
    const asked = attribute(expression);
    return (attributes: readonly string[]) => asked.test({ ...control, attributes });
  };
  const { sets, cases }: RecordedExpressions = JSON.parse(fixture('attribute-expressions.json'));
  const outcome = (expression: string) => {
    try {
      const holds = attributeExpression(expression);
      return sets.map((set) => holds(set));
    } catch (error) {
      if (error instanceof AttributeExpressionError) return error.column;
      throw error;
    }
  };

  // D5: the original drops what it does not understand, and takes part of a name for the name.
  const corrected: Readonly<Record<string, unknown>> = {
    'A And B': 3,
    'A | B': 3,
    'A and': 6,
    'A or or B': 6,
    'A not B': 3,
    'x:"y z"': 6,
    'A and AB': sets.map(() => false),
    'AB and A': sets.map(() => false),
    'A\tand B': sets.map((set) => set.includes('A') && set.includes('B')),
  };

  test.each(cases.map(({ expr, results }) => [expr, results] as const))('%j', (expression, results) => {
    expect(outcome(expression)).toEqual(corrected[expression] ?? results);
  });

  test.each([
    ['', 1],
    ['  ', 3],
    ['a)', 2],
    ['(a', 3],
    ['()', 2],
    ['a and (b or)', 12],
    ['not', 4],
    ['('.repeat(101), 101],
  ])('%j is refused at column %i', (expression, column) => {
    expect(outcome(expression)).toBe(column);
  });

  test('an error shows the start of a long expression only', () => {
    const error = new AttributeExpressionError('x', 'a'.repeat(10_000), 1);
    expect(error).toMatchObject({ code: 'ERR_ATTRIBUTE_EXPRESSION', column: 1 });
    expect(error.message.length).toBeLessThan(300);
  });

  test('True and False hold always and never', () => {
    expect(outcome('not True')).toEqual(sets.map(() => false));
    expect(outcome('not False')).toEqual(sets.map(() => true));
  });

  test('any text is an expression or is refused', () => {
    const words = fc.constantFrom('and', 'or', 'not', '(', ')', 'a', 'b:c', ' ', '\n');
    fc.assert(
      fc.property(fc.array(words, { maxLength: 30 }), (parts) => {
        expect(['number', 'object']).toContain(typeof outcome(parts.join(' ')));
      }),
    );
  });

  test('not binds closer than and, and closer than or', () => {
    interface Sample {
      readonly text: string;
      readonly holds: (present: readonly string[]) => boolean;
    }
    const { or: expression } = fc.letrec<{ or: Sample; and: Sample; not: Sample; operand: Sample }>((tie) => ({
      or: fc.array(tie('and'), { minLength: 1, maxLength: 3 }).map((parts) => ({
        text: parts.map(({ text }) => text).join(' or '),
        holds: (present) => parts.some(({ holds }) => holds(present)),
      })),
      and: fc.array(tie('not'), { minLength: 1, maxLength: 3 }).map((parts) => ({
        text: parts.map(({ text }) => text).join(' and '),
        holds: (present) => parts.every(({ holds }) => holds(present)),
      })),
      not: fc.tuple(fc.nat(3), tie('operand')).map(([count, { text, holds }]) => ({
        text: 'not '.repeat(count) + text,
        holds: (present) => holds(present) === (count % 2 === 0),
      })),
      operand: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        fc.constantFrom('a', 'b', 'c').map((text): Sample => ({ text, holds: (present) => present.includes(text) })),
        tie('or').map(({ text, holds }) => ({ text: `(${text})`, holds })),
      ),
    }));
    fc.assert(
      fc.property(expression, fc.subarray(['a', 'b', 'c']), ({ text, holds }, present) => {
        expect(attributeExpression(text)(present)).toBe(holds(present));
      }),
    );
  });
});
