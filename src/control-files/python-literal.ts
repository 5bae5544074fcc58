import { binaryFromSource } from './byte-text.js';
import { describeReason, type ControlValue } from './control-value.js';
import { ExpressionParser } from './python-expressions.js';
import { PythonTokens } from './python-tokens.js';
import { isDeclaredUtf8, normalizedSource } from './source-encoding.js';
import { SourceLines, type SourcePosition } from './source-lines.js';
import { SourceProblem } from './source-problem.js';
import type { ControlFileSource } from './types.js';

/** A literal, or why and where the text is none. */
export type LiteralReading =
  | { readonly value: ControlValue }
  | { readonly problem: string; readonly position: SourcePosition; readonly cause: unknown };

/**
 * Reads a text that is one Python 2 literal of strings, numbers, lists and dicts, by the rules of control files, except
 * that `{}` is a value and nothing may be passed over. Takes time in proportion to the text; nests 100 deep at most.
 */
export function readPythonLiteral(source: ControlFileSource): LiteralReading {
  const { binary, hasMark } = normalizedSource(binaryFromSource(source));
  try {
    return { value: wholeLiteral(binary, hasMark) };
  } catch (error) {
    if (!(error instanceof SourceProblem)) throw error;
    return { problem: error.message, position: new SourceLines(binary).position(error.offset), cause: error };
  }
}

function wholeLiteral(binary: string, hasMark: boolean): ControlValue {
  const tokens = new PythonTokens(binary);
  const expressions = new ExpressionParser(tokens, isDeclaredUtf8(binary, hasMark), 'read');
  tokens.advance();
  const { start } = tokens;
  const value = expressions.testList();
  const { reason } = expressions;
  tokens.expect('newline');
  tokens.expect('end');
  const [dropped] = expressions.takeDropped();
  if (dropped !== undefined) throw notLiteral(dropped.offset, describeReason(dropped.reason));
  if (value === undefined) throw notLiteral(start, describeReason(reason));
  return value;
}

function notLiteral(offset: number, why: string): SourceProblem {
  return new SourceProblem(`not a literal: ${why}`, offset);
}
