import { RpcError } from './rpc-error.js';

/** A piece of a condition in SQL, and where it begins. */
export type SqlToken = { readonly at: number } & (
  | { readonly kind: 'name' | 'sign' | 'text'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
);

/** How deep a condition may nest. */
export const maxNesting = 100;

export function tokenize(text: string): readonly SqlToken[] {
  if (text.length > maxLength) throw new RpcError('DatabaseError', "(1153, 'the condition is too long for the lab')");
  const tokens: SqlToken[] = [];
  const pattern = new RegExp(tokenPattern);
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const { space, name, quoted, number, string, sign } = pattern.exec(text)?.groups ?? {};
    if (space !== undefined) continue;
    if (name !== undefined) tokens.push({ at, kind: 'name', value: name });
    else if (quoted !== undefined) tokens.push({ at, kind: 'name', value: quoted.replaceAll('`', '') });
    else if (number !== undefined) tokens.push({ at, kind: 'number', value: Number(number) });
    else if (string !== undefined) tokens.push({ at, kind: 'text', value: unquote(string) });
    else if (sign !== undefined) tokens.push({ at, kind: 'sign', value: sign });
    else throw syntaxError(text, at);
  }
  return tokens;
}

/** The database's words; it sees the condition in parentheses, and quotes what it had not yet read. */
export function syntaxError(text: string, at: number): RpcError {
  const near = `${text.slice(at)})`.slice(0, 80);
  const advice = 'check the manual that corresponds to your MariaDB server version for the right syntax to use';
  const problem = `You have an error in your SQL syntax; ${advice} near '${near}' at line 1`;
  return new RpcError('DatabaseError', `(1064, "${problem}")`);
}

const maxLength = 10_000;

/** Each alternative begins with another character and none has a nested repetition, so it is linear. */
const tokenPattern = new RegExp(
  [
    /(?<space>\s+)/,
    /(?<name>[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)?)/,
    /(?<quoted>`[^`]+`(?:\.`[^`]+`)?)/,
    /(?<number>-?\d+(?:\.\d+)?)/,
    /(?<string>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*")/,
    /(?<sign><>|!=|<=|>=|&&|\|\||[=<>!(),])/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'isy',
);

function unquote(literal: string): string {
  const quote = literal.charAt(0);
  let text = '';
  for (let index = 1; index < literal.length - 1; index++) {
    const character = literal.charAt(index);
    const next = literal.charAt(index + 1);
    // The backslash of \% and \_ is for LIKE.
    if (character === '\\' && next !== '%' && next !== '_') text += escapes.get(literal.charAt(++index)) ?? next;
    else if (character === quote) text += literal.charAt(index++);
    else text += character;
  }
  return text;
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['0', '\0'],
]);
