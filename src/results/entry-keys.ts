import { cleanColumn, cleanField, type StatusEntry } from './status-log.js';

/** What an entry is known by: the fields, the code and the operation, as the status log shows them. */
export type KeyedEntry = Pick<StatusEntry, 'code' | 'operation' | 'fields'>;

/**
 * Gives entries keys that are the same whenever the same suite records them, and when they are read back from a status
 * log: job (or suite), code and operation, and a number where that was there before.
 */
export class EntryKeys {
  readonly #counts = new Map<string, number>();

  /** The key of the next entry; of a START, result and END together that of the result. */
  next({ code, operation, fields }: KeyedEntry): string {
    const about = ownerFields.flatMap((field) => {
      const value = fields?.[field];
      return value === undefined ? [] : [`${field}=${cleanField(value)}`];
    });
    // As the file holds it: a lone surrogate is not kept.
    const key = Buffer.from([...about, code, cleanColumn(operation)].join('\t')).toString();
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return count === 1 ? key : `${key}\t#${String(count)}`;
  }
}

/** The fields that say whose an entry is. Suites write one of them into each START of theirs. */
export const ownerFields = ['job_id', 'suite'] as const;
