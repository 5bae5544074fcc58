import { textFromBinary } from './byte-text.js';
import { readString } from './python-strings.js';
import type { PythonTokens } from './python-tokens.js';
import { SourceProblem } from './source-problem.js';
import { stripped } from './text.js';

/**
 * Reads one or more string tokens, which Python joins.
 *
 * @returns the text without white space at its ends, or undefined for a unicode string with a character outside ASCII
 * @throws SourceProblem where Python would fail to join bytes outside ASCII with a unicode string
 */
export function readAdjacentStrings(tokens: PythonTokens, declaredUtf8: boolean): string | undefined {
  let text = '';
  let beyondAscii = false;
  let isUnicode = false;
  while (tokens.at('string')) {
    const { source, start, stringPrefix, bodyStart, bodyEnd } = tokens;
    const unicode = stringPrefix.startsWith('u');
    const raw = stringPrefix.endsWith('r');
    const reading = readString(
      { body: source.slice(bodyStart, bodyEnd), offset: bodyStart, raw, unicode },
      declaredUtf8,
    );
    const isMixed = unicode ? !isUnicode && beyondAscii : isUnicode && reading.beyondAscii;
    if (isMixed) throw new SourceProblem('bytes outside ASCII joined with a unicode string', start);
    text += reading.text;
    isUnicode ||= unicode;
    beyondAscii ||= reading.beyondAscii;
    tokens.advance();
  }
  if (isUnicode && beyondAscii) return undefined;
  const value = stripped(text);
  return beyondAscii ? textFromBinary(value) : value;
}
