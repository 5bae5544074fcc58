import type { LabTime } from '../clients/lab-time.js';
import type { TestStatus } from './status.js';

/** The first field of a status line. */
export type StatusCode = 'START' | 'INFO' | TestStatus | `END ${TestStatus}`;

/** One entry of a job's status log. */
export interface StatusEntry {
  readonly code: StatusCode;
  /** The results folder that the entry is about; null for the job as a whole. */
  readonly subdir: string | null;
  /** The test, or another operation; null for none. */
  readonly operation: string | null;
  /** May have several lines. */
  readonly reason: string;
  /** When, in ms since the epoch. */
  readonly timeMs: number;
  /** More fields, e.g. `{ job_id: '123' }`. */
  readonly fields?: Readonly<Record<string, string>> | undefined;
  /**
   * What the entry is known by when a suite that was killed and started again records it once more: the same each time.
   * The START, the result and the END of a test have one key together. Not part of the status line.
   */
  readonly key?: string | undefined;
}

/**
 * Renders an entry as the lines of a status log, without the last line break:
 * `CODE \t subdir \t operation \t [key=value \t ...] timestamp=EPOCH \t localtime=... \t reason`.
 *
 * Whatever the fields hold, a reader finds one entry of the same fields: control characters that would end a field or a line
 * become spaces, a tab in the reason eight spaces, and further lines of the reason are indented by two spaces.
 *
 * @param options.depth - by how many tabs the first line is indented: how many entries are open around it
 * @param options.labTime - the clock of `localtime`
 */
export function renderStatusEntry(
  entry: StatusEntry,
  options: { readonly labTime: LabTime; readonly depth?: number | undefined },
): string {
  const [firstLine = '', ...moreLines] = entry.reason.replaceAll('\r\n', '\n').split(lineBreak);
  const fields = Object.entries(entry.fields ?? {}).filter(([key]) => key !== 'timestamp' && key !== 'localtime');
  const columns = [
    entry.code,
    cleanColumn(entry.subdir),
    cleanColumn(entry.operation),
    ...fields.map(([key, value]) => `${cleanField(key).replaceAll('=', ' ')}=${cleanField(value)}`),
    `timestamp=${String(Math.floor(entry.timeMs / 1000))}`,
    `localtime=${localTime(options.labTime.format(entry.timeMs))}`,
    cleanReason(firstLine),
  ];
  const first = '\t'.repeat(options.depth ?? 0) + columns.join('\t');
  return [first, ...moreLines.map((line) => `  ${cleanReason(line)}`)].join('\n');
}

const lineBreak = /[\n\r\v\f\u2028\u2029]/u;

/** A column as a status line shows it. */
export function cleanColumn(text: string | null): string {
  const clean = text === null ? '' : cleanField(text);
  return clean === '' ? '----' : clean;
}

/** A field's value as a status line shows it. */
export function cleanField(text: string): string {
  return replaceControlCharacters(text.replaceAll('\t', ' '));
}

function cleanReason(text: string): string {
  return replaceControlCharacters(text.replaceAll('\t', '        '));
}

function replaceControlCharacters(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, ' ');
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function localTime(labTime: string): string {
  const [date = '', time = ''] = labTime.split(' ');
  const [, month, day = ''] = date.split('-');
  return `${months[Number(month) - 1] ?? ''} ${day} ${time}`;
}
