import type { LabState } from '../lab/lab-state.js';
import type { LocalTime } from '../lab/local-time.js';
import type { LabTestRow } from '../lab/model.js';
import type { Filter, Model } from './filters.js';
import { filterRows, present } from './filters.js';
import type { JsonObject } from './json-values.js';
import { isObject, toList } from './json-values.js';
import { compareNullFirst } from './lookups.js';
import { isTruthy, pythonRepr, pythonStr, pythonTypeName } from './python.js';
import { inSetOrder } from './python-set.js';
import { RpcError } from './rpc-error.js';
import type { RpcMethod } from './rpc-method.js';
import { columnOf, columnRepr, columnValue } from './tko-columns.js';
import { rowModel, rowsIndexed, view } from './tko-rows.js';

/** How rows are put into groups, and which table the groups are to fill. */
export interface Grouping {
  readonly groupBy: readonly string[];
  /** For each side of the table the fields that its headers show. */
  readonly headerGroups: readonly (readonly string[])[];
  /** Headers that have to be there, by the field that they show; and no others. */
  readonly fixedHeaders?: Readonly<Record<string, readonly unknown[]>> | undefined;
}

/** The methods that group the rows of tests. */
export function groupMethods(state: LabState, time: LocalTime): Readonly<Record<string, RpcMethod>> {
  const table: GroupTable = { model: rowModel(time), view: (row) => view(row, time) };
  const rowsWhere = (filter: Filter) => filterRows(table.model, rowsIndexed(state, filter), filter);
  return {
    get_group_counts: {
      required: ['group_by'],
      optional: ['header_groups', 'fixed_headers', 'extra_select_fields'],
      takesOthers: true,
      run: ({ named, others }) => {
        if (isTruthy(named['extra_select_fields'])) {
          throw new RpcError('DatabaseError', 'the embedded lab runs no SQL: extra_select_fields');
        }
        return tabulate(table, rowsWhere(others), groupingOf(named), others, countOf);
      },
    },
    get_status_counts: {
      required: ['group_by'],
      optional: ['header_groups', 'fixed_headers'],
      takesOthers: true,
      run: ({ named, others }) => tabulate(table, rowsWhere(others), groupingOf(named), others, statusCountsOf),
    },
    get_latest_tests: {
      required: ['group_by'],
      optional: ['header_groups', 'fixed_headers', 'extra_info'],
      takesOthers: true,
      run: ({ named, others }) => {
        const rows = rowsWhere(others).filter((row) => row.status !== 'TEST_NA');
        const extraInfo = toList(named['extra_info'] ?? []).map(pythonStr);
        return tabulate(table, rows, groupingOf(named), others, (group) => latestOf(table, group, extraInfo));
      },
    },
    get_num_groups: {
      required: ['group_by'],
      takesOthers: true,
      run: ({ named, others }) => {
        const fields = inSetOrder(toList(named['group_by']).map(pythonStr));
        return groupRows(table, present(table.model, rowsWhere(others), others), fields).length;
      },
    },
  };
}

/** What `get_status_counts` answers for some rows. */
export function statusCounts(time: LocalTime, rows: readonly LabTestRow[], grouping: Grouping): object {
  const table: GroupTable = { model: rowModel(time), view: (row) => view(row, time) };
  return tabulate(table, rows, grouping, {}, statusCountsOf);
}

interface GroupTable {
  readonly model: Model<LabTestRow>;
  readonly view: (row: LabTestRow) => object;
}

type Group = readonly [LabTestRow, ...LabTestRow[]];

function groupingOf(named: JsonObject): Grouping {
  const fixed = named['fixed_headers'] ?? {};
  if (!isObject(fixed))
    throw new RpcError('AttributeError', `'${pythonTypeName(fixed)}' object has no attribute 'iteritems'`);
  return {
    groupBy: toList(named['group_by']).map(pythonStr),
    headerGroups: toList(named['header_groups'] ?? []).map((group) => toList(group).map(pythonStr)),
    fixedHeaders: Object.fromEntries(Object.entries(fixed).map(([field, values]) => [field, toList(values)])),
  };
}

function tabulate(
  table: GroupTable,
  rows: readonly LabTestRow[],
  { groupBy, headerGroups, fixedHeaders = {} }: Grouping,
  filter: Filter,
  more: (group: Group) => object,
): object {
  const fields = inSetOrder(groupBy);
  const restriction = Object.fromEntries(Object.entries(fixedHeaders).map(([field, list]) => [`${field}__in`, list]));
  const groups = groupRows(table, filterRows(table.model, rows, restriction), fields);
  const byFirst = new Map(groups.map((group) => [group[0], group]));
  const shown = present(table.model, [...byFirst.keys()], filter).flatMap((first) => {
    const group = byFirst.get(first);
    return group === undefined ? [] : [group];
  });
  const headers = headerGroups.map((header) => headerValues(table, shown, header, fixedHeaders));
  for (const field of Object.keys(fixedHeaders)) {
    if (headerGroups.some((header) => header.length === 1 && header[0] === field)) continue;
    throw new RpcError('RuntimeError', `Field ${field} not found in header groups ${pythonRepr(headerGroups)}`);
  }
  return {
    header_values: headers,
    groups: shown.map((group) => {
      const answer: Record<string, unknown> = {
        ...table.view(group[0]),
        invalid: Number(group[0].invalid),
        ...more(group),
        id: `[${fields.map((field) => columnRepr(table.model, field, group[0])).join(', ')}]`,
      };
      if (headerGroups.length === 0) return answer;
      const indices = headerGroups.map((header, side) => {
        const own = JSON.stringify(header.map((field) => columnValue(table.model, field, group[0])));
        return headers[side]?.findIndex((value) => JSON.stringify(value) === own) ?? 0;
      });
      const kept = Object.entries(answer).filter(([name]) => !fields.includes(name));
      return { ...Object.fromEntries(kept), header_indices: indices };
    }),
  };
}

/** Groups in the order of what they share; texts that differ in case alone are the same to the database. */
function groupRows({ model }: GroupTable, rows: readonly LabTestRow[], fields: readonly string[]): readonly Group[] {
  const groups = new Map<string, [LabTestRow, ...LabTestRow[]]>();
  const columns = fields.map((field) => columnOf(model, field));
  for (const row of rows) {
    const key = JSON.stringify(columns.map(({ get }) => get(row))).toLowerCase();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()].sort(([a], [b]) => {
    for (const { get } of columns) {
      const order = compareNullFirst(get(a), get(b));
      if (order !== 0) return order;
    }
    return 0;
  });
}

function headerValues(
  { model }: GroupTable,
  groups: readonly Group[],
  header: readonly string[],
  fixedHeaders: Readonly<Record<string, readonly unknown[]>>,
): readonly (readonly unknown[])[] {
  const values = new Map<string, readonly unknown[]>();
  const add = (value: readonly unknown[]) => values.set(JSON.stringify(value), value);
  for (const [first] of groups) add(header.map((field) => columnValue(model, field, first)));
  const [only] = header;
  if (header.length === 1 && only !== undefined) for (const value of fixedHeaders[only] ?? []) add([value]);
  return [...values.values()].sort(compareTuples);
}

/** As Python sorts tuples: numbers before texts, texts by their characters. */
function compareTuples(a: readonly unknown[], b: readonly unknown[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (left === right) continue;
    if (typeof left === 'number' && typeof right === 'number') return left - right;
    return pythonRank(left) - pythonRank(right) || (pythonStr(left) < pythonStr(right) ? -1 : 1);
  }
  return 0;
}

function pythonRank(value: unknown): number {
  if (value === null) return 0;
  return typeof value === 'string' ? 2 : 1;
}

function countOf(group: Group): object {
  return { group_count: group.length };
}

function statusCountsOf(group: Group): object {
  return {
    group_count: group.length,
    pass_count: group.filter((row) => row.status === 'GOOD').length,
    complete_count: group.filter((row) => row.status !== 'TEST_NA').length,
    incomplete_count: 0,
  };
}

function latestOf(table: GroupTable, group: Group, extraInfo: readonly string[]): object {
  const latest = group.reduce((best, row) => (row.testIdx > best.testIdx ? row : best));
  return {
    ...statusCountsOf([latest]),
    test_idx: latest.testIdx,
    extra_info: extraInfo.map((field) => columnValue(table.model, field, latest)),
  };
}
