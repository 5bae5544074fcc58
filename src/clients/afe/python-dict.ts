/**
 * Reads a Python dict literal of strings, as the AFE words its validation errors:
 * `{'meta_hosts': 'Label "board:nope" not found', 'hosts': u'...'}`.
 *
 * @returns undefined for anything else; nothing is ever evaluated
 */
export function parseStringDict(text: string): Readonly<Record<string, string>> | undefined {
  if (text.length > maxLength) return undefined;
  const cursor: Cursor = { text, at: 0 };
  if (!take(cursor, '{')) return undefined;
  const entries: [string, string][] = [];
  while (!take(cursor, '}')) {
    const key = takeString(cursor);
    if (key === undefined || !take(cursor, ':')) return undefined;
    const value = takeString(cursor);
    if (value === undefined) return undefined;
    entries.push([key, value]);
    if (!take(cursor, ',') && !peek(cursor, '}')) return undefined;
  }
  skipSpace(cursor);
  // fromEntries defines own properties, so that no key (`__proto__`) can reach the prototype.
  return cursor.at === text.length ? Object.fromEntries(entries) : undefined;
}

const maxLength = 64 * 1024;

interface Cursor {
  readonly text: string;
  at: number;
}

function skipSpace(cursor: Cursor): void {
  while (' \t\r\n'.includes(cursor.text[cursor.at] ?? 'x')) cursor.at += 1;
}

function peek(cursor: Cursor, sign: string): boolean {
  skipSpace(cursor);
  return cursor.text[cursor.at] === sign;
}

function take(cursor: Cursor, sign: string): boolean {
  if (!peek(cursor, sign)) return false;
  cursor.at += 1;
  return true;
}

function takeString(cursor: Cursor): string | undefined {
  skipSpace(cursor);
  const { text } = cursor;
  if (text[cursor.at] === 'u') cursor.at += 1;
  const quote = text[cursor.at];
  if (quote !== "'" && quote !== '"') return undefined;
  cursor.at += 1;
  let value = '';
  for (;;) {
    const character = text[cursor.at];
    if (character === undefined) return undefined;
    cursor.at += 1;
    if (character === quote) return value;
    value += character === '\\' ? takeEscape(cursor) : character;
  }
}

const simpleEscapes: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  n: '\n',
  r: '\r',
  t: '\t',
};
const escapeDigits: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function takeEscape(cursor: Cursor): string {
  const sign = cursor.text[cursor.at] ?? '';
  cursor.at += 1;
  const simple = simpleEscapes[sign];
  if (simple !== undefined) return simple;
  const digits = cursor.text.slice(cursor.at, cursor.at + (escapeDigits[sign] ?? 0));
  const code = /^[\da-f]+$/i.test(digits) ? Number.parseInt(digits, 16) : undefined;
  if (code === undefined || digits.length !== escapeDigits[sign] || code > 0x10ffff) return `\\${sign}`;
  cursor.at += digits.length;
  return String.fromCodePoint(code);
}
