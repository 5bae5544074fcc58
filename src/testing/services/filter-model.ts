import type { Value } from './lookups.js';

/** What a filter can ask of a table, in the words of the service's ORM. */
export interface Model<Row> {
  /** Fields and relations; a relation is written as a function, since models refer to each other. */
  readonly fields: Readonly<Record<string, Field<Row>>>;
  /** What the service lists as choices, where it knows fields that the lab has no values for. */
  readonly alsoKnown?: readonly string[] | undefined;
}

export type Field<Row> = PlainField<Row> | Relation<Row>;

export type PlainField<Row> =
  | { readonly type: 'text'; readonly get: (row: Row) => string | null }
  | { readonly type: 'integer'; readonly get: (row: Row) => number | null }
  | { readonly type: 'boolean'; readonly get: (row: Row) => boolean | null }
  /** Local time as text, which sorts as time does. */
  | { readonly type: 'time'; readonly get: (row: Row) => string | null };

/** Hides the type of the related rows: the engine only ever hands them from `rows` to the other model. */
export interface Relation<Row> {
  readonly type: 'relation';
  /** Another name that means the related id, e.g. `parent_job_id`. */
  readonly idName?: string | undefined;
  /** All conditions on one relation hold for one and the same related row. */
  readonly compile: (conditions: readonly Condition[]) => Test<Row>;
  /** What the first related row sorts by. */
  readonly sortKey: (path: readonly string[]) => Key<Row>;
}

/** A keyword of a filter, cut at its `__`. */
export interface Condition {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** A condition on a row. Undefined stands for the row of nulls that an outer join adds where nothing is related. */
export type Test<Row> = (row: Row | undefined) => boolean;

/** What a row sorts by. */
export type Key<Row> = (row: Row | undefined) => Value;
