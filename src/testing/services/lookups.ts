import { toInt, toList } from './json-values.js';
import { isTruthy, pythonStr } from './python.js';
import { RpcError } from './rpc-error.js';

/** The lookups that a field can have. */
export const lookups: ReadonlySet<string> = new Set([
  'exact',
  'iexact',
  'in',
  'isnull',
  'gt',
  'gte',
  'lt',
  'lte',
  'range',
  'startswith',
  'istartswith',
  'endswith',
  'iendswith',
  'contains',
  'icontains',
  'regex',
  'iregex',
  'year',
  'month',
  'day',
]);

export type Value = string | number | boolean | null;

/** A lookup such as `__in` on a plain field, as a test of the field's value. */
export function compileLookup(type: PlainType, lookup: string, value: unknown): (value: Value) => boolean {
  switch (lookup) {
    case 'isnull': {
      const wanted = isTruthy(value);
      return (own) => (own === null) === wanted;
    }
    case 'in': {
      const keys = new Set(toList(value).map((item) => keyOf(prepare(type, item))));
      return (own) => own !== null && keys.has(keyOf(own));
    }
    case 'exact':
    case 'iexact': {
      if (value === null) return (own) => own === null;
      const key = keyOf(prepare(type, value));
      return (own) => own !== null && keyOf(own) === key;
    }
    case 'range': {
      const [low, high] = toList(value).map((item) => prepare(type, item));
      if (low === undefined || high === undefined) throw new RpcError('IndexError', 'list index out of range');
      return (own) => own !== null && compare(own, low) >= 0 && compare(own, high) <= 0;
    }
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return compileOrder(lookup, prepare(type, required(value)));
    case 'regex':
    case 'iregex': {
      const expression = toExpression(pythonStr(required(value)), lookup === 'iregex');
      return (own) => own !== null && expression.test(textOf(own));
    }
    case 'year':
    case 'month':
    case 'day':
      return compileDatePart(type, lookup, required(value));
    default:
      return compileText(lookup, pythonStr(required(value)));
  }
}

function compileOrder(lookup: 'gt' | 'gte' | 'lt' | 'lte', limit: Value): (value: Value) => boolean {
  const passes = {
    gt: (order: number) => order > 0,
    gte: (order: number) => order >= 0,
    lt: (order: number) => order < 0,
    lte: (order: number) => order <= 0,
  }[lookup];
  return (own) => own !== null && passes(compare(own, limit));
}

function compileDatePart(type: PlainType, part: 'year' | 'month' | 'day', value: unknown): (value: Value) => boolean {
  if (type !== 'time') throw new RpcError('TypeError', `Field has invalid lookup: ${part}`);
  const wanted = toInt(value);
  const index = { year: 0, month: 1, day: 2 }[part];
  return (own) => own !== null && Number(textOf(own).slice(0, 10).split('-')[index]) === wanted;
}

/** Unlike an exact match these heed case; those that begin with `i` do not. */
function compileText(lookup: string, wanted: string): (value: Value) => boolean {
  const ignoresCase = lookup.startsWith('i');
  const part = ignoresCase ? wanted.toLowerCase() : wanted;
  const kind = ignoresCase ? lookup.slice(1) : lookup;
  return (own) => {
    if (own === null) return false;
    const text = ignoresCase ? textOf(own).toLowerCase() : textOf(own);
    if (kind === 'startswith') return text.startsWith(part);
    return kind === 'endswith' ? text.endsWith(part) : text.includes(part);
  };
}

/** What kind of value a field holds. A time is local time as text, which sorts as time does. */
export type PlainType = 'text' | 'integer' | 'boolean' | 'time';

/** A value of the request as the database compares it with a field of that type. */
function prepare(type: PlainType, value: unknown): Value {
  if (value === null) return null;
  if (type === 'integer') return toInt(value);
  if (type === 'boolean') return value === '0' ? false : isTruthy(value);
  if (type === 'time') return toTime(value);
  return pythonStr(value);
}

function required(value: unknown): unknown {
  if (value === null) throw new RpcError('ValueError', 'Cannot use None as a query value');
  return value;
}

/** A local time as the database writes it. */
export function toTime(value: unknown): string {
  if (typeof value !== 'string') throw new RpcError('TypeError', 'expected string or buffer');
  const match = /^(\d{4}-\d\d?-\d\d?)(?:[ T](\d\d?):(\d\d)(?::(\d\d)(?:\.\d{1,6})?)?)?$/.exec(value);
  if (match === null)
    throw badTime(value, 'has an invalid format. It must be in YYYY-MM-DD HH:MM[:ss[.uuuuuu]][TZ] format.');
  const date = (match[1] ?? '')
    .split('-')
    .map((part) => part.padStart(2, '0'))
    .join('-');
  const time = [match[2]?.padStart(2, '0') ?? '00', match[3] ?? '00', match[4] ?? '00'].join(':');
  const ms = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== date) {
    throw badTime(value, 'has the correct format (YYYY-MM-DD HH:MM[:ss[.uuuuuu]][TZ]) but it is an invalid date/time.');
  }
  return `${date} ${time}`;
}

function badTime(value: string, problem: string): RpcError {
  return new RpcError('ValidationError', `[u"'${value}' value ${problem}"]`);
}

/** The pattern comes from a test, is short, and is tried on names only. */
function toExpression(pattern: string, ignoresCase: boolean): RegExp {
  try {
    if (pattern.length > 200) throw new SyntaxError('too long');
    return new RegExp(pattern, ignoresCase ? 'i' : '');
  } catch {
    throw new RpcError('DatabaseError', `(1139, "Got error 'bad pattern' from regexp")`);
  }
}

/** The database compares texts without case. */
function keyOf(value: Value): string | number | boolean | null {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

export function textOf(value: string | number | boolean): string {
  return typeof value === 'boolean' ? (value ? '1' : '0') : String(value);
}

/** The order in which the database sorts: null comes first. */
export function compareNullFirst(a: Value, b: Value): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return compare(a, b);
}

function compare(a: Value, b: Value): number {
  const keyA = keyOf(a) ?? '';
  const keyB = keyOf(b) ?? '';
  if (keyA === keyB) return 0;
  return keyA < keyB ? -1 : 1;
}
