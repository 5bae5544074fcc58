import { excerpt } from '../transport/excerpt.js';
import { closestName } from './closest-name.js';
import { ClientOptionError } from './errors.js';

/** Throws `ClientOptionError`, with the path of what is at fault, for a value that has not the shape. */
export type Shape = (value: unknown, path: string) => void;

/** Shows nothing of the value it refuses: it may be a password. */
export const text: Shape = (value, path) => {
  if (typeof value !== 'string') throw new ClientOptionError(path, `must be a text, not ${kindOf(value)}`);
};

export const number: Shape = (value, path) => {
  if (typeof value !== 'number') throw new ClientOptionError(path, `must be a number, not ${kindOf(value)}`);
};

export function listOf(item: Shape): Shape {
  return (value, path) => {
    if (!Array.isArray(value)) throw new ClientOptionError(path, `must be a list, not ${kindOf(value)}`);
    value.forEach((member: unknown, index) => item(member, `${path}[${index}]`));
  };
}

/** An object with any names in it. */
export function dictOf(member: Shape): Shape {
  return (value, path) => {
    for (const [name, found] of entriesOf(value, path)) member(found, `${path}.${excerpt(name)}`);
  };
}

/** An object with these members, each of which may be absent or undefined, and no others. */
export function membersOf(members: Readonly<Record<string, Shape>>): Shape {
  return (value, path) => {
    for (const [name, found] of entriesOf(value, path)) {
      const member = Object.hasOwn(members, name) ? members[name] : undefined;
      if (member === undefined) throw unknownMember(name, path, Object.keys(members));
      if (found !== undefined) member(found, `${path}.${name}`);
    }
  };
}

export function eitherOf(first: Shape, second: Shape, isFirst: (value: unknown) => boolean): Shape {
  return (value, path) => (isFirst(value) ? first : second)(value, path);
}

function entriesOf(value: unknown, path: string): [string, unknown][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.entries(value);
  throw new ClientOptionError(path, `must be an object, not ${kindOf(value)}`);
}

function unknownMember(name: string, path: string, known: readonly string[]): ClientOptionError {
  const meant = closestName(name, known);
  const help = meant === undefined ? `known are ${known.join(', ')}` : `did you mean "${meant}"?`;
  return new ClientOptionError(`${path}.${excerpt(name)}`, `is not known; ${help}`);
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? 'a list' : `of type ${typeof value}`;
}
