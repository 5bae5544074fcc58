import type { Value } from './lookups.js';
import { compareNullFirst, textOf } from './lookups.js';

/** A condition on a row, in the database's logic of three values: null is unknown. */
export type SqlCondition<Row> = (row: Row) => boolean | null;

/** `OR` when any term decides by being true, `AND` when any decides by being false; else unknown wins. */
export function combine<Row>(terms: readonly SqlCondition<Row>[], row: Row, decisive: boolean): boolean | null {
  let result: boolean | null = !decisive;
  for (const term of terms) {
    const value = term(row);
    if (value === decisive) return decisive;
    if (value === null) result = null;
  }
  return result;
}

export function negate(value: boolean | null): boolean | null {
  return value === null ? null : !value;
}

export function truthOf(value: Value): boolean | null {
  return value === null ? null : numberOf(value) !== 0;
}

export function compareWith(left: Value, right: Value, passes: (order: number) => boolean): boolean | null {
  if (left === null || right === null) return null;
  if (typeof left === 'string' && typeof right === 'string') return passes(compareNullFirst(left, right));
  return passes(numberOf(left) - numberOf(right));
}

/** A text is the number that it begins with, else 0. */
function numberOf(value: string | number | boolean): number {
  if (typeof value !== 'string') return Number(value);
  return Number(/^\s*[+-]?\d{1,15}(?:\.\d{1,15})?/.exec(value)?.[0] ?? 0);
}

export function isLike(left: Value, right: Value): boolean | null {
  if (left === null || right === null) return null;
  return matchesLike(textOf(left), textOf(right));
}

/** `%` is any text and `_` any character; case does not count. The work is at most the product of the two lengths. */
export function matchesLike(text: string, pattern: string): boolean {
  const letters = text.toLowerCase();
  const parts = likeParts(pattern.toLowerCase());
  let at = 0;
  let index = 0;
  let retryAt = -1;
  let retryIndex = -1;
  while (at < letters.length) {
    const part = parts[index];
    if (part === anyText) {
      retryIndex = ++index;
      retryAt = at;
    } else if (part !== undefined && (part === anyCharacter || part === letters[at])) {
      at++;
      index++;
    } else if (retryIndex >= 0) {
      index = retryIndex;
      at = ++retryAt;
    } else {
      return false;
    }
  }
  return parts.slice(index).every((part) => part === anyText);
}

const anyText = Symbol('%');
const anyCharacter = Symbol('_');

function likeParts(pattern: string): readonly (string | symbol)[] {
  const parts: (string | symbol)[] = [];
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern.charAt(index);
    if (character === '\\' && index + 1 < pattern.length) parts.push(pattern.charAt(++index));
    else if (character === '%') parts.push(anyText);
    else parts.push(character === '_' ? anyCharacter : character);
  }
  return parts;
}
