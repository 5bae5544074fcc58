import type { NamedRecords } from '../lab/named-records.js';
import type { JsonObject } from './json-values.js';
import { toList } from './json-values.js';
import { isTruthy, pythonRepr, pythonStr, pythonTypeName } from './python.js';
import { RpcError } from './rpc-error.js';

/** A table whose rows callers name by id or by name. */
export interface NamedTable<Row extends { readonly id: number }> {
  /** The class of its rows in the service. */
  readonly noun: string;
  readonly nameField: string;
  readonly rows: NamedRecords<Row>;
}

/** The row of an id (a number) or a name (a text). */
export function recordOf<Row extends { readonly id: number }>(table: NamedTable<Row>, id: unknown): Row {
  const row = findRecord(table, id);
  if (row !== undefined) return row;
  throw doesNotExist(table.noun, typeof id === 'string' ? table.nameField : 'pk', id);
}

/** The rows of ids or names; those that are not there are named together. */
export function recordsOf<Row extends { readonly id: number }>(table: NamedTable<Row>, ids: unknown): readonly Row[] {
  const rows: Row[] = [];
  const missing: unknown[] = [];
  for (const id of toList(ids)) {
    const row = findRecord(table, id);
    if (row === undefined) missing.push(id);
    else rows.push(row);
  }
  if (missing.length === 0) return rows;
  const strange = missing.findIndex((id) => typeof id !== 'string');
  if (strange >= 0) {
    const type = pythonTypeName(missing[strange]);
    throw new RpcError('TypeError', `sequence item ${strange}: expected string, ${type} found`);
  }
  const names = missing.map(pythonStr).join(', ');
  throw new RpcError('DoesNotExist', `The following ${table.noun.toLowerCase()}s do not exist: ${names}`);
}

export function doesNotExist(noun: string, lookup: string, value: unknown): RpcError {
  const parameters = `{'${lookup}': ${pythonRepr(value)}}`;
  return new RpcError('DoesNotExist', `${noun} matching query does not exist. Lookup parameters were ${parameters}`);
}

/** Throws when a name is empty or belongs to another row. */
export function checkName<Row extends { readonly id: number }>(
  { nameField, rows }: NamedTable<Row>,
  name: string,
  own?: Row,
): void {
  const problem =
    name === '' ? 'This field is required.' : rows.has(name) && rows.get(name) !== own ? notUnique(name) : undefined;
  if (problem !== undefined) throw problems({ [nameField]: problem });
}

/** Throws when data names a field that the table does not have. */
export function checkFields(data: JsonObject, fields: readonly string[]): void {
  const unknown = Object.keys(data).filter((name) => !fields.includes(name));
  if (unknown.length > 0) throw problems(Object.fromEntries(unknown.map((name) => [name, 'No field of this name'])));
}

/** Whether data sets a flag, or what the flag was before. */
export function flagOf(data: JsonObject, name: string, before: boolean): boolean {
  return data[name] === undefined ? before : isTruthy(data[name]);
}

function findRecord<Row extends { readonly id: number }>({ rows }: NamedTable<Row>, id: unknown): Row | undefined {
  if (typeof id === 'string') return rows.get(id);
  if (typeof id === 'number' || typeof id === 'boolean') return rows.byId(Number(id));
  const type = pythonTypeName(id);
  throw new RpcError('ValueError', `Invalid positional argument: ${pythonStr(id)} (<type '${type}'>)`);
}

function notUnique(name: string): string {
  return `This value must be unique (${name})`;
}

function problems(byField: Readonly<Record<string, string>>): RpcError {
  return new RpcError('ValidationError', pythonRepr(byField));
}
