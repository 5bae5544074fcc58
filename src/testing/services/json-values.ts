import { RpcError } from './rpc-error.js';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Floats cut to integers, as the services do to every request. */
export function withoutFractions(value: unknown): unknown {
  if (typeof value === 'number') return Math.trunc(value);
  if (Array.isArray(value)) return value.map(withoutFractions);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutFractions(item)]));
}

/** The first character outside ASCII in any key or text of a value. */
export function findNonAscii(value: unknown): { readonly character: string; readonly position: number } | undefined {
  if (typeof value === 'string') return findInText(value);
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, item] of Object.entries(value)) {
    const found = findInText(key) ?? findNonAscii(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether a JSON text nests deeper than that; found before it is parsed, since walking the value takes stack. */
export function isNestedDeeper(text: string, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (inString && character === '\\') index++;
    else if (character === '"') inString = !inString;
    else if (inString) continue;
    else if (character === '[' || character === '{') depth++;
    else if (character === ']' || character === '}') depth--;
    if (depth > limit) return true;
  }
  return false;
}

/** JSON as Python writes it: with a blank behind each comma and colon, and every character outside ASCII escaped. */
export function asciiJson(value: unknown): string {
  // Within texts line feeds are escaped, so that those which are left are the indentation's.
  const spaced = JSON.stringify(value, null, 1).replace(/,\n */g, ', ').replace(/\n */g, '');
  return spaced.replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** An argument as an integer the way Python's `int()` takes it. */
export function toInt(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') {
    const text = value.trim();
    if (/^[+-]?\d{1,15}$/.test(text)) return Number(text);
    throw new RpcError('ValueError', `invalid literal for int() with base 10: '${value}'`);
  }
  const type = value === null || value === undefined ? 'NoneType' : Array.isArray(value) ? 'list' : 'dict';
  throw new RpcError('TypeError', `int() argument must be a string or a number, not '${type}'`);
}

/** An argument that has to be a list; Python also iterates over the characters of a text. */
export function toList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') return [...value];
  if (isObject(value)) return Object.keys(value);
  const type = value === null || value === undefined ? 'NoneType' : typeof value === 'boolean' ? 'bool' : 'int';
  throw new RpcError('TypeError', `'${type}' object is not iterable`);
}

function findInText(text: string): { readonly character: string; readonly position: number } | undefined {
  const position = text.search(/[^\u0000-\u007f]/);
  return position < 0 ? undefined : { character: text.charAt(position), position };
}
