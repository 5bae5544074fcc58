import { stripped } from '../../control-files/text.js';
import { excerpt } from '../../transport/excerpt.js';
import { SchedulerConfigError } from './scheduler-config-error.js';

/** A key of a section, as it stands in the file: with its `%(name)s`. */
export interface IniEntry {
  /** Of the key, from 1. */
  readonly line: number;
  readonly raw: string;
}

export interface IniSection {
  readonly name: string;
  /** Of its head, from 1; of the first one where it has several. */
  readonly line: number;
  /** By the key in small letters. */
  readonly entries: ReadonlyMap<string, IniEntry>;
}

export interface IniFile {
  /** `[DEFAULT]`: keys that every other section has, too. */
  readonly defaults: IniSection;
  /** The others, in the order of the file. */
  readonly sections: readonly IniSection[];
}

/**
 * Reads INI as Python 2's ConfigParser does, in one pass: `key: value` or `key = value`, keys in any case, indented lines
 * that continue a value, comments that begin with `#`, `;` or `rem`, and behind a value with ` ;`. A second section of a
 * name adds to the first; a second key of a name replaces the first. Other than there, an indented comment is a comment
 * (C8).
 *
 * @param file - its name, for the error
 * @throws SchedulerConfigError for a text that cannot be read as a whole; a line that is neither a section nor a key may
 * be a section's head that is mistyped, and the keys below it would then be taken for another section's
 */
export function parseIni(text: string, file: string | null = null): IniFile {
  if (text.length > maxLength) {
    throw new SchedulerConfigError(`is longer than ${maxLength} characters`, { file });
  }
  if (text.startsWith('\uFEFF')) {
    const problem = 'begins with a byte order mark; save it as UTF-8 without one';
    throw new SchedulerConfigError(problem, { file, line: 1 });
  }
  const reader = new IniReader(file);
  let line = 1;
  for (let start = 0; start < text.length; line += 1) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    reader.take(text.slice(start, end), line);
    start = end + 1;
  }
  return reader.end();
}

const maxLength = 10_000_000;
const maxSections = 5_000;
const maxKeys = 1_000;
const maxBadLines = 10;

interface OpenEntry {
  readonly line: number;
  readonly parts: string[];
}

interface OpenSection {
  readonly name: string;
  readonly line: number;
  readonly entries: Map<string, OpenEntry>;
}

class IniReader {
  readonly #file: string | null;
  readonly #defaults: OpenSection = { name: 'DEFAULT', line: 1, entries: new Map() };
  readonly #sections = new Map<string, OpenSection>();
  readonly #badLines: { readonly line: number; readonly text: string }[] = [];
  #section: OpenSection | undefined;
  #entry: OpenEntry | undefined;

  constructor(file: string | null) {
    this.#file = file;
  }

  take(text: string, line: number): void {
    const trimmed = stripped(text);
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';') || isRemark(text)) return;
    if (isSpace(text, 0) && this.#entry !== undefined) {
      this.#entry.parts.push(trimmed);
      return;
    }
    const name = sectionName(text);
    if (name !== undefined) {
      this.#open(name, line);
    } else if (this.#section === undefined) {
      const problem = `expected a section such as [NightlyBvt] before anything else, found ${quoted(trimmed)}`;
      throw new SchedulerConfigError(problem, { file: this.#file, line });
    } else {
      this.#takeKey(text, line, this.#section);
    }
  }

  end(): IniFile {
    const [first, ...others] = this.#badLines;
    if (first !== undefined) {
      const more = others.length === 0 ? '' : `; nor are lines ${others.map(({ line }) => line).join(', ')}`;
      const problem = `${quoted(first.text)} is no section, no "key: value" and no comment${more}`;
      throw new SchedulerConfigError(problem, { file: this.#file, line: first.line });
    }
    return { defaults: closed(this.#defaults), sections: [...this.#sections.values()].map(closed) };
  }

  #open(name: string, line: number): void {
    // A section cannot begin with the continuation of a value of the one before.
    this.#entry = undefined;
    this.#section = name === 'DEFAULT' ? this.#defaults : this.#sections.get(name);
    if (this.#section !== undefined) return;
    if (this.#sections.size >= maxSections) {
      throw new SchedulerConfigError(`more than ${maxSections} sections`, { file: this.#file, line });
    }
    this.#section = { name, line, entries: new Map() };
    this.#sections.set(name, this.#section);
  }

  #takeKey(text: string, line: number, section: OpenSection): void {
    const at = text.search(/[:=]/);
    if (at <= 0 || isSpace(text, 0)) {
      if (this.#badLines.length < maxBadLines) this.#badLines.push({ line, text: stripped(text) });
      return;
    }
    const key = keyName(text.slice(0, at));
    if (section.entries.size >= maxKeys && !section.entries.has(key)) {
      const problem = `more than ${maxKeys} keys in section ${quoted(section.name)}`;
      throw new SchedulerConfigError(problem, { file: this.#file, line });
    }
    this.#entry = { line, parts: [valueOf(text.slice(at + 1))] };
    section.entries.set(key, this.#entry);
  }
}

/** Keys go by their small letters, those of ASCII only. */
export function keyName(text: string): string {
  return stripped(text).replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** What follows the closing bracket does not count. */
function sectionName(line: string): string | undefined {
  const end = line.startsWith('[') ? line.indexOf(']') : -1;
  return end > 1 ? line.slice(1, end) : undefined;
}

/** The first `;` begins a comment if white space precedes it, and only then; `""` stands for an empty value. */
function valueOf(text: string): string {
  const value = stripped(text);
  const semicolon = value.indexOf(';');
  const isComment = semicolon > 0 && isSpace(value, semicolon - 1);
  const trimmed = stripped(isComment ? value.slice(0, semicolon) : value);
  return trimmed === '""' ? '' : trimmed;
}

function isRemark(line: string): boolean {
  return /^rem(?:[\t\v\f\r ]|$)/i.test(line);
}

function closed({ name, line, entries }: OpenSection): IniSection {
  const joined = [...entries].map(([key, { line: at, parts }]): [string, IniEntry] => [
    key,
    { line: at, raw: parts.join('\n') },
  ]);
  return { name, line, entries: new Map(joined) };
}

function isSpace(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 32 || (code >= 9 && code <= 13);
}

function quoted(text: string): string {
  return `"${excerpt(text, 80)}"`;
}
