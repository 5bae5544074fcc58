import type { CrashReport } from './crash-report.js';

/** An entry of the status log that tells of crashes; a `StatusEntry` of the code INFO. */
export interface CrashEntry {
  readonly code: 'INFO';
  readonly subdir: null;
  readonly operation: 'New Crash Dump' | 'Orphaned Crash Dump' | null;
  readonly reason: string;
  /** In ms since the epoch. */
  readonly timeMs: number;
}

/**
 * How the status log tells of a job's crashes: a start, `New Crash Dump <path>` for each dump, whether it has a stack or
 * not, and an end; nothing when there are none. An orphaned dump lay on the host after its test had ended: the lab keeps
 * it in a folder `crashinfo.<host>`.
 */
export function crashEntries(reports: readonly CrashReport[], timeMs: number): readonly CrashEntry[] {
  const about = { code: 'INFO', subdir: null, timeMs } as const;
  const dumps = reports.flatMap(({ jobTag, dump }): CrashEntry[] => {
    if (dump === null) return [];
    const operation = /^crashinfo\.[^/]*\//.test(dump) ? 'Orphaned Crash Dump' : 'New Crash Dump';
    return [{ ...about, operation, reason: `${jobTag}/${dump}` }];
  });
  if (dumps.length === 0) return [];
  return [
    { ...about, operation: null, reason: 'Start crashcollection record' },
    ...dumps,
    { ...about, operation: null, reason: 'End crashcollection record' },
  ];
}
