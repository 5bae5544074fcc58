import { textFromBinary } from '../src/control-files/byte-text.js';
import type { ControlValue } from '../src/control-files/control-value.js';
import { readNumber } from '../src/control-files/python-numbers.js';
import { readString } from '../src/control-files/python-strings.js';
import { SourceProblem } from '../src/control-files/source-problem.js';
import { stripped } from '../src/control-files/text.js';

/** An expression in the syntax tree of a general parser, as far as a control file's constants are concerned. */
export type ConstantExpression =
  /** Adjacent literals, each as it is spelled. */
  | { readonly kind: 'strings'; readonly literals: readonly string[] }
  | { readonly kind: 'number'; readonly literal: string }
  | { readonly kind: 'constant-name'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly ConstantExpression[] }
  | { readonly kind: 'dict'; readonly entries: readonly (readonly [ConstantExpression, ConstantExpression])[] }
  | { readonly kind: 'other' };

/**
 * The value of an expression by the rules of control files, or undefined where it has none. The literals are read by the
 * package's own functions, so that what is compared are the trees.
 *
 * @throws SourceProblem for a literal that is not Python 2
 */
export function constantValue(expression: ConstantExpression, declaredUtf8: boolean): ControlValue | undefined {
  switch (expression.kind) {
    case 'strings':
      return joinedStrings(expression.literals, declaredUtf8);
    case 'number':
      return numberText(expression.literal);
    case 'constant-name':
      return expression.name;
    case 'list':
      return expression.items
        .map((item) => constantValue(item, declaredUtf8))
        .filter((value): value is ControlValue => value !== undefined);
    case 'dict':
      return dict(expression.entries, declaredUtf8);
    case 'other':
      return undefined;
  }
}

function joinedStrings(literals: readonly string[], declaredUtf8: boolean): string | undefined {
  let text = '';
  let isUnicode = false;
  let beyondAscii = false;
  for (const literal of literals) {
    const [opening = '', prefix = '', quotes = ''] = /^([A-Za-z]*)("""|'''|"|')/.exec(literal) ?? [];
    if (!prefixes.has(prefix.toLowerCase())) throw new SourceProblem('not a string of Python 2', 0);
    const unicode = /u/i.test(prefix);
    const body = literal.slice(opening.length, literal.length - quotes.length);
    const reading = readString({ body, offset: 0, raw: /r/i.test(prefix), unicode }, declaredUtf8);
    const isMixed = unicode ? !isUnicode && beyondAscii : isUnicode && reading.beyondAscii;
    if (isMixed) throw new SourceProblem('bytes outside ASCII joined with a unicode string', 0);
    text += reading.text;
    isUnicode ||= unicode;
    beyondAscii ||= reading.beyondAscii;
  }
  if (isUnicode && beyondAscii) return undefined;
  return beyondAscii ? textFromBinary(stripped(text)) : stripped(text);
}

const prefixes: ReadonlySet<string> = new Set(['', 'b', 'br', 'r', 'u', 'ur']);

function numberText(literal: string): string | undefined {
  if (!/^(\d+l?|0[xob][\da-f]+l?|(\d+\.?\d*|\.\d+)(e[+-]?\d+)?j?)$/i.test(literal) || /^0\d*[89]\d*$/.test(literal)) {
    throw new SourceProblem('not a number of Python 2', 0);
  }
  const reading = readNumber(literal);
  return 'text' in reading ? reading.text : undefined;
}

function dict(
  entries: readonly (readonly [ConstantExpression, ConstantExpression])[],
  declaredUtf8: boolean,
): ControlValue | undefined {
  if (entries.length === 0) return undefined;
  const values = new Map<string, ControlValue>();
  for (const [keyExpression, valueExpression] of entries) {
    const isConstantKey = keyExpression.kind === 'strings' || keyExpression.kind === 'number';
    const key = isConstantKey ? constantValue(keyExpression, declaredUtf8) : undefined;
    const value = constantValue(valueExpression, declaredUtf8);
    if (typeof key === 'string' && value !== undefined) values.set(key, value);
  }
  return Object.fromEntries(values);
}
