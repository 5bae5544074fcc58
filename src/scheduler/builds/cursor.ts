/**
 * How far a source has told its builds. All sources write the time first, so that a cursor still stands for that time
 * where the rest of it means nothing: in a source of another kind, after a repository was rewritten.
 */
export interface Cursor {
  /** When the facts behind it were fetched, in ms since the epoch. */
  readonly atMs: number;
  /** What the source itself puts down. */
  readonly rest: Readonly<Record<string, unknown>>;
}

export function writeCursor({ atMs, rest }: Cursor): string {
  return JSON.stringify({ atMs, ...rest });
}

/** Reads a cursor; undefined for a text that is none, and so says nothing of when it was given out. */
export function readCursor(text: string): Cursor | undefined {
  if (text.length > maxLength) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const { atMs, ...rest } = value;
  return typeof atMs === 'number' && Number.isFinite(atMs) ? { atMs, rest } : undefined;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const maxLength = 16 * 1024 * 1024;
