import { MemorySuiteJob } from '../memory-suite-job.js';
import type { LabEntry, LabHostRecord, LabJob, LabLabel, LabTestRow } from './model.js';

/** A job as plain data that JSON can hold: what it refers to is named by id. */
export interface PackedJob extends Omit<LabJob, 'keyvals' | 'dependencies' | 'entries' | 'rows' | 'suite'> {
  readonly keyvals: readonly (readonly [string, string])[];
  readonly dependencies: readonly number[];
  readonly entries: readonly PackedEntry[];
  readonly rows: readonly PackedRow[];
  readonly suite: Pick<MemorySuiteJob, 'tag' | 'entries' | 'keyvals'> | undefined;
}

/** What a packed job's references are looked up in. */
export interface UnpackingParts {
  readonly host: (id: number) => LabHostRecord | undefined;
  readonly label: (id: number) => LabLabel | undefined;
}

interface PackedEntry extends Omit<LabEntry, 'job' | 'metaHost' | 'host'> {
  readonly metaHost: number | undefined;
  readonly host: number | undefined;
}

type PackedRow = Omit<LabTestRow, 'job'>;

export function packJob(job: LabJob): PackedJob {
  const { keyvals, dependencies, entries, rows, ...fields } = job;
  return {
    ...fields,
    keyvals: [...keyvals],
    dependencies: dependencies.map(({ id }) => id),
    entries: entries.map(({ job: _, metaHost, host, ...entry }) => ({
      ...entry,
      metaHost: metaHost?.id,
      host: host?.id,
    })),
    rows: rows.map(({ job: _, ...row }) => row),
  };
}

/** The opposite of {@link packJob}. */
export function unpackJob(packed: PackedJob, { host, label }: UnpackingParts): LabJob {
  const entries: LabEntry[] = [];
  const rows: LabTestRow[] = [];
  const job: LabJob = {
    ...packed,
    keyvals: new Map(packed.keyvals),
    dependencies: packed.dependencies.flatMap((id) => label(id) ?? []),
    entries,
    rows,
    parentId: packed.parentId,
    suite: packed.suite && unpackSuite(packed.suite),
  };
  for (const entry of packed.entries) {
    entries.push({
      ...entry,
      job,
      metaHost: entry.metaHost === undefined ? undefined : label(entry.metaHost),
      host: entry.host === undefined ? undefined : host(entry.host),
      startedMs: entry.startedMs,
      finishedMs: entry.finishedMs,
    });
  }
  for (const row of packed.rows) rows.push({ ...row, host: row.host, job });
  return job;
}

function unpackSuite({ tag, entries, keyvals }: Pick<MemorySuiteJob, 'tag' | 'entries' | 'keyvals'>): MemorySuiteJob {
  const suite = new MemorySuiteJob(tag);
  suite.entries.push(...entries);
  suite.keyvals.push(...keyvals);
  return suite;
}
