import { binaryFromText } from '../src/control-files/byte-text.js';
import type { ControlValue } from '../src/control-files/control-value.js';
import { isDeclaredUtf8, normalizedSource } from '../src/control-files/source-encoding.js';
import { SourceProblem } from '../src/control-files/source-problem.js';
import type { ControlFileSource } from '../src/control-files/types.js';
import { constantValue, type ConstantExpression } from './constant-expression.js';

/** A parser of Python that control files could have been read with. */
export interface GeneralParser {
  /** The package's name and version. */
  readonly name: string;
  /** Makes the syntax tree, and nothing of it. */
  parse(text: string): void;
  /** Makes the syntax tree and walks over it. */
  read(text: string): GeneralReading;
}

export interface GeneralReading {
  /** There is an error in the tree. */
  readonly hasError: boolean;
  /** Every `NAME = expression` at the top level, in order. */
  readonly assignments: readonly { readonly name: string; readonly expression: ConstantExpression }[];
}

/** What a parser made of a text. */
export interface TextReading {
  readonly isRejected: boolean;
  /** The constants by variable, in lower case; what could be read of a text that is rejected too. */
  readonly constants: ReadonlyMap<string, ControlValue>;
}

/**
 * Reads a control file with a general parser. Line ends, the byte order mark, the declared encoding and the literals are
 * dealt with by the package's own code, as they would have to be by whoever uses such a parser.
 */
export function readWith(parser: GeneralParser, source: ControlFileSource): TextReading {
  const constants = new Map<string, ControlValue>();
  const { binary, hasMark } = normalizedSource(asBinary(source));
  try {
    const declaredUtf8 = isDeclaredUtf8(binary, hasMark);
    const { hasError, assignments } = parser.read(binary);
    for (const { name, expression } of assignments) {
      const value = constantValue(expression, declaredUtf8);
      if (value !== undefined) constants.set(name.toLowerCase(), value);
    }
    return { isRejected: hasError, constants };
  } catch (error) {
    if (!(error instanceof SourceProblem)) throw error;
    return { isRejected: true, constants };
  }
}

/** A character for each byte, as our scanner looks at a file too. */
export function asBinary(source: ControlFileSource): string {
  if (typeof source === 'string') return binaryFromText(source);
  return Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString('latin1');
}
