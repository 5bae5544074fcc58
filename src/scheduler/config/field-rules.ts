import { describe, isPlainText } from '../../suite/argument-checks.js';
import { branchSpecsFault, isMilestone } from './branch-specs.js';

/** What a field of a task may hold. Values come from a file or from a caller without types. */
export interface FieldRule<Value> {
  /** What an absent field means. */
  readonly byDefault: Value;
  /** The value as a task has it, or why it cannot have it. */
  read(value: unknown): Value | Refusal;
}

/** Why a value was not taken. */
export class Refusal {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** The name of a task goes into reports and records, and nowhere else. */
export const taskName: FieldRule<string> = {
  byDefault: '',
  read(value) {
    const fits = typeof value === 'string' && value.length <= maxNameLength && /^\P{C}+$/u.test(value);
    return fits ? value : expected(`a name of 1 to ${maxNameLength} printable characters`, value);
  },
};

/** The name of a suite becomes that of a control file. */
export const suiteName: FieldRule<string> = {
  byDefault: '',
  read(value) {
    const fits = isPlainText(value) && value.length <= maxNameLength && !/[\s/\\]/.test(value);
    return fits ? value : expected('the name of a suite, such as "bvt", without white space and slashes', value);
  },
};

/** A pool, which is a part of a label. */
export const poolName: FieldRule<string | null> = {
  byDefault: null,
  read: (value) =>
    isPlainText(value) && value.length <= maxNameLength ? value : expected('the name of a pool, such as "bvt"', value),
};

export const boardNames: FieldRule<readonly string[]> = {
  byDefault: [],
  read: (value) =>
    isListOf(value, (item) => item.length <= maxNameLength && /^[\x21-\x7e]+$/.test(item))
      ? [...new Set(value)]
      : expected('boards, separated by commas, such as "x86-alex, lumpy"', value),
};

export const buildTypes: FieldRule<readonly string[]> = {
  byDefault: ['release'],
  read(value) {
    const isTyped = isListOf(value, (item) => item.length <= maxNameLength && /^\w+$/.test(item));
    if (!isTyped || value.length === 0) {
      return expected('types of builds, separated by commas, such as "release, paladin"', value);
    }
    const branch = value.find((type) => type === 'factory' || type === 'firmware');
    if (branch === undefined) return [...new Set(value)];
    return new Refusal(`"${branch}" is a branch and is named with the branches, not with the types of builds`);
  },
};

export const branchSpecs: FieldRule<readonly string[]> = {
  byDefault: [],
  read(value) {
    if (!isListOf(value, () => true)) return expected('a list of branches and constraints such as ">=R18"', value);
    const fault = branchSpecsFault(value);
    return fault === null ? [...value] : new Refusal(fault);
  },
};

export const crosBuild: FieldRule<string | null> = {
  byDefault: null,
  read: (value) =>
    typeof value === 'string' && isMilestone(value)
      ? value
      : expected('"tot", "tot-2" or a milestone such as "R50"', value),
};

export const flag: FieldRule<boolean> = {
  byDefault: false,
  read: (value) => (typeof value === 'boolean' ? value : expected('yes or no (true, false, on, off, 1, 0)', value)),
};

/** A whole number, or nothing. */
export function wholeNumber(what: string, least: number, most: number): FieldRule<number | null> {
  return {
    byDefault: null,
    read: (value) =>
      typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most
        ? value
        : expected(what, value),
  };
}

export const hourOfDay = wholeNumber('an hour from 0 (midnight) to 23', 0, 23);
export const dayOfWeek = wholeNumber('a day from 0 (Monday) to 6 (Sunday)', 0, 6);

/** One of some words, or what stands for nothing. */
export function oneOf<Word extends string, Nothing extends Word | null>(
  words: readonly Word[],
  byDefault: Nothing,
): FieldRule<Word | Nothing> {
  const listed = words.map((word) => `"${word}"`).join(' or ');
  return { byDefault, read: (value) => words.find((word) => word === value) ?? expected(listed, value) };
}

function expected(what: string, found: unknown): Refusal {
  return new Refusal(`expected ${what}, found ${describe(found)}`);
}

function isListOf(value: unknown, fits: (item: string) => boolean): value is readonly string[] {
  return Array.isArray(value) && value.every((item: unknown) => typeof item === 'string' && fits(item));
}

const maxNameLength = 200;
