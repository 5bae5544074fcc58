/** A value that the AFE has written as Python prints it. */
export type PythonValue =
  null | boolean | number | string | readonly PythonValue[] | { readonly [key: string]: PythonValue };

/**
 * Reads a Python literal: `None`, `True`, numbers, strings (also `u''`), lists, tuples, and dicts whose keys are strings
 * or numbers. The AFE keeps keyvals and attributes in this spelling: `"False"`, `"{'cros-version': '...'}"`.
 *
 * Takes time linear in the text, of which at most 64 Ki characters and 50 levels of nesting are read; nothing is ever
 * evaluated. A whole number beyond what JavaScript can hold exactly is not read.
 *
 * @returns undefined for anything else
 */
export function readPythonLiteral(text: string): PythonValue | undefined {
  if (text.length > maxLength) return undefined;
  const cursor: Cursor = { text, at: 0, depth: 0 };
  const value = takeValue(cursor);
  skipSpace(cursor);
  return cursor.at === text.length ? value : undefined;
}

/**
 * Reads a Python dict literal of strings, as the AFE words its validation errors:
 * `{'meta_hosts': 'Label "board:nope" not found', 'hosts': u'...'}`. Undefined for anything else.
 */
export function readStringDict(text: string): Readonly<Record<string, string>> | undefined {
  const value = readPythonLiteral(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value);
  return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')
    ? Object.fromEntries(entries)
    : undefined;
}

const maxLength = 64 * 1024;
const maxDepth = 50;

interface Cursor {
  readonly text: string;
  at: number;
  depth: number;
}

function takeValue(cursor: Cursor): PythonValue | undefined {
  skipSpace(cursor);
  const sign = cursor.text[cursor.at] ?? '';
  if (sign === '{') return nested(cursor, takeDict);
  if (sign === '[') return nested(cursor, () => takeList(cursor, ']')?.items);
  if (sign === '(') return nested(cursor, () => takeTuple(cursor));
  return takeString(cursor) ?? takeWord(cursor);
}

/** Steps over the opening sign, and gives up what is nested too deep. */
function nested<T>(cursor: Cursor, takeInside: (cursor: Cursor) => T | undefined): T | undefined {
  if (cursor.depth >= maxDepth) return undefined;
  cursor.at += 1;
  cursor.depth += 1;
  const value = takeInside(cursor);
  cursor.depth -= 1;
  return value;
}

function takeDict(cursor: Cursor): { readonly [key: string]: PythonValue } | undefined {
  const entries: [string, PythonValue][] = [];
  while (!take(cursor, '}')) {
    const key = takeValue(cursor);
    if (typeof key !== 'string' && typeof key !== 'number') return undefined;
    if (!take(cursor, ':')) return undefined;
    const value = takeValue(cursor);
    if (value === undefined) return undefined;
    entries.push([String(key), value]);
    if (!take(cursor, ',') && !peek(cursor, '}')) return undefined;
  }
  // fromEntries defines own properties, so that no key (`__proto__`) can reach the prototype.
  return Object.fromEntries(entries);
}

function takeList(
  cursor: Cursor,
  end: ']' | ')',
): { readonly items: readonly PythonValue[]; readonly endsWithComma: boolean } | undefined {
  const items: PythonValue[] = [];
  let endsWithComma = false;
  while (!take(cursor, end)) {
    const item = takeValue(cursor);
    if (item === undefined) return undefined;
    items.push(item);
    endsWithComma = take(cursor, ',');
    if (!endsWithComma && !peek(cursor, end)) return undefined;
  }
  return { items, endsWithComma };
}

/** A single value in parentheses is that value; with a comma behind it, it is a tuple of one. */
function takeTuple(cursor: Cursor): PythonValue | undefined {
  const list = takeList(cursor, ')');
  if (list === undefined) return undefined;
  return list.items.length === 1 && !list.endsWithComma ? list.items[0] : list.items;
}

const words: ReadonlyMap<string, PythonValue> = new Map<string, PythonValue>([
  ['None', null],
  ['True', true],
  ['False', false],
]);

/** A constant or a number; Python 2 writes large whole numbers with an `L`. */
function takeWord(cursor: Cursor): PythonValue | undefined {
  const start = cursor.at;
  while (/[\w.+-]/.test(cursor.text[cursor.at] ?? '')) cursor.at += 1;
  const word = cursor.text.slice(start, cursor.at);
  const constant = words.get(word);
  if (constant !== undefined) return constant;
  if (/^-?(0|[1-9]\d{0,15})L?$/.test(word)) {
    const value = Number(word.replace('L', ''));
    return Number.isSafeInteger(value) ? value : undefined;
  }
  return /^-?\d{1,20}(\.\d{0,20})?(e[+-]?\d{1,3})?$/.test(word) && /[.e]/.test(word) ? Number(word) : undefined;
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
  const { text } = cursor;
  const from = text[cursor.at] === 'u' ? cursor.at + 1 : cursor.at;
  const quote = text[from];
  if (quote !== "'" && quote !== '"') return undefined;
  cursor.at = from + 1;
  let value = '';
  for (;;) {
    const character = text[cursor.at];
    if (character === undefined || character === '\n') return undefined;
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
