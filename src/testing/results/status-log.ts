import type { LocalTime } from '../lab/local-time.js';
import type { LabTestRow } from '../lab/model.js';
import { oneLine } from '../lab/one-line.js';

/**
 * The status log of a job that has ended, as the job itself writes it.
 *
 * @param rows - what the job left in the results database, one at least
 * @param dumps - paths of its crash dumps, below the folder of all results
 */
export function statusLog(rows: readonly LabTestRow[], dumps: readonly string[], time: LocalTime): string {
  const [first] = rows;
  if (first === undefined) return '';
  const { jobStartedMs, jobFinishedMs } = first;
  const line = (depth: number, columns: readonly [string, string, string], timeMs: number, reason = '') => {
    const stamps = [`timestamp=${Math.floor(timeMs / 1000)}`, `localtime=${time.inWords(timeMs)}`];
    const [firstLine = '', ...moreLines] = reason.replaceAll('\t', ' '.repeat(8)).split(/\r\n|[\n\r\v\f]/);
    const entry = '\t'.repeat(depth) + [...columns, ...stamps, oneLine(firstLine)].join('\t');
    return [entry, ...moreLines.map((text) => `  ${oneLine(text)}`)].join('\n');
  };
  const job = rows.find(isOfJob);
  const ofJob = ['----', '----'] as const;
  const tests = rows
    .filter((row) => !isOfJob(row))
    .flatMap(({ testName, subdir, status, reason, startedMs, finishedMs }) => {
      const test = [oneLine(subdir ?? '----'), oneLine(testName)] as const;
      return [
        line(1, ['START', ...test], startedMs),
        line(2, [status, ...test], finishedMs, reason),
        line(1, [`END ${status}`, ...test], finishedMs),
      ];
    });
  const status = job?.status ?? first.status;
  const reason = job?.reason ?? '';
  return [
    line(0, ['START', ...ofJob], jobStartedMs),
    ...tests,
    ...crashRecord(dumps).map(([operation, text]) => line(1, ['INFO', '----', operation], jobFinishedMs, text)),
    ...(reason === '' ? [] : [line(1, [status, ...ofJob], jobFinishedMs, reason)]),
    line(0, [`END ${status}`, ...ofJob], jobFinishedMs),
    '',
  ].join('\n');
}

function isOfJob({ testName }: LabTestRow): boolean {
  return testName === 'SERVER_JOB';
}

function crashRecord(dumps: readonly string[]): readonly (readonly [operation: string, text: string])[] {
  if (dumps.length === 0) return [];
  return [
    ['----', 'Start crashcollection record'],
    ...dumps.map((path) => ['New Crash Dump', path] as const),
    ['----', 'End crashcollection record'],
  ];
}
