import { excerpt } from '../../transport/excerpt.js';
import { keyName, type IniEntry, type IniFile, type IniSection } from './ini.js';
import { SchedulerConfigError } from './scheduler-config-error.js';

/** A value with its `%(name)s` put in. */
export interface IniValue {
  /** Of the key, from 1. */
  readonly line: number;
  /** Whether it comes from `[DEFAULT]`. */
  readonly isInherited: boolean;
  readonly text: string;
  /** Why it could not be put together; null: it could. */
  readonly fault: string | null;
}

/** A section with all that it has: its own keys, and those of `[DEFAULT]`. */
export interface IniValues {
  readonly name: string;
  readonly line: number;
  readonly values: ReadonlyMap<string, IniValue>;
}

/**
 * Puts in `%(name)s`, for the key of that name in the section or in `[DEFAULT]`; `%%` is a percent sign, and
 * `%(__name__)s` the name of the section. What can be put together of a value is bounded, and so is the work for the whole
 * file: a few keys that name each other could otherwise stand for any amount of text.
 *
 * @param file - its name, for the error
 * @throws SchedulerConfigError for a file that grows beyond all measure
 */
export function iniValues(ini: IniFile, file: string | null = null): readonly IniValues[] {
  const budget = { left: maxWork };
  return ini.sections.map((section) => {
    const values = valuesOf(section, ini.defaults, budget);
    if (budget.left >= 0) return values;
    const problem = `what [DEFAULT] and %(name)s stand for is more than ${maxWork} characters in all`;
    throw new SchedulerConfigError(problem, { file, line: section.line });
  });
}

/** Characters read and written over all values that are inherited or have something put in. */
const maxWork = 10_000_000;
const maxDepth = 10;
const maxValueLength = 32_768;

interface Budget {
  left: number;
}

function valuesOf(section: IniSection, defaults: IniSection, budget: Budget): IniValues {
  const { name, line } = section;
  const entries = new Map<string, IniEntry>([
    ['__name__', { line, raw: name }],
    ...defaults.entries,
    ...section.entries,
  ]);
  const values = new Map<string, IniValue>();
  for (const [key, entry] of entries) {
    if (budget.left < 0) break;
    if (key === '__name__') continue;
    const isInherited = !section.entries.has(key);
    if (isInherited) budget.left -= entry.raw.length + 1;
    values.set(key, { line: entry.line, isInherited, ...expanded(entry.raw, entries, budget) });
  }
  return { name, line, values };
}

function expanded(
  raw: string,
  entries: ReadonlyMap<string, IniEntry>,
  budget: Budget,
): { readonly text: string; readonly fault: string | null } {
  if (raw.length > maxValueLength) return { text: '', fault: tooLong };
  if (!raw.includes('%')) return { text: raw, fault: null };
  const expansion = new Expansion(entries, budget);
  const fault = expansion.add(raw, 1);
  return fault === null ? { text: expansion.text, fault } : { text: '', fault };
}

class Expansion {
  text = '';
  readonly #entries: ReadonlyMap<string, IniEntry>;
  readonly #budget: Budget;

  constructor(entries: ReadonlyMap<string, IniEntry>, budget: Budget) {
    this.#entries = entries;
    this.#budget = budget;
  }

  /** Adds a text with what its references stand for, and returns what is wrong with it. */
  add(raw: string, depth: number): string | null {
    if (depth > maxDepth) return `%(name)s more than ${maxDepth} deep, or in a circle`;
    // Paid for before it is read: a text of nothing but references to empty values yields nothing.
    this.#budget.left -= raw.length + 1;
    if (this.#budget.left < 0) return tooLong;
    let start = 0;
    for (let percent = raw.indexOf('%'); percent !== -1; percent = raw.indexOf('%', start)) {
      this.text += raw.slice(start, percent);
      const { length, fault } = raw[percent + 1] === '%' ? this.#sign() : this.#reference(raw, percent, depth);
      if (fault !== null) return fault;
      start = percent + length;
    }
    this.text += raw.slice(start);
    return this.text.length > maxValueLength ? tooLong : null;
  }

  #sign(): Step {
    this.text += '%';
    return { length: 2, fault: null };
  }

  #reference(raw: string, percent: number, depth: number): Step {
    const end = raw[percent + 1] === '(' ? raw.indexOf(')', percent) : -1;
    if (end <= percent + 2 || raw[end + 1] !== 's') {
      return refused(`"%" must be followed by "%" or "(name)s", found "${excerpt(raw.slice(percent), 40)}"`);
    }
    const name = keyName(raw.slice(percent + 2, end));
    const entry = this.#entries.get(name);
    if (entry === undefined) {
      return refused(`"%(${excerpt(name, 40)})s" stands for no key of the section or of [DEFAULT]`);
    }
    return { length: end + 2 - percent, fault: this.add(entry.raw, depth + 1) };
  }
}

interface Step {
  readonly length: number;
  readonly fault: string | null;
}

const tooLong = `is longer than ${maxValueLength} characters`;

function refused(fault: string): Step {
  return { length: 0, fault };
}
