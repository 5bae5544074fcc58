import type { Condition, Field, Key, Model, PlainField, Relation, Test } from './filter-model.js';
import { isObject, toInt } from './json-values.js';
import { compareNullFirst, compileLookup, lookups } from './lookups.js';
import { isTruthy, pythonStr } from './python.js';
import { RpcError } from './rpc-error.js';
import { compileWhere } from './sql-where.js';

export type { Model } from './filter-model.js';

/** A relation to the rows of another model; a row passes when any of its related rows does. */
export function relation<Row, Related>(
  model: () => Model<Related>,
  rows: (row: Row) => Iterable<Related>,
  idName?: string,
): Relation<Row> {
  return {
    type: 'relation',
    idName,
    compile(conditions) {
      const tests: Test<Related>[] = [];
      const others: Condition[] = [];
      for (const condition of conditions) {
        const wantsNone = wantsNull(condition);
        if (wantsNone !== undefined) tests.push((related) => (related === undefined) === wantsNone);
        else others.push({ ...condition, path: toIdPath(condition.path) });
      }
      tests.push(compileAll(model(), others));
      return (row) => {
        let isEmpty = true;
        for (const related of row === undefined ? [] : rows(row)) {
          isEmpty = false;
          if (tests.every((test) => test(related))) return true;
        }
        return isEmpty && tests.every((test) => test(undefined));
      };
    },
    sortKey(path) {
      const key = compileKey(model(), path.length === 0 ? ['id'] : path);
      return (row) => {
        for (const related of row === undefined ? [] : rows(row)) return key(related);
        return null;
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
  return present(model, filterRows(model, candidates, filter), filter);
}

/** How many rows match; the keywords about presentation do not matter. */
export function count<Row>(model: Model<Row>, candidates: Iterable<Row>, filter: Filter): number {
  return filterRows(model, candidates, filter).length;
}

export type Filter = Readonly<Record<string, unknown>>;

/** The rows that match every condition, in the order in which they came. */
export function filterRows<Row>(model: Model<Row>, candidates: Iterable<Row>, filter: Filter): readonly Row[] {
  const conditions: Condition[] = [];
  for (const [keyword, value] of Object.entries(filter)) {
    if (special.has(keyword)) continue;
    if (keyword === 'extra_args') throw new RpcError('DatabaseError', 'the embedded lab runs no SQL: extra_args');
    conditions.push({ path: keyword.split('__'), value });
  }
  const test = compileAll(model, conditions);
  const where = isTruthy(filter['extra_where']) ? compileWhere(model, pythonStr(filter['extra_where'])) : undefined;
  const matching: Row[] = [];
  for (const row of candidates) if (test(row) && where?.(row) !== false) matching.push(row);
  return matching;
}

/** Sorts and cuts rows as a filter says. */
export function present<Row>(model: Model<Row>, rows: readonly Row[], filter: Filter): readonly Row[] {
  return cut(sorted(model, rows, filter['sort_by']), filter);
}

/** The field of a name that is no relation and that the lab has values for. */
export function plainField<Row>(model: Model<Row>, name: string): PlainField<Row> | undefined {
  const field = fieldOf(model, name);
  return field === undefined || field.type === 'relation' ? undefined : field;
}

function compileAll<Row>(model: Model<Row>, conditions: readonly Condition[]): Test<Row> {
  const tests: Test<Row>[] = [];
  const joins = new Map<Relation<Row>, Condition[]>();
  for (const { path, value } of conditions) {
    const [name = '', ...rest] = path;
    const field = fieldOf(model, name);
    if (field === undefined) {
      const passes = wantsNull({ path: rest.slice(-1), value }) ?? false;
      tests.push(() => passes);
    } else if (field.type !== 'relation') {
      tests.push(compileField(field, name, rest, value));
    } else {
      const joined = joins.get(field);
      if (joined === undefined) joins.set(field, [{ path: rest, value }]);
      else joined.push({ path: rest, value });
    }
  }
  for (const [field, joined] of joins) tests.push(field.compile(joined));
  return (row) => tests.every((test) => test(row));
}

function compileField<Row>(field: PlainField<Row>, name: string, path: readonly string[], value: unknown): Test<Row> {
  const [lookup = 'exact', ...more] = path;
  if (more.length > 0 || !lookups.has(lookup)) {
    const misspelt = more[more.length - 1] ?? lookup;
    throw new RpcError(
      'FieldError',
      `Join on field '${name}' not permitted. Did you misspell '${misspelt}' for the lookup type?`,
    );
  }
  const test = compileLookup(field.type, lookup, value);
  return (row) => test(row === undefined ? null : field.get(row));
}

/** Whether a condition on a relation asks for none or for any; undefined when it asks for more. */
function wantsNull({ path, value }: Condition): boolean | undefined {
  if (path.length === 1 && path[0] === 'isnull') return isTruthy(value);
  return path.length === 0 && value === null ? true : undefined;
}

/** A lookup on a relation itself is one on the related id. */
function toIdPath(path: readonly string[]): readonly string[] {
  return path.length === 0 || (path.length === 1 && lookups.has(path[0] ?? '')) ? ['id', ...path] : path;
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

function sorted<Row>(model: Model<Row>, rows: readonly Row[], sortBy: unknown): readonly Row[] {
  if (!isTruthy(sortBy)) return rows;
  if (!Array.isArray(sortBy)) throw new RpcError('AssertionError', '');
  const keys = sortBy.map((item) => {
    const text = pythonStr(item);
    const descending = text.startsWith('-');
    return { descending, get: compileKey(model, (descending ? text.slice(1) : text).split('__')) };
  });
  return [...rows].sort((a, b) => {
    for (const { descending, get } of keys) {
      const order = compareNullFirst(get(a), get(b));
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  });
}

function compileKey<Row>(model: Model<Row>, path: readonly string[]): Key<Row> {
  const [name = '', ...rest] = path;
  const field = fieldOf(model, name);
  if (field === undefined) return () => null;
  if (field.type === 'relation') return field.sortKey(rest);
  if (rest.length > 0) throw new RpcError('FieldError', `Join on field '${name}' not permitted.`);
  return (row) => (row === undefined ? null : field.get(row));
}

function cut<Row>(rows: readonly Row[], filter: Filter): readonly Row[] {
  const limit = filter['query_limit'] ?? null;
  const start = filter['query_start'] ?? null;
  if (limit === null) {
    if (start !== null) throw new RpcError('ValueError', 'Cannot pass query_start without query_limit');
    return rows;
  }
  const from = start === null ? 0 : toInt(start);
  const to = from + toInt(limit);
  if (from < 0 || to < 0) throw new RpcError('AssertionError', 'Negative indexing is not supported.');
  return rows.slice(from, to);
}

/** Whether a value can be a filter at all, e.g. the `host_filter_data` of `modify_hosts`. */
export function isFilter(value: unknown): value is Filter {
  return isObject(value);
}

/** What is no condition on a field. */
const special: ReadonlySet<string> = new Set(['sort_by', 'query_start', 'query_limit', 'no_distinct', 'extra_where']);
