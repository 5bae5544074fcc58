/** A pattern, taken apart. */
export type PatternNode =
  | { readonly kind: 'character'; readonly accepts: (character: string) => boolean }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly part: PatternNode; readonly min: number; readonly max: number };

/** A text is no pattern, or one of a kind that is not supported. The message says what is wrong. */
export class BuildPatternError extends Error {
  constructor(problem: string) {
    super(problem);
    this.name = 'BuildPatternError';
  }
}

/**
 * Takes a pattern apart that is written as in Python: characters, `.`, `[...]`, `\d \w \s` and their opposites, groups,
 * `|`, `* + ? {m,n}`, `^` and `$`. What looks around or back is not supported.
 */
export function parsePattern(text: string): PatternNode {
  if (text.length > maxLength) throw new BuildPatternError(`it is longer than ${maxLength} characters`);
  const cursor: Cursor = { text, at: 0, depth: 0 };
  const node = takeChoice(cursor);
  if (cursor.at < text.length) throw new BuildPatternError('a closing parenthesis without an opening one');
  return node;
}

interface Cursor {
  readonly text: string;
  at: number;
  depth: number;
}

function takeChoice(cursor: Cursor): PatternNode {
  const parts = [takeSequence(cursor)];
  while (take(cursor, '|')) parts.push(takeSequence(cursor));
  return { kind: 'choice', parts };
}

function takeSequence(cursor: Cursor): PatternNode {
  const parts: PatternNode[] = [];
  for (;;) {
    const next = cursor.text[cursor.at];
    if (next === undefined || next === '|' || next === ')') return { kind: 'sequence', parts };
    const part = takeAtom(cursor);
    const bounds = takeQuantifier(cursor);
    parts.push(bounds === undefined ? part : { kind: 'repeat', part, ...bounds });
    if (bounds !== undefined && takeQuantifier(cursor) !== undefined)
      throw new BuildPatternError('a repeat of a repeat');
  }
}

function takeAtom(cursor: Cursor): PatternNode {
  if (takeQuantifier(cursor) !== undefined) throw new BuildPatternError('nothing to repeat');
  const character = next(cursor);
  switch (character) {
    case '(':
      return takeGroup(cursor);
    case '[':
      return { kind: 'character', accepts: takeSet(cursor) };
    case '.':
      return { kind: 'character', accepts: (found) => found !== '\n' };
    case '^':
      return { kind: 'start' };
    case '$':
      return { kind: 'end' };
    case '\\':
      return { kind: 'character', accepts: takeEscape(cursor).accepts };
    default:
      return { kind: 'character', accepts: (found) => found === character };
  }
}

function takeGroup(cursor: Cursor): PatternNode {
  if (cursor.depth >= maxDepth) throw new BuildPatternError(`groups are nested more than ${maxDepth} deep`);
  if (take(cursor, '?') && !take(cursor, ':')) throw new BuildPatternError('only plain groups are supported');
  cursor.depth += 1;
  const node = takeChoice(cursor);
  cursor.depth -= 1;
  if (!take(cursor, ')')) throw new BuildPatternError('a group without an end');
  return node;
}

/** A set of characters, behind its opening bracket. */
function takeSet(cursor: Cursor): (character: string) => boolean {
  const isNegated = take(cursor, '^');
  const members: ((character: string) => boolean)[] = [];
  for (let isFirst = true; ; isFirst = false) {
    const from = next(cursor, 'a set of characters without an end');
    if (from === ']' && !isFirst) break;
    const { accepts, literal } = from === '\\' ? takeEscape(cursor) : literalOf(from);
    if (cursor.text[cursor.at] !== '-' || cursor.text[cursor.at + 1] === ']') {
      members.push(accepts);
      continue;
    }
    cursor.at += 1;
    const end = next(cursor, 'a set of characters without an end');
    const to = end === '\\' ? takeEscape(cursor).literal : end;
    if (literal === undefined || to === undefined || to < literal) throw new BuildPatternError('a bad range');
    members.push((found) => found >= literal && found <= to);
  }
  return (found) => members.some((accepts) => accepts(found)) !== isNegated;
}

interface Member {
  readonly accepts: (character: string) => boolean;
  /** The one character that is meant, where it is one. */
  readonly literal: string | undefined;
}

/** What stands behind a backslash. */
function takeEscape(cursor: Cursor): Member {
  const sign = next(cursor, 'a backslash at the end');
  const kind = kinds[sign.toLowerCase()];
  if (kind !== undefined) return { accepts: (found) => kind.test(found) === sign in kinds, literal: undefined };
  if (/[\da-z]/iu.test(sign)) throw new BuildPatternError(`\\${sign} is not supported`);
  return literalOf(sign);
}

function literalOf(literal: string): Member {
  return { accepts: (found) => found === literal, literal };
}

const kinds: Readonly<Record<string, RegExp>> = { d: /\d/, w: /\w/, s: /\s/ };

interface Bounds {
  readonly min: number;
  readonly max: number;
}

function takeQuantifier(cursor: Cursor): Bounds | undefined {
  const bounds = takeBounds(cursor);
  // Whether it would rather match less does not matter for whether it matches.
  if (bounds !== undefined) take(cursor, '?');
  return bounds;
}

function takeBounds(cursor: Cursor): Bounds | undefined {
  if (take(cursor, '*')) return { min: 0, max: Number.POSITIVE_INFINITY };
  if (take(cursor, '+')) return { min: 1, max: Number.POSITIVE_INFINITY };
  if (take(cursor, '?')) return { min: 0, max: 1 };
  // A brace that does not say how often stands for itself.
  const [braces, least, comma, most] = /^\{(\d{1,4})?(,)?(\d{1,4})?\}/.exec(cursor.text.slice(cursor.at)) ?? [];
  if (braces === undefined || (least === undefined && comma === undefined)) return undefined;
  cursor.at += braces.length;
  const min = Number(least ?? 0);
  const max = comma === undefined ? min : Number(most ?? Number.POSITIVE_INFINITY);
  if (max < min) throw new BuildPatternError('a bad repeat interval');
  return { min, max };
}

function next(cursor: Cursor, problem = 'it ends too early'): string {
  const character = cursor.text[cursor.at];
  if (character === undefined) throw new BuildPatternError(problem);
  cursor.at += 1;
  return character;
}

function take(cursor: Cursor, sign: string): boolean {
  if (cursor.text[cursor.at] !== sign) return false;
  cursor.at += 1;
  return true;
}

const maxLength = 500;
const maxDepth = 50;
