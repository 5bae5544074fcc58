import { appendLines } from './append-lines.js';

/**
 * Appends keyvals to a job's `keyval` file, one `key=value` line each; a reader takes the last line of a key.
 *
 * The write is atomic and safe for any key and value (S7): see `appendLines` and `safeKey`.
 */
export async function appendKeyvals(path: string, keyvals: Readonly<Record<string, string>>): Promise<void> {
  const text = renderKeyvals(keyvals);
  if (text === '') return;
  await appendLines(path, text);
}

/** The lines of some keyvals, each ended by a line break. Keys and values are made safe. */
export function renderKeyvals(keyvals: Readonly<Record<string, string>>): string {
  return Object.entries(keyvals)
    .map(([key, value]) => `${safeKey(key)}=${safeValue(value)}\n`)
    .join('');
}

/** A keyval's key: letters, digits, `-`, `_` and `.`; everything else becomes `_`, and so does an empty key. */
function safeKey(key: string): string {
  return key === '' ? '_' : key.replace(/[^-.\w]/gu, '_');
}

/** Readers drop what follows a `#`, and a line break would start another key. */
function safeValue(value: string): string {
  return value.replace(/[\p{Cc}\u2028\u2029]/gu, ' ').replaceAll('#', '_');
}
