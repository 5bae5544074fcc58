import { commaItems } from '../../control-files/text.js';

/** A text as Python's `int` takes it: digits, a sign before them. Anything else comes back as it is. */
export function numberOrText(text: string): number | string {
  return /^[+-]?\d{1,400}$/.test(text) ? Number(text) : text;
}

/** A text as Python's `getboolean` takes it. Anything else comes back as it is. */
export function booleanOrText(text: string): boolean | string {
  return booleans.get(text.toLowerCase()) ?? text;
}

/** The items of a comma list; a text that holds none comes back as it is: a key without a value is a slip of the pen. */
export function itemsOrText(text: string): readonly string[] | string {
  const items = commaItems(text);
  return items.length === 0 ? text : items;
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ['1', true],
  ['yes', true],
  ['true', true],
  ['on', true],
  ['0', false],
  ['no', false],
  ['false', false],
  ['off', false],
]);
