import { BadResponseError } from '../transport/errors.js';
import type { LabTime } from './lab-time.js';

/**
 * Reads values off a server's answer. What is not of the expected type is a `BadResponseError` that names the call and
 * the field; fields that nobody asks for are ignored.
 */
export interface WireReader {
  /** A list, each item read by `read`. */
  list<T>(read: (item: WireReader) => T): readonly T[];
  /** A member of an object; a reader of undefined when the object has no such member. */
  field(name: string): WireReader;
  integer(): number;
  integerOrNull(): number | null;
  boolean(): boolean;
  string(): string;
  /** A string; null is read as an empty one. */
  text(): string;
  stringOrNull(): string | null;
  /** Anything but a list or an object. */
  plainValue(): string | number | boolean | null;
  strings(): readonly string[];
  /**
   * A time of the lab in milliseconds since the epoch. Null where there is none: null, an empty text, `None`, and
   * `0000-00-00 00:00:00`, the database's way to write no time.
   */
  timeOrNull(labTime: LabTime): number | null;
  /** An object of short values; what is not a string comes as JavaScript prints it, null as an empty string. */
  dict(): Readonly<Record<string, string>>;
  /** The members of an object, each read by `read`. */
  entries<T>(read: (member: WireReader) => T): readonly (readonly [string, T])[];
  /** Null where the value is null, else what `read` makes of it. */
  orNull<T>(read: (value: WireReader) => T): T | null;
  /** The error to throw for a value that is of no use, though of the right type. */
  refusal(expected: string): BadResponseError;
}

/**
 * @param value - the answer, or a part of it
 * @param call - the call that was answered, e.g. `get_jobs`
 * @param path - where the value stands in the answer
 */
export function wireReader(value: unknown, call: string, path = 'result'): WireReader {
  const bad = (expected: string) => {
    return new BadResponseError({ call, field: path, problem: `expected ${expected}`, received: described(value) });
  };
  const reader: WireReader = {
    list(read) {
      if (!Array.isArray(value)) throw bad('a list');
      return value.map((item: unknown, index) => read(wireReader(item, call, `${path}[${index}]`)));
    },
    field(name) {
      if (!isObject(value)) throw bad('an object');
      return wireReader(Object.hasOwn(value, name) ? value[name] : undefined, call, `${path}.${name}`);
    },
    integer() {
      if (!Number.isSafeInteger(value)) throw bad('a whole number');
      return Number(value);
    },
    integerOrNull: () => (value === null ? null : reader.integer()),
    boolean() {
      if (value === true || value === 1) return true;
      if (value === false || value === 0) return false;
      throw bad('true or false');
    },
    string() {
      if (typeof value !== 'string') throw bad('a string');
      return value;
    },
    text: () => (value === null ? '' : reader.string()),
    stringOrNull: () => (value === null ? null : reader.string()),
    plainValue() {
      if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
        return value;
      }
      throw bad('a plain value');
    },
    strings: () => reader.list((item) => item.string()),
    timeOrNull(labTime) {
      const text = reader.text();
      if (withoutTime.has(text)) return null;
      const ms = labTime.parse(text);
      if (ms === null) throw bad('a time');
      return ms;
    },
    dict() {
      if (!isObject(value)) throw bad('an object');
      return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, printed(member)]));
    },
    entries(read) {
      if (!isObject(value)) throw bad('an object');
      return Object.entries(value).map(([key, member]) => [
        key,
        read(wireReader(member, call, `${path}[${JSON.stringify(key)}]`)),
      ]);
    },
    orNull: (read) => (value === null ? null : read(reader)),
    refusal: bad,
  };
  return reader;
}

const withoutTime: ReadonlySet<string> = new Set(['', 'None', '0000-00-00 00:00:00']);

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function printed(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : JSON.stringify(value);
}

/** Enough of a value to see what it is, whatever its size. */
function described(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 200));
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isObject(value)) return `an object with ${Object.keys(value).slice(0, 10).join(', ')}`;
  return JSON.stringify(value);
}
