import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createLabTime, defaultLabTimeZone } from '../clients/lab-time.js';
import { appendLines, cutTo, readIfThere } from './append-lines.js';
import { appendKeyvals, parseKeyvals, safeKeyvals, type Keyval } from './keyval-file.js';
import { readStatusLog } from './read-status-log.js';
import { renderStatusEntry, type StatusEntry } from './status-log.js';

/**
 * The job that a suite runs in: where it records what happens, and whose children the tests' jobs become.
 *
 * {@link openSuiteJob} is a ready-made one. Calls come one at a time, each after the one before has settled. A call
 * that rejects ends the suite with that error, since a result that cannot be recorded would be lost.
 *
 * A suite that was killed and started again records everything once more; whoever has to have it once knows an entry by
 * its `key`.
 */
export interface SuiteJob {
  /**
   * `<job id>-<user>/<host, or "hostless">`, e.g. `123-lab/hostless`. With any other tag the suite runs without a
   * parent job.
   */
  readonly tag: string;
  /** Takes one entry of the status log: START, a result, END, INFO. */
  record(entry: StatusEntry): void | Promise<void>;
  /**
   * Takes entries that belong together, e.g. the START, the result and the END of a test: all of them, or none when
   * killed meanwhile. Where this is left out, `record` gets them one after the other.
   */
  recordAll?(entries: readonly StatusEntry[]): void | Promise<void>;
  /** Notes keyvals of the suite job. The last value of a key counts. */
  writeKeyvals(keyvals: Readonly<Record<string, string>>): void | Promise<void>;
  /**
   * Every keyval that was ever noted, by an earlier process too, in order. A suite that is started again does not note
   * its jobs twice, and without a parent job finds them by their keyvals; where this is left out, it does neither.
   */
  readKeyvals?(): readonly Keyval[] | Promise<readonly Keyval[]>;
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
 * Opened again after a kill it goes on where the files end: what was half written is cut off, entries with a `key` that
 * the log has already are passed over, and a START of somebody else that is still open stays open. One process at a
 * time may have it open.
 */
export async function openSuiteJob(options: SuiteJobOptions): Promise<SuiteJob> {
  const { tag, resultDir, timeZone = defaultLabTimeZone } = options;
  const labTime = createLabTime(timeZone);
  await mkdir(resultDir, { recursive: true });
  const statusLog = join(resultDir, 'status.log');
  const keyvalFile = join(resultDir, 'keyval');
  const content = readStatusLog(await readIfThere(statusLog));
  await cutTo(statusLog, content.wholeBytes);
  const keyvalBytes = await readIfThere(keyvalFile);
  await cutTo(keyvalFile, keyvalBytes.lastIndexOf('\n') + 1);
  const lastValues = new Map(parseKeyvals(keyvalBytes.subarray(0, keyvalBytes.lastIndexOf('\n') + 1)));
  const known = new Set(content.keys);
  let { depth } = content;

  const write = async (entries: readonly StatusEntry[]) => {
    const missing = entries.filter(({ key }) => key === undefined || !known.has(key));
    if (missing.length === 0) return;
    let text = '';
    let newDepth = depth;
    for (const entry of missing) {
      if (entry.code.startsWith('END ')) newDepth = Math.max(0, newDepth - 1);
      text += `${renderStatusEntry(entry, { labTime, depth: newDepth })}\n`;
      if (entry.code === 'START') newDepth += 1;
    }
    await appendLines(statusLog, text);
    depth = newDepth;
  };

  return {
    tag,
    async record(entry) {
      await write([entry]);
      // Between START and END more entries of the same key are to come.
      if (entry.key !== undefined && entry.code.startsWith('END ')) known.add(entry.key);
    },
    async recordAll(entries) {
      await write(entries);
      for (const { key } of entries) if (key !== undefined) known.add(key);
    },
    async writeKeyvals(keyvals) {
      const changed = safeKeyvals(keyvals).filter(([key, value]) => lastValues.get(key) !== value);
      await appendKeyvals(keyvalFile, Object.fromEntries(changed));
      for (const [key, value] of changed) lastValues.set(key, value);
    },
    readKeyvals: async () => parseKeyvals(await readIfThere(keyvalFile)),
  };
}
