import { binaryFromText } from './byte-text.js';
import type { ControlValue } from './control-value.js';

/** What `str()` of Python 2 gives for a value; the keys of a dict are in order (D6). */
export function pythonText(value: ControlValue): string {
  return typeof value === 'string' ? value : pythonLiteral(value);
}

/** A value as a Python 2 literal on one line, in ASCII, whatever it holds. */
export function pythonLiteral(value: ControlValue): string {
  if (typeof value === 'string') return stringLiteral(value);
  if (isList(value)) return `[${value.map(pythonLiteral).join(', ')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${stringLiteral(key)}: ${pythonLiteral(item)}`).join(', ')}}`;
}

/** Whether a value is a list; `Array.isArray` does not tell a readonly array. */
export function isList(value: ControlValue): value is readonly ControlValue[] {
  return Array.isArray(value);
}

function stringLiteral(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = binaryFromText(text).replace(/[\\'"]|[^ -~]/g, (character) => {
    if (character === "'" || character === '"') return character === quote ? `\\${character}` : character;
    return namedEscapes.get(character) ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return quote + body + quote;
}

const namedEscapes = new Map([
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);
