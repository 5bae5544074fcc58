import { isObject, toInt, toList } from './json-values.js';
import { compareNullFirst, compileLookup, lookups } from './lookups.js';
import { isTruthy, pythonStr } from './python.js';
import { RpcError } from './rpc-error.js';

/** What a filter can ask of a table, in the words of the service's ORM. */
export interface Model<Row> {
  /** Fields and relations; a relation is written as a function, since models refer to each other. */
  readonly fields: Readonly<Record<string, Field<Row>>>;
  /** What the service lists as choices, where it knows fields that the lab has no values for. */
  readonly alsoKnown?: readonly string[] | undefined;
}

type Field<Row> =
  | { readonly type: 'text'; readonly get: (row: Row) => string | null }
  | { readonly type: 'integer'; readonly get: (row: Row) => number | null }
  | { readonly type: 'boolean'; readonly get: (row: Row) => boolean | null }
  /** Local time as text, which sorts as time does. */
  | { readonly type: 'time'; readonly get: (row: Row) => string | null }
  | Relation<Row>;

/** Hides the type of the related rows: the engine only ever hands them from `rows` to `test`. */
export interface Relation<Row> {
  readonly type: 'relation';
  /** Another name that means the related id, e.g. `parent_job_id`. */
  readonly idName?: string | undefined;
  readonly compile: (path: readonly string[], value: unknown) => Test<Row>;
}

type Test<Row> = (row: Row) => boolean;

/** A relation to the rows of another model; a row passes when any of its related rows does. */
export function relation<Row, Related>(
  model: () => Model<Related>,
  rows: (row: Row) => Iterable<Related>,
  idName?: string,
): Relation<Row> {
  return {
    type: 'relation',
    idName,
    compile(path, value) {
      if (path.length === 1 && path[0] === 'isnull') {
        return (row) => isEmpty(rows(row)) === isTruthy(value);
      }
      if (value === null && path.length === 0) return (row) => isEmpty(rows(row));
      const isLookup = path.length === 0 || (path.length === 1 && lookups.has(path[0] ?? ''));
      const test = compilePath(model(), isLookup ? ['id', ...path] : path, value);
      return (row) => {
        for (const related of rows(row)) if (test(related)) return true;
        return false;
      };
    },
  };
}

/**
 * The rows that match every condition, sorted and cut as `sort_by`, `query_start` and `query_limit` say.
 *
 * Throws `RpcError` with the name and text of the service's own error, and nothing else.
 */
export function select<Row>(model: Model<Row>, candidates: Iterable<Row>, filter: Filter): readonly Row[] {
  const matching = filterRows(model, candidates, filter);
  sortRows(model, matching, filter['sort_by'] ?? []);
  return cut(matching, filter);
}

/** How many rows match; the keywords about presentation do not matter. */
export function count<Row>(model: Model<Row>, candidates: Iterable<Row>, filter: Filter): number {
  return filterRows(model, candidates, filter).length;
}

export type Filter = Readonly<Record<string, unknown>>;

function filterRows<Row>(model: Model<Row>, candidates: Iterable<Row>, filter: Filter): Row[] {
  const tests: Test<Row>[] = [];
  for (const [keyword, value] of Object.entries(filter)) {
    if (presentation.has(keyword)) continue;
    if (sqlKeywords.has(keyword)) throw new RpcError('DatabaseError', `the embedded lab runs no SQL: ${keyword}`);
    tests.push(compilePath(model, keyword.split('__'), value));
  }
  const matching: Row[] = [];
  for (const row of candidates) if (tests.every((test) => test(row))) matching.push(row);
  return matching;
}

function compilePath<Row>(model: Model<Row>, path: readonly string[], value: unknown): Test<Row> {
  const [name = '', ...rest] = path;
  const field = fieldOf(model, name);
  if (field === undefined) return () => false;
  if (field.type === 'relation') return field.compile(rest, value);
  const [lookup = 'exact', ...more] = rest;
  if (more.length > 0 || !lookups.has(lookup)) {
    const misspelt = more[more.length - 1] ?? lookup;
    throw new RpcError(
      'FieldError',
      `Join on field '${name}' not permitted. Did you misspell '${misspelt}' for the lookup type?`,
    );
  }
  const test = compileLookup(field.type, lookup, value);
  return (row) => test(field.get(row));
}

/** Undefined for a field that the service knows and the lab has no values for. */
function fieldOf<Row>(model: Model<Row>, name: string): Field<Row> | undefined {
  if (Object.hasOwn(model.fields, name)) return model.fields[name];
  for (const field of Object.values(model.fields)) {
    if (field.type === 'relation' && field.idName === name) return field;
  }
  if (name === 'pk') return model.fields['id'];
  if (model.alsoKnown?.includes(name) === true) return undefined;
  const choices = [...Object.keys(model.fields), ...(model.alsoKnown ?? [])].sort();
  throw new RpcError('FieldError', `Cannot resolve keyword '${name}' into field. Choices are: ${choices.join(', ')}`);
}

function sortRows<Row>(model: Model<Row>, rows: Row[], sortBy: unknown): void {
  const keys = toList(sortBy).map((item) => {
    const text = pythonStr(item);
    const descending = text.startsWith('-');
    const field = fieldOf(model, descending ? text.slice(1) : text);
    return { descending, get: field === undefined || field.type === 'relation' ? () => null : field.get };
  });
  if (keys.length === 0) return;
  rows.sort((a, b) => {
    for (const { descending, get } of keys) {
      const order = compareNullFirst(get(a), get(b));
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  });
}

function cut<Row>(rows: readonly Row[], filter: Filter): readonly Row[] {
  const limit = filter['query_limit'] ?? null;
  const start = filter['query_start'] ?? null;
  if (limit === null) {
    if (isTruthy(start)) throw new RpcError('ValueError', 'Cannot pass query_start without query_limit');
    return rows;
  }
  const from = start === null ? 0 : toInt(start);
  const to = from + toInt(limit);
  if (from < 0 || to < from) throw new RpcError('AssertionError', 'Negative indexing is not supported.');
  return rows.slice(from, to);
}

function isEmpty(rows: Iterable<unknown>): boolean {
  for (const row of rows) return row === undefined;
  return true;
}

/** Whether a value can be a filter at all, e.g. the `host_filter_data` of `modify_hosts`. */
export function isFilter(value: unknown): value is Filter {
  return isObject(value);
}

const presentation: ReadonlySet<string> = new Set(['sort_by', 'query_start', 'query_limit', 'no_distinct']);
const sqlKeywords: ReadonlySet<string> = new Set(['extra_where', 'extra_args', 'join_custom']);
