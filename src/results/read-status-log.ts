import { EntryKeys, ownerFields } from './entry-keys.js';
import type { StatusCode } from './status-log.js';

/** What a status log holds. */
export interface StatusLogContent {
  /** The keys of its entries, see `EntryKeys`. */
  readonly keys: ReadonlySet<string>;
  /** How many START have no END yet. */
  readonly depth: number;
  /** How many bytes of it are whole; what follows was being written by a suite when it was killed. */
  readonly wholeBytes: number;
}

/**
 * Reads a status log back. What a killed suite left half there does not count: a last line without its line break, and
 * a START of a suite, known by its field `job_id` or `suite`, without its END. A START of somebody else stays open.
 */
export function readStatusLog(bytes: Buffer): StatusLogContent {
  const wholeBytes = bytes.lastIndexOf('\n') + 1;
  // One character a byte, so that places in the text are places in the file.
  const text = bytes.toString('latin1', 0, wholeBytes);
  const open: { readonly start: number; readonly ofSuite: boolean }[] = [];
  const keys = new EntryKeys();
  const found: { readonly key: string; readonly start: number }[] = [];
  for (let start = 0; start < text.length;) {
    const end = text.indexOf('\n', start);
    const line = readLine(text.slice(start, end));
    if (line?.code === 'START') open.push({ start, ofSuite: line.fields !== undefined });
    else if (line?.code.startsWith('END ') === true) open.pop();
    else if (line !== null) found.push({ key: keys.next(line), start });
    start = end + 1;
  }
  const torn = open.findIndex(({ ofSuite }) => ofSuite);
  const end = torn < 0 ? wholeBytes : (open[torn]?.start ?? wholeBytes);
  return {
    keys: new Set(found.filter(({ start }) => start < end).map(({ key }) => key)),
    depth: torn < 0 ? open.length : torn,
    wholeBytes: end,
  };
}

interface StatusLine {
  readonly code: StatusCode;
  readonly operation: string;
  readonly fields: Readonly<Record<string, string>> | undefined;
}

/** Null for a further line of a reason, and for what is no status line. */
function readLine(line: string): StatusLine | null {
  const [code = '', , operation, ...rest] = line.replace(/^\t+/u, '').split('\t');
  if (!/^(?:START|(?:END )?[A-Z_]+)$/u.test(code) || operation === undefined) return null;
  const fields: Record<string, string> = {};
  for (const field of rest) {
    // The reason may look like a field; it comes after the time.
    if (field.startsWith('timestamp=')) break;
    const separator = field.indexOf('=');
    const name = ownerFields.find((known) => known === field.slice(0, separator));
    if (name !== undefined) fields[name] = utf8(field.slice(separator + 1));
  }
  const owned = Object.keys(fields).length > 0;
  return { code: code as StatusCode, operation: utf8(operation), fields: owned ? fields : undefined };
}

function utf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString();
}
