import type { StatusEntry, SuiteJob } from '../index.js';

/** A suite job that keeps in memory what it is told, for tests to look at. */
export class MemorySuiteJob implements SuiteJob {
  readonly tag: string;
  /** The entries of the status log, in order. */
  readonly entries: StatusEntry[] = [];
  /** The keyvals as they were written, in order; the last one of a key counts. */
  readonly keyvals: [key: string, value: string][] = [];

  /** @param tag - `<job id>-<user>/hostless`; the default has no job id in it */
  constructor(tag = 'no suite job') {
    this.tag = tag;
  }

  record(entry: StatusEntry): void {
    this.entries.push(entry);
  }

  writeKeyvals(keyvals: Readonly<Record<string, string>>): void {
    this.keyvals.push(...Object.entries(keyvals));
  }

  /** The entries in short, `CODE operation`, e.g. `FAIL power_Idle`. */
  get story(): readonly string[] {
    return this.entries.map(({ code, operation }) => `${code} ${operation ?? '----'}`);
  }
}
