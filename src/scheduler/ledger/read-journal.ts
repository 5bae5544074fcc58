import { open } from 'node:fs/promises';
import { LedgerFileError } from './errors.js';
import { readJournalLine } from './journal-line.js';
import { readLedgerEntry } from './ledger-entry.js';
import { LedgerState } from './ledger-state.js';
import type { NumberedFiles } from './numbered-files.js';
import { readLines } from './read-lines.js';

/** The first line of a file of the journal. */
export interface JournalHead {
  readonly kind: 'journal';
  readonly format: number;
  /** Whether it holds all there is, so that the files before it say nothing any more. */
  readonly whole: boolean;
}

export const journalFormat = 1;

/** What the files of a journal come to. */
export interface ReadJournal {
  readonly state: LedgerState;
  readonly lines: number;
  /** The files with lines that are not as they were written, and how many. Such lines are passed over. */
  readonly corrupt: ReadonlyMap<number, number>;
  /** The files whose last line was not written to its end. */
  readonly torn: readonly number[];
}

/** More than the longest entry has, a watermark in which each character takes six. */
const maxLineBytes = 8 * 1024 * 1024;

/**
 * Reads files of a journal, one after the other.
 *
 * Throws `LedgerFileError` where a later version of this package has written one, which must not be taken for damage.
 */
export async function readJournal(files: NumberedFiles, numbers: readonly number[]): Promise<ReadJournal> {
  let state = new LedgerState();
  let lines = 0;
  const corrupt = new Map<number, number>();
  const torn: number[] = [];
  for (const number of numbers) {
    const file = await open(files.path(number), 'r');
    try {
      for await (const found of readLines(file, maxLineBytes)) {
        lines += 1;
        const value = found.kind === 'line' ? readJournalLine(found.bytes) : undefined;
        const entry = readLedgerEntry(value);
        if (found.kind === 'torn') torn.push(number);
        else if (entry !== undefined) state.apply(entry);
        else if (!isHead(value)) corrupt.set(number, (corrupt.get(number) ?? 0) + 1);
        else if (value.format > journalFormat) {
          throw new LedgerFileError(files.folder, `was written by a later version, in format ${value.format}`);
        } else if (value.whole) state = new LedgerState();
      }
    } finally {
      await file.close();
    }
  }
  return { state, lines, corrupt, torn };
}

function isHead(value: unknown): value is JournalHead {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    value.kind === 'journal' &&
    'format' in value &&
    typeof value.format === 'number' &&
    'whole' in value &&
    typeof value.whole === 'boolean'
  );
}
