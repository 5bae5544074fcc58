import type { MemorySuiteJob } from '../memory-suite-job.js';
import type { LabTestRow, RowStatus } from './model.js';

/** What a suite says of one of its tests, with the test's own times, or of itself. */
export type SuiteRow = Pick<LabTestRow, 'testName' | 'subdir' | 'status' | 'reason' | 'startedMs' | 'finishedMs'>;

/** What the parser makes of a suite's status log: a row for each result, and none for a remark. */
export function suiteRows({ entries }: MemorySuiteJob): readonly SuiteRow[] {
  const startedMs = new Map<string, number>();
  return entries.flatMap(({ code, subdir, operation, reason, timeMs }) => {
    if (operation === null) return [];
    const key = JSON.stringify([subdir, operation]);
    if (code === 'START') startedMs.set(key, timeMs);
    if (!isRowStatus(code)) return [];
    const beganMs = startedMs.get(key) ?? timeMs;
    return [{ testName: operation, subdir, status: code, reason, startedMs: beganMs, finishedMs: timeMs }];
  });
}

function isRowStatus(code: string): code is RowStatus {
  return rowStatuses.has(code);
}

const rowStatuses: ReadonlySet<string> = new Set<RowStatus>(['GOOD', 'FAIL', 'ERROR', 'WARN', 'TEST_NA', 'ABORT']);
