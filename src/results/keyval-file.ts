import { appendLines } from './append-lines.js';

/** A key and its value. */
export type Keyval = readonly [key: string, value: string];

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
  return safeKeyvals(keyvals)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

/** Keyvals as the file holds them: keys and values made safe. */
export function safeKeyvals(keyvals: Readonly<Record<string, string>>): readonly Keyval[] {
  return Object.entries(keyvals).map(([key, value]) => [safeKey(key), safeValue(value)]);
}

/** The keyvals of a file in order, as its readers take them: what follows a `#` does not count, nor a line without `=`. */
export function parseKeyvals(bytes: Buffer): readonly Keyval[] {
  const lines = bytes.toString().split('\n');
  return lines.flatMap((line): Keyval[] => {
    const [text = ''] = line.split('#', 1);
    const separator = text.indexOf('=');
    return separator < 0 ? [] : [[text.slice(0, separator), text.slice(separator + 1)]];
  });
}

/** A keyval's key as the file holds it: letters, digits, `-`, `_` and `.`; everything else becomes `_`, and so does an empty key. */
export function safeKey(key: string): string {
  return key === '' ? '_' : key.replace(/[^-.\w]/gu, '_');
}

/** Readers drop what follows a `#`, and a line break would start another key. */
function safeValue(value: string): string {
  return value.replace(/[\p{Cc}\u2028\u2029]/gu, ' ').replaceAll('#', '_');
}
