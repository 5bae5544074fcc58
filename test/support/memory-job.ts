import { createLabTime } from '../../src/clients/lab-time.js';
import { renderStatusEntry, type StatusEntry } from '../../src/results/status-log.js';
import type { SuiteJob } from '../../src/results/suite-job.js';

/** A suite job that keeps what it is told. */
export class MemoryJob implements SuiteJob {
  readonly entries: StatusEntry[] = [];
  readonly keyvals: [key: string, value: string][] = [];

  readonly tag: string;

  constructor(tag = '5-lab/hostless') {
    this.tag = tag;
  }

  record(entry: StatusEntry): void {
    this.entries.push(entry);
  }

  writeKeyvals(keyvals: Readonly<Record<string, string>>): void {
    this.keyvals.push(...Object.entries(keyvals));
  }

  /** The entries as lines in UTC, without indentation and without the fields that the original does not have. */
  get lines(): string[] {
    const labTime = createLabTime('UTC');
    return this.entries.map((entry) => renderStatusEntry({ ...entry, fields: {} }, { labTime }));
  }
}
