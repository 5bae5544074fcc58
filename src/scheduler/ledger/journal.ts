import { link, mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../../runtime/logger.js';
import { journalLine } from './journal-line.js';
import { StaleLeaseError } from './lease.js';
import type { LedgerEntry } from './ledger-entry.js';
import type { LedgerState } from './ledger-state.js';
import { NumberedFiles, syncFolder } from './numbered-files.js';
import { journalFormat, readJournal, type JournalHead, type ReadJournal } from './read-journal.js';

/** What a journal needs. */
export interface JournalOptions {
  readonly folder: string;
  readonly logger: Logger;
  /** Of the lease under which it is opened. */
  readonly token: number;
}

/**
 * What happened to a ledger, in files `journal.<n>` of checksummed lines.
 *
 * Whoever opens it begins the next file, and each append is confirmed only while there is no later file than one's own:
 * a process that has lost the folder without knowing, whatever its clock says, can confirm nothing that the next one has
 * not read.
 */
export class Journal {
  readonly #files: NumberedFiles;
  readonly #options: JournalOptions;
  #number: number;
  #file: FileHandle;
  /** How many lines there are, in all files. */
  #lines: number;
  #rewriteAtLines = minLinesToRewrite;

  private constructor(options: JournalOptions, files: NumberedFiles, number: number, file: FileHandle) {
    this.#options = options;
    this.#files = files;
    this.#number = number;
    this.#file = file;
    this.#lines = 0;
  }

  /** Takes the journal over from whoever had it, and reads it. */
  static async open(options: JournalOptions): Promise<{ readonly journal: Journal; readonly state: LedgerState }> {
    const { folder, logger } = options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const files = new NumberedFiles(folder, 'journal');
    const number = (await files.newest()) + 1;
    const file = await open(files.path(number), 'ax', 0o600);
    const journal = new Journal(options, files, number, file);
    try {
      await file.appendFile(journalLine(head(false)));
      await syncFolder(folder);
      const older = (await files.numbers()).filter((other) => other < number);
      const read = await readJournal(files, older);
      tellOfDamage(logger, folder, read);
      journal.#lines = read.lines;
      if (older.length > 0) await journal.#tryToRewrite(read.state, [...read.corrupt.keys()]);
      return { journal, state: read.state };
    } catch (error) {
      await journal.close();
      await rm(files.path(number), { force: true });
      throw error;
    }
  }

  /** Whether there is much more in the files than lives. */
  wantsRewrite(state: LedgerState): boolean {
    return this.#lines >= this.#rewriteAtLines && this.#lines > linesPerThing * state.size;
  }

  /** Has entries on the disk when it resolves. When it rejects, nobody knows which of them are. */
  async append(entries: readonly LedgerEntry[]): Promise<void> {
    await this.#file.appendFile(entries.map(journalLine).join(''));
    await this.#file.datasync();
    this.#lines += entries.length;
    await this.#checkOwner();
  }

  /** Puts down what lives in a file of its own, and removes the others. Where that fails, they are left as they are. */
  rewrite(state: LedgerState): Promise<void> {
    return this.#tryToRewrite(state, []);
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #tryToRewrite(state: LedgerState, corrupt: readonly number[]): Promise<void> {
    const { logger, folder } = this.#options;
    try {
      await this.#rewrite(state, corrupt);
    } catch (error) {
      if (error instanceof StaleLeaseError) throw error;
      this.#rewriteAtLines = 2 * this.#lines;
      logger.warn('The journal of the ledger could not be rewritten, and grows', { folder, error });
    }
  }

  async #rewrite(state: LedgerState, corrupt: readonly number[]): Promise<void> {
    const number = this.#number + 1;
    const draft = this.#files.draft(number);
    const file = await open(draft, 'w', 0o600);
    let lines: number;
    try {
      lines = await writeAll(file, state);
      await file.sync();
      await link(draft, this.#files.path(number));
      await syncFolder(this.#files.folder);
    } catch (error) {
      await file.close();
      throw error;
    } finally {
      await rm(draft, { force: true });
    }
    const before = this.#file;
    this.#file = file;
    this.#number = number;
    this.#lines = lines;
    this.#rewriteAtLines = minLinesToRewrite;
    await before.close();
    await this.#checkOwner();
    await this.#removeOlder(corrupt);
  }

  async #removeOlder(corrupt: readonly number[]): Promise<void> {
    const older = (await this.#files.numbers()).filter((number) => number < this.#number);
    for (const number of older) {
      const path = this.#files.path(number);
      if (corrupt.includes(number)) await rename(path, join(this.#files.folder, 'journal.corrupt'));
      else await rm(path, { force: true });
    }
    for (const draft of await this.#files.drafts(this.#number)) await rm(draft, { force: true });
  }

  async #checkOwner(): Promise<void> {
    if ((await this.#files.newest()) !== this.#number) throw new StaleLeaseError(this.#options.token);
  }
}

/** Below that a rewrite is not worth it. */
const minLinesToRewrite = 2_000;
const linesPerThing = 4;
const writeChars = 1024 * 1024;

function head(whole: boolean): JournalHead {
  return { kind: 'journal', format: journalFormat, whole };
}

async function writeAll(file: FileHandle, state: LedgerState): Promise<number> {
  let text = journalLine(head(true));
  let lines = 1;
  for (const entry of state.entries()) {
    text += journalLine(entry);
    lines += 1;
    if (text.length < writeChars) continue;
    await file.appendFile(text);
    text = '';
  }
  await file.appendFile(text);
  return lines;
}

function tellOfDamage(logger: Logger, folder: string, { corrupt, torn }: ReadJournal): void {
  for (const number of torn) {
    logger.warn('The last line of the ledger was not written to its end, and is left out', { folder, number });
  }
  for (const [number, lines] of corrupt) {
    logger.error('Lines of the ledger are corrupt and are left out; the file is kept as journal.corrupt', {
      ...{ folder, number, lines },
    });
  }
}
