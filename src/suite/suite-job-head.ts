import type { PythonValue } from '../clients/python-literal.js';

/**
 * A suite's control file with the arguments before it, as the AFE writes them: an assignment for each, a line long, and
 * one of `args_dict`, which holds them all and ends them.
 *
 * All of it is ASCII, and every value a Python literal that reads back exactly, in Python 2 and 3: whatever text is in
 * it, it cannot become code.
 */
export function withArguments(args: Readonly<Record<string, PythonValue>>, controlFile: string): string {
  const assignments = Object.entries({ ...args, args_dict: args });
  return assignments.map(([name, value]) => `${name}=${literal(value)}\n`).join('') + controlFile;
}

function literal(value: PythonValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return numberLiteral(value);
  if (typeof value === 'string') return textLiteral(value);
  if (isList(value)) return `[${value.map(literal).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, item]) => `${textLiteral(key)}: ${literal(item)}`)
    .join(', ')}}`;
}

/** Of an infinity or no number at all the text would be a name, and names are code. */
function numberLiteral(value: number): string {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${value} is not a whole number`);
  return String(value + 0);
}

/** `Array.isArray` does not tell a readonly array. */
function isList(value: PythonValue): value is readonly PythonValue[] {
  return Array.isArray(value);
}

/** Beyond ASCII a text has to be a unicode one; half of a surrogate pair stands for itself. */
function textLiteral(text: string): string {
  const isPlain = /^[\0-\x7f]*$/u.test(text);
  const body = text.replace(/[\\']|[^ -~]/gu, (character) => {
    if (character === '\\' || character === "'") return `\\${character}`;
    const code = character.codePointAt(0) ?? 0;
    if (code <= 0x7f) return `\\x${hex(code, 2)}`;
    return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
  });
  return `${isPlain ? '' : 'u'}'${body}'`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
