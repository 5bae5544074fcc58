import type { Field, Model } from './filter-model.js';
import type { Value } from './lookups.js';
import { compareNullFirst, textOf } from './lookups.js';
import { RpcError } from './rpc-error.js';
import type { SqlToken } from './sql-tokens.js';
import { maxNesting, syntaxError, tokenize } from './sql-tokens.js';

/**
 * A condition in SQL, as `extra_where` takes it: comparisons of columns with literals, `LIKE`, `IN`, `BETWEEN` and
 * `IS NULL`, joined by `AND`, `OR`, `NOT` and parentheses. Anything else is the database's syntax error.
 */
export function compileWhere<Row>(model: Model<Row>, text: string): (row: Row) => boolean {
  const condition = new WhereParser(model, text).parse();
  return (row) => condition(row) === true;
}

/** Null is SQL's unknown. */
type Condition<Row> = (row: Row) => boolean | null;
type Operand<Row> = (row: Row) => Value;

class WhereParser<Row> {
  readonly #model: Model<Row>;
  readonly #text: string;
  readonly #tokens: readonly SqlToken[];
  #next = 0;
  #depth = 0;
  #unknownColumn: string | undefined;

  constructor(model: Model<Row>, text: string) {
    this.#model = model;
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  parse(): Condition<Row> {
    const condition = this.#or();
    if (this.#next < this.#tokens.length) throw this.#unexpected();
    // The database looks at names only once it has read the whole.
    if (this.#unknownColumn === undefined) return condition;
    throw new RpcError('DatabaseError', `(1054, "Unknown column '${this.#unknownColumn}' in 'where clause'")`);
  }

  #or(): Condition<Row> {
    const terms = [this.#and()];
    while (this.#take('or') || this.#take('||')) terms.push(this.#and());
    return terms.length === 1 ? onlyOf(terms) : (row) => combine(terms, row, true);
  }

  #and(): Condition<Row> {
    const terms = [this.#not()];
    while (this.#take('and') || this.#take('&&')) terms.push(this.#not());
    return terms.length === 1 ? onlyOf(terms) : (row) => combine(terms, row, false);
  }

  #not(): Condition<Row> {
    if (this.#take('not') || this.#take('!')) {
      const inner = this.#nested(() => this.#not());
      return (row) => negate(inner(row));
    }
    return this.#take('(') ? this.#parenthesised() : this.#comparison();
  }

  #parenthesised(): Condition<Row> {
    const inner = this.#nested(() => this.#or());
    this.#expect(')');
    return inner;
  }

  #comparison(): Condition<Row> {
    const left = this.#operand();
    const comparator = this.#comparator();
    if (comparator !== undefined) {
      const right = this.#operand();
      return (row) => compareWith(left(row), right(row), comparator);
    }
    if (this.#take('is')) {
      const isNegated = this.#take('not');
      this.#expect('null');
      return (row) => (left(row) === null) !== isNegated;
    }
    const isNegated = this.#take('not');
    const condition = this.#listOrPattern(left);
    if (condition !== undefined) return isNegated ? (row) => negate(condition(row)) : condition;
    if (isNegated) throw this.#unexpected();
    return (row) => truthOf(left(row));
  }

  #listOrPattern(left: Operand<Row>): Condition<Row> | undefined {
    if (this.#take('like')) {
      const pattern = this.#operand();
      return (row) => isLike(left(row), pattern(row));
    }
    if (this.#take('between')) {
      const low = this.#operand();
      this.#expect('and');
      const high = this.#operand();
      const tests: Condition<Row>[] = [
        (row) => compareWith(left(row), low(row), (order) => order >= 0),
        (row) => compareWith(left(row), high(row), (order) => order <= 0),
      ];
      return (row) => combine(tests, row, false);
    }
    if (!this.#take('in')) return undefined;
    this.#expect('(');
    const items = [this.#operand()];
    while (this.#take(',')) items.push(this.#operand());
    this.#expect(')');
    const tests = items.map(
      (item): Condition<Row> =>
        (row) =>
          compareWith(left(row), item(row), (order) => order === 0),
    );
    return (row) => combine(tests, row, true);
  }

  #operand(): Operand<Row> {
    const token = this.#tokens[this.#next];
    if (token?.kind === 'text' || token?.kind === 'number') {
      this.#next++;
      return () => token.value;
    }
    if (token?.kind !== 'name') throw this.#unexpected();
    const name = token.value.toLowerCase();
    if (reserved.has(name)) {
      if (!constants.has(name)) throw this.#unexpected();
      this.#next++;
      return () => constants.get(name) ?? null;
    }
    this.#next++;
    return this.#column(token.value);
  }

  /** `name`, or `table.name`: a filter is about one table. */
  #column(name: string): Operand<Row> {
    const column = name.slice(name.lastIndexOf('.') + 1);
    const field = columnOf(this.#model, column);
    if (field === undefined) {
      this.#unknownColumn ??= name;
      return () => null;
    }
    return field.type === 'relation' ? field.sortKey([]) : (row) => field.get(row);
  }

  #comparator(): ((order: number) => boolean) | undefined {
    const token = this.#tokens[this.#next];
    const comparator = token?.kind === 'sign' ? comparators.get(token.value) : undefined;
    if (comparator !== undefined) this.#next++;
    return comparator;
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > maxNesting) throw new RpcError('DatabaseError', '(1436, "Thread stack overrun")');
    const value = read();
    this.#depth--;
    return value;
  }

  #take(word: string): boolean {
    const token = this.#tokens[this.#next];
    if (token === undefined || token.kind === 'text' || token.kind === 'number') return false;
    if (token.value.toLowerCase() !== word) return false;
    this.#next++;
    return true;
  }

  #expect(word: string): void {
    if (!this.#take(word)) throw this.#unexpected();
  }

  #unexpected(): RpcError {
    return syntaxError(this.#text, this.#tokens[this.#next]?.at ?? this.#text.length);
  }
}

function columnOf<Row>(model: Model<Row>, column: string): Field<Row> | undefined {
  const field = Object.hasOwn(model.fields, column) ? model.fields[column] : undefined;
  if (field !== undefined && field.type !== 'relation') return field;
  return Object.values(model.fields).find((other) => other.type === 'relation' && other.idName === column);
}

function onlyOf<T>(terms: readonly T[]): T {
  const [only] = terms;
  if (only === undefined) throw new RangeError('a condition without terms');
  return only;
}

/** `OR` when any term decides by being true, `AND` when any decides by being false; else unknown wins. */
function combine<Row>(terms: readonly Condition<Row>[], row: Row, decisive: boolean): boolean | null {
  let result: boolean | null = !decisive;
  for (const term of terms) {
    const value = term(row);
    if (value === decisive) return decisive;
    if (value === null) result = null;
  }
  return result;
}

function negate(value: boolean | null): boolean | null {
  return value === null ? null : !value;
}

function truthOf(value: Value): boolean | null {
  return value === null ? null : numberOf(value) !== 0;
}

function compareWith(left: Value, right: Value, passes: (order: number) => boolean): boolean | null {
  if (left === null || right === null) return null;
  if (typeof left === 'string' && typeof right === 'string') return passes(compareNullFirst(left, right));
  return passes(numberOf(left) - numberOf(right));
}

/** A text is the number that it begins with, else 0. */
function numberOf(value: string | number | boolean): number {
  if (typeof value !== 'string') return Number(value);
  return Number(/^\s*[+-]?\d{1,15}(?:\.\d{1,15})?/.exec(value)?.[0] ?? 0);
}

function isLike(left: Value, right: Value): boolean | null {
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

const comparators: ReadonlyMap<string, (order: number) => boolean> = new Map([
  ['=', (order) => order === 0],
  ['<>', (order) => order !== 0],
  ['!=', (order) => order !== 0],
  ['<', (order) => order < 0],
  ['<=', (order) => order <= 0],
  ['>', (order) => order > 0],
  ['>=', (order) => order >= 0],
]);

const constants: ReadonlyMap<string, boolean | null> = new Map([
  ['null', null],
  ['true', true],
  ['false', false],
]);

const reserved: ReadonlySet<string> = new Set([
  ...['and', 'or', 'not', 'in', 'is', 'like', 'between', 'select', 'from', 'where', 'exists', 'case'],
  ...constants.keys(),
]);
