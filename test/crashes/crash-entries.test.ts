import { expect, test } from 'vitest';
import { createLabTime } from '../../src/clients/lab-time.js';
import { crashEntries } from '../../src/crashes/crash-entries.js';
import type { CrashReport } from '../../src/crashes/crash-report.js';
import { renderStatusEntry, type StatusEntry } from '../../src/results/status-log.js';

const timeMs = Date.UTC(2016, 0, 30, 20);
const report = (dump: string | null): CrashReport => {
  return { jobTag: '7-lab/host1', dump, sizeBytes: 1, stack: null, signature: null, problem: 'no' };
};

test('the status log tells of each dump between a start and an end, as the lab does', () => {
  const entries: readonly StatusEntry[] = crashEntries(
    [report('logging_UserCrash/sysinfo/crasher.dmp'), report('crashinfo.host1/old.dmp')],
    timeMs,
  );
  const labTime = createLabTime('UTC');
  const end = 'timestamp=1454184000\tlocaltime=Jan 30 20:00:00';
  expect(entries.map((entry) => renderStatusEntry(entry, { labTime }))).toEqual([
    `INFO\t----\t----\t${end}\tStart crashcollection record`,
    `INFO\t----\tNew Crash Dump\t${end}\t7-lab/host1/logging_UserCrash/sysinfo/crasher.dmp`,
    `INFO\t----\tOrphaned Crash Dump\t${end}\t7-lab/host1/crashinfo.host1/old.dmp`,
    `INFO\t----\t----\t${end}\tEnd crashcollection record`,
  ]);
});

test('without a dump there is nothing to tell', () => {
  expect(crashEntries([], timeMs)).toEqual([]);
  expect(crashEntries([report(null)], timeMs)).toEqual([]);
});
