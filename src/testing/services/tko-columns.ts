import type { LabTestRow } from '../lab/model.js';
import type { Model } from './filters.js';
import { plainField } from './filters.js';
import type { Value } from './lookups.js';
import { pythonRepr, pythonStr } from './python.js';

/** A field of the view, or the day of a time of it. */
export interface Column {
  readonly type: 'text' | 'integer' | 'boolean' | 'time' | 'day';
  readonly get: (row: LabTestRow) => Value;
}

export function columnOf(model: Model<LabTestRow>, name: string): Column {
  const day = /^DATE\((test_finished_time|job_queued_time)\)$/.exec(name)?.[1];
  const field = plainField(model, day ?? name);
  if (field === undefined) return { type: 'text', get: () => null };
  return day === undefined ? field : { type: 'day', get: (row) => pythonStr(field.get(row)).slice(0, 10) };
}

export function columnValue(model: Model<LabTestRow>, name: string, row: LabTestRow): Value {
  return columnOf(model, name).get(row);
}

/** A column's value as Python prints what the database's driver hands it: texts are unicode, numbers are long. */
export function columnRepr(model: Model<LabTestRow>, name: string, row: LabTestRow): string {
  const { type, get } = columnOf(model, name);
  const value = get(row);
  if (value === null) return 'None';
  if (type === 'integer') return `${Number(value)}L`;
  if (type === 'boolean') return String(Number(value));
  const text = String(value);
  if (type === 'text') return `u${pythonRepr(text).replace(/[^\u0000-\u007f]/g, escapeUnicode)}`;
  const numbers = text.match(/\d+/g)?.map(Number) ?? [];
  if (type === 'day') return `datetime.date(${numbers.join(', ')})`;
  const shown = numbers.at(-1) === 0 ? numbers.slice(0, -1) : numbers;
  return `datetime.datetime(${shown.join(', ')})`;
}

function escapeUnicode(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16)}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
