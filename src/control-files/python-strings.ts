import { isAscii, isUtf8 } from './byte-text.js';
import { SourceProblem } from './source-problem.js';
import { mayBeUnicodeName } from './unicode-names.js';

/** A string token, without the quotes. */
export interface StringLiteral {
  /** The body as it is spelled, a binary string. */
  readonly body: string;
  /** Where the body begins in the source. */
  readonly offset: number;
  readonly raw: boolean;
  readonly unicode: boolean;
}

/** What a string literal means. */
export interface StringReading {
  /** A binary string. Of a unicode literal, only meaningful when it is ASCII. */
  readonly text: string;
  /** There is a character (or byte) above 127. */
  readonly beyondAscii: boolean;
}

/**
 * Reads the escapes of a Python 2 string literal.
 *
 * Names as in `\N{EM DASH}` are not looked up: whatever is named counts as a character outside ASCII.
 *
 * @throws SourceProblem for an escape that Python refuses, or a unicode literal that is not in the declared encoding
 */
export function readString(literal: StringLiteral, declaredUtf8: boolean): StringReading {
  const { body, offset, raw, unicode } = literal;
  if (unicode && declaredUtf8 && !isUtf8(body)) throw new SourceProblem('text that is not UTF-8', offset);
  if (!body.includes('\\') || (raw && !unicode)) return { text: body, beyondAscii: !isAscii(body) };
  return raw ? readRawUnicode(body, offset) : readEscapes(body, offset, unicode);
}

function readEscapes(body: string, offset: number, unicode: boolean): StringReading {
  let text = '';
  let beyondAscii = !isAscii(body);
  let from = 0;
  for (let at = body.indexOf('\\'); at !== -1; at = body.indexOf('\\', from)) {
    text += body.slice(from, at);
    const escape = escapeAt(body, at, offset, unicode);
    from = at + escape.length;
    if (escape.code === undefined) {
      text += escape.text;
    } else {
      if (escape.code > 0x7f) beyondAscii = true;
      text += String.fromCharCode(escape.code & 0xff);
    }
  }
  return { text: text + body.slice(from), beyondAscii };
}

/** In `ur"..."` only `\u` and `\U` are escapes, and only after an even number of other backslashes. */
function readRawUnicode(body: string, offset: number): StringReading {
  let text = '';
  let beyondAscii = !isAscii(body);
  let from = 0;
  let at = body.indexOf('\\');
  while (at !== -1) {
    const letter = body[at + 1];
    if (letter === 'u' || letter === 'U') {
      const escape = codePointAt(body, at, letter === 'u' ? 4 : 8, offset);
      if (escape.code > 0x7f) beyondAscii = true;
      text += body.slice(from, at) + String.fromCharCode(escape.code & 0xff);
      from = at + escape.length;
      at = body.indexOf('\\', from);
    } else {
      at = body.indexOf('\\', at + 2);
    }
  }
  return { text: text + body.slice(from), beyondAscii };
}

/** An escape sequence: the code it stands for or, where it is not one character, the text. */
type Escape =
  | { readonly length: number; readonly code: number; readonly text?: undefined }
  | { readonly length: number; readonly code: undefined; readonly text: string };

function escapeAt(body: string, at: number, offset: number, unicode: boolean): Escape {
  const letter = body[at + 1] ?? '';
  const simple = simpleEscapes.get(letter);
  if (simple !== undefined) return { length: 2, code: undefined, text: simple };
  if (letter >= '0' && letter <= '7') {
    let end = at + 2;
    while (end < at + 4 && /[0-7]/.test(body[end] ?? '')) end++;
    const code = Number.parseInt(body.slice(at + 1, end), 8);
    return { length: end - at, code: unicode ? code : code & 0xff };
  }
  if (letter === 'x') return codePointAt(body, at, 2, offset);
  if (unicode && letter === 'u') return codePointAt(body, at, 4, offset);
  if (unicode && letter === 'U') return codePointAt(body, at, 8, offset);
  if (unicode && letter === 'N') return namedCharacterAt(body, at, offset);
  return { length: 2, code: undefined, text: `\\${letter}` };
}

const simpleEscapes = new Map([
  ['\n', ''],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);

/** `\x`, `\u` or `\U` with exactly so many hexadecimal digits. */
function codePointAt(body: string, at: number, digits: number, offset: number): { length: number; code: number } {
  const text = body.slice(at + 2, at + 2 + digits);
  const code = Number.parseInt(text, 16);
  if (text.length < digits || !/^[0-9A-Fa-f]+$/.test(text) || code > 0x10ffff) {
    throw new SourceProblem(`an invalid \\${body.charAt(at + 1)} escape`, offset + at);
  }
  return { length: 2 + digits, code };
}

function namedCharacterAt(body: string, at: number, offset: number): Escape {
  const end = body[at + 2] === '{' ? body.indexOf('}', at) : -1;
  if (end <= at + 3) throw new SourceProblem('a malformed \\N escape', offset + at);
  if (!mayBeUnicodeName(body.slice(at + 3, end))) {
    throw new SourceProblem('an \\N escape with an unknown name', offset + at);
  }
  return { length: end + 1 - at, code: 0xfffd };
}
