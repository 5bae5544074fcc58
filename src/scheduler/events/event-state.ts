import { isRecord } from '../builds/cursor.js';

/**
 * The state that an event gave to be kept, as a record of which nothing is believed yet; null where there is none: an
 * event that has lost its state begins anew, and the ledger knows which suites were started.
 */
export function readState(text: string | null): Readonly<Record<string, unknown>> | null {
  if (text === null) return null;
  try {
    const state: unknown = JSON.parse(text);
    return isRecord(state) ? state : null;
  } catch {
    return null;
  }
}

/** The items of a list that are records; none of what is no list. */
export function recordsIn(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** Whether a value is a list of texts. */
export function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** Whether a value is a time in ms since the epoch that a `Date` can be. */
export function isTimeMs(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= 8.64e15;
}
