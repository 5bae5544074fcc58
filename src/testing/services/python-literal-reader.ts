/** A text that is not one of the literals that {@link PythonLiteralReader} reads. */
export class LiteralError extends Error {
  constructor(problem: string, position: number) {
    super(`${problem} at character ${position + 1}`);
    this.name = 'LiteralError';
  }
}

/**
 * Reads Python literals as the values that they are: strings, numbers, True, False, None, lists and dicts. The
 * package's reader of control files gives all of them as text. Nothing is ever run; takes time in proportion to the text.
 */
export class PythonLiteralReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The name of an assignment and its value, up to the end of the line; undefined where no assignment begins. */
  assignment(): { readonly name: string; readonly value: unknown } | undefined {
    const name = this.#match(assignmentStart)?.[1];
    if (name === undefined) return undefined;
    const value = this.value();
    if (!this.#accept('\n')) throw this.error('the value does not end with its line');
    return { name, value };
  }

  /** @throws LiteralError for anything but a literal, and for one that nests too deep */
  value(): unknown {
    if (this.#accept('[')) return this.#list();
    if (this.#accept('{')) return this.#dict();
    const text = this.#string();
    if (text !== undefined) return text;
    const word = this.#match(wordOrNumber)?.[0];
    if (word === undefined) throw this.error('there is no literal');
    const constant = constants.get(word);
    if (constant !== undefined) return constant.value;
    return Number(word);
  }

  #list(): unknown[] {
    return this.#items(']', () => this.value());
  }

  #dict(): Record<string, unknown> {
    const entries = this.#items('}', (): [string, unknown] => {
      const key = this.#string();
      if (key === undefined) throw this.error('the key is not a string');
      if (!this.#accept(': ')) throw this.error('there is no colon');
      return [key, this.value()];
    });
    // Defines properties, so that a key `__proto__` is a key like any other.
    return Object.fromEntries(entries);
  }

  #items<T>(end: ']' | '}', readItem: () => T): T[] {
    const items: T[] = [];
    if (this.#accept(end)) return items;
    if (++this.#depth > maxDepth) throw this.error('the value nests too deep');
    do items.push(readItem());
    while (this.#accept(', '));
    this.#depth--;
    if (!this.#accept(end)) throw this.error(`there is no ${end}`);
    return items;
  }

  #string(): string | undefined {
    const start = this.#at;
    const isUnicode = this.#accept('u');
    const quote = this.#text[this.#at];
    if (quote !== "'" && quote !== '"') {
      this.#at = start;
      return undefined;
    }
    this.#at++;
    let text = '';
    for (;;) {
      const plain = this.#match(quote === "'" ? plainInSingle : plainInDouble)?.[0] ?? '';
      text += plain;
      if (this.#accept(quote)) return text;
      text += this.#escape(isUnicode);
    }
  }

  #escape(isUnicode: boolean): string {
    const [whole, simple, ...codes] = this.#match(isUnicode ? unicodeEscape : escape) ?? [];
    if (whole === undefined) throw this.error('the string does not end, or has an escape that nobody writes');
    if (simple !== undefined) return simpleEscapes.get(simple) ?? simple;
    return String.fromCodePoint(Number.parseInt(codes.join(''), 16));
  }

  #accept(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  /** Matches a sticky pattern here. */
  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.#at = pattern.lastIndex;
    return found;
  }

  /** What is wrong here. */
  error(problem: string): LiteralError {
    return new LiteralError(problem, this.#at);
  }
}

const assignmentStart = /([A-Za-z_]\w*)=/y;
const wordOrNumber = /True|False|None|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/y;
const plainInSingle = /[^'\\\n]+/y;
const plainInDouble = /[^"\\\n]+/y;
const escape = /\\(?:([nrt\\'"])|x([0-9a-f]{2}))/y;
const unicodeEscape = /\\(?:([nrt\\'"])|x([0-9a-f]{2})|u([0-9a-f]{4})|U(000[0-9a-f]{5}|0010[0-9a-f]{4}))/y;

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

const constants: ReadonlyMap<string, { readonly value: unknown }> = new Map([
  ['True', { value: true }],
  ['False', { value: false }],
  ['None', { value: null }],
]);

/** More than a request to the services may nest. */
const maxDepth = 400;
