import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLabTime, defaultLabTimeZone } from '../clients/lab-time.js';
import { appendLines } from './append-lines.js';
import { appendKeyvals } from './keyval-file.js';
import { renderStatusEntry, type StatusEntry } from './status-log.js';

/**
 * The job that a suite runs in: where it records what happens, and whose children the tests' jobs become.
 *
 * {@link openSuiteJob} is a ready-made one. Calls come one at a time, each after the one before has settled. A call
 * that rejects ends the suite with that error, since a result that cannot be recorded would be lost.
 */
export interface SuiteJob {
  /**
   * `<job id>-<user>/<host, or "hostless">`, e.g. `123-lab/hostless`. With any other tag the suite runs without a
   * parent job.
   */
  readonly tag: string;
  /** Takes one entry of the status log: START, a result, END, INFO. */
  record(entry: StatusEntry): void | Promise<void>;
  /** Notes keyvals of the suite job. The last value of a key counts. */
  writeKeyvals(keyvals: Readonly<Record<string, string>>): void | Promise<void>;
}

/** Options of {@link openSuiteJob}. */
export interface SuiteJobOptions {
  /** `<job id>-<user>/<host, or "hostless">`, see {@link SuiteJob.tag}. */
  readonly tag: string;
  /** The job's folder; made if it is not there. */
  readonly resultDir: string;
  /**
   * IANA zone of the `localtime` in status lines.
   *
   * @defaultValue `'America/Los_Angeles'`
   */
  readonly timeZone?: string | undefined;
}

/**
 * A suite job whose status log and keyvals are the files `status.log` and `keyval` in a folder, in the lab's format.
 *
 * Opened again after a crash it goes on where the log ends: entries that are still open stay open.
 */
export async function openSuiteJob(options: SuiteJobOptions): Promise<SuiteJob> {
  const { tag, resultDir, timeZone = defaultLabTimeZone } = options;
  const labTime = createLabTime(timeZone);
  await mkdir(resultDir, { recursive: true });
  const statusLog = join(resultDir, 'status.log');
  const keyvalFile = join(resultDir, 'keyval');
  let depth = await openEntries(statusLog);

  return {
    tag,
    async record(entry) {
      if (entry.code.startsWith('END ')) depth = Math.max(0, depth - 1);
      await appendLines(statusLog, `${renderStatusEntry(entry, { labTime, depth })}\n`);
      if (entry.code === 'START') depth += 1;
    },
    writeKeyvals: (keyvals) => appendKeyvals(keyvalFile, keyvals),
  };
}

async function openEntries(statusLog: string): Promise<number> {
  const text = await readFile(statusLog, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  let depth = 0;
  for (const line of text.split('\n')) {
    if (/^\t*START\t/u.test(line)) depth += 1;
    else if (/^\t*END /u.test(line)) depth = Math.max(0, depth - 1);
  }
  return depth;
}
