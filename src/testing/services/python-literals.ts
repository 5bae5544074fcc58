import { isObject } from './json-values.js';
import { pythonRepr } from './python.js';

/**
 * A JSON value as a Python literal that reads back as exactly that value, whatever characters it holds. All of it is
 * ASCII and on one line.
 */
export function pythonLiteral(value: unknown): string {
  if (typeof value === 'string') return stringLiteral(value);
  if (Array.isArray(value)) return `[${value.map(pythonLiteral).join(', ')}]`;
  if (isObject(value)) {
    const items = Object.entries(value).map(([key, item]) => `${stringLiteral(key)}: ${pythonLiteral(item)}`);
    return `{${items.join(', ')}}`;
  }
  // JSON has room for such numbers, and `Infinity` would be the name of a variable.
  if (value === Infinity || value === -Infinity) return value > 0 ? '1e999' : '-1e999';
  return pythonRepr(value);
}

/** What Python leaves as it is in a plain string has to be ASCII; what lies beyond needs a unicode string. */
function stringLiteral(text: string): string {
  const literal = pythonRepr(text);
  if (isAscii(literal)) return literal;
  return `u${literal.replace(/[^\u0000-\u007f]/gu, escaped)}`;
}

function isAscii(text: string): boolean {
  return !/[^\u0000-\u007f]/.test(text);
}

/** Half of a surrogate pair stands for itself, a pair for its character. */
function escaped(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return hex.length > 4 ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`;
}
