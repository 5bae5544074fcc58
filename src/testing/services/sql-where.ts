import type { Field, Model } from './filter-model.js';
import type { Value } from './lookups.js';
import { RpcError } from './rpc-error.js';
import type { SqlToken } from './sql-tokens.js';
import { maxNesting, syntaxError, tokenize } from './sql-tokens.js';
import type { SqlCondition } from './sql-values.js';
import { combine, compareWith, isLike, negate, truthOf } from './sql-values.js';

/**
 * A condition in SQL, as `extra_where` takes it: comparisons of columns with literals, `LIKE`, `IN`, `BETWEEN` and
 * `IS NULL`, joined by `AND`, `OR`, `NOT` and parentheses. Anything else is the database's syntax error.
 */
export function compileWhere<Row>(model: Model<Row>, text: string): (row: Row) => boolean {
  const condition = new WhereParser(model, text).parse();
  return (row) => condition(row) === true;
}

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

  parse(): SqlCondition<Row> {
    const condition = this.#or();
    if (this.#next < this.#tokens.length) throw this.#unexpected();
    // The database looks at names only once it has read the whole.
    if (this.#unknownColumn === undefined) return condition;
    throw new RpcError('DatabaseError', `(1054, "Unknown column '${this.#unknownColumn}' in 'where clause'")`);
  }

  #or(): SqlCondition<Row> {
    const terms = [this.#and()];
    while (this.#take('or') || this.#take('||')) terms.push(this.#and());
    return (row) => combine(terms, row, true);
  }

  #and(): SqlCondition<Row> {
    const terms = [this.#not()];
    while (this.#take('and') || this.#take('&&')) terms.push(this.#not());
    return (row) => combine(terms, row, false);
  }

  #not(): SqlCondition<Row> {
    if (this.#take('not') || this.#take('!')) {
      const inner = this.#nested(() => this.#not());
      return (row) => negate(inner(row));
    }
    return this.#take('(') ? this.#parenthesised() : this.#comparison();
  }

  #parenthesised(): SqlCondition<Row> {
    const inner = this.#nested(() => this.#or());
    this.#expect(')');
    return inner;
  }

  #comparison(): SqlCondition<Row> {
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

  #listOrPattern(left: Operand<Row>): SqlCondition<Row> | undefined {
    if (this.#take('like')) {
      const pattern = this.#operand();
      return (row) => isLike(left(row), pattern(row));
    }
    if (this.#take('between')) {
      const low = this.#operand();
      this.#expect('and');
      const high = this.#operand();
      const tests: SqlCondition<Row>[] = [
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
      (item): SqlCondition<Row> =>
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
