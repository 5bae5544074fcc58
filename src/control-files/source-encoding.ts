import { isAscii } from './byte-text.js';
import { SourceProblem } from './source-problem.js';

/** The bytes of a file without byte order mark, with every line ended by LF, as Python prepares them. */
export function normalizedSource(bytes: string): { readonly binary: string; readonly hasMark: boolean } {
  const hasMark = bytes.startsWith(byteOrderMark);
  const binary = hasMark ? bytes.slice(byteOrderMark.length) : bytes;
  return { binary: binary.includes('\r') ? binary.replace(/\r\n?/g, '\n') : binary, hasMark };
}

/**
 * Checks the encoding of a file: its byte order mark and its coding comment (PEP 263).
 *
 * Only encodings in which every ASCII byte stands for itself are taken; in Shift JIS, say, a backslash can be half of
 * a letter, and a value might be read wrongly.
 *
 * @returns whether the file says that it is UTF-8, so that its unicode literals must be
 * @throws SourceProblem for NUL bytes, an encoding that is unknown or unsupported, and bytes outside a declared ASCII
 */
export function isDeclaredUtf8(binary: string, hasMark: boolean): boolean {
  const nul = binary.indexOf('\0');
  if (nul !== -1) throw new SourceProblem('a NUL byte', nul);
  const declared = codingComment(binary);
  if (declared === undefined) return hasMark;
  const name = normalizedName(declared.name);
  if (hasMark && name !== 'utf-8') {
    throw new SourceProblem(`the coding ${declared.name} contradicts the UTF-8 byte order mark`, declared.offset);
  }
  if (asciiNames.has(name)) {
    if (!isAscii(binary)) throw new SourceProblem('a byte outside ASCII, the declared coding', firstHighByte(binary));
  } else if (name !== 'utf-8' && !singleByteName.test(name)) {
    throw new SourceProblem(`the coding ${declared.name} is unknown or not supported`, declared.offset);
  }
  return name === 'utf-8';
}

const byteOrderMark = '\xef\xbb\xbf';
const asciiNames = new Set(['ascii', 'us-ascii', '646', 'ansi-x3.4-1968', 'iso646-us']);
const utf8Aliases = new Set(['utf8', 'utf', 'u8']);
const singleByteName =
  /^(iso-?8859-?(1|2|3|4|5|6|7|8|9|10|11|13|14|15|16)|(iso-)?latin-?([1-9]|10)|l1|cp(125[0-8]|437|850|852|855|866)|windows-125[0-8]|koi8-[ru]|mac-?(roman|cyrillic|greek|turkish))$/;

interface CodingComment {
  readonly name: string;
  readonly offset: number;
}

/** The coding comment: in one of the first two lines, and in the second only if the first holds no code. */
function codingComment(binary: string): CodingComment | undefined {
  let lineStart = 0;
  for (let line = 0; line < 2; line++) {
    const newline = binary.indexOf('\n', lineStart);
    const text = binary.slice(lineStart, newline === -1 ? undefined : newline);
    const found = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/.exec(text);
    if (found?.[1] !== undefined) return { name: found[1], offset: lineStart };
    if (newline === -1 || !/^[ \t\f]*(#|$)/.test(text)) return undefined;
    lineStart = newline + 1;
  }
  return undefined;
}

/** Python looks at the first twelve characters only, so that `utf-8-unix` and the like are UTF-8. */
function normalizedName(name: string): string {
  const normalized = name.toLowerCase().replaceAll('_', '-');
  const short = normalized.slice(0, 12);
  if (short === 'utf-8' || short.startsWith('utf-8-') || utf8Aliases.has(normalized)) return 'utf-8';
  if (/^(latin-1|iso-8859-1|iso-latin-1)(-|$)/.test(short)) return 'iso-8859-1';
  return normalized;
}

function firstHighByte(binary: string): number {
  return binary.search(/[\x80-\xff]/);
}
