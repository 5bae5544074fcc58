import type { LabState } from '../lab/lab-state.js';
import type { LabTestRow } from '../lab/model.js';
import { toList } from './json-values.js';
import { pythonStr } from './python.js';
import type { RpcMethod } from './rpc-method.js';
import { syntaxError } from './sql-tokens.js';
import { matchesLike } from './sql-values.js';
import { isTestRow, jobName } from './tko-rows.js';

/** The methods that count how the tests of some jobs ended, jobs being known by their names. */
export function summaryMethods(state: LabState): Readonly<Record<string, RpcMethod>> {
  return {
    get_tests_summary: {
      required: ['job_names'],
      run: ({ named }) => {
        const wanted = new Set(toList(named['job_names']).map((name) => pythonStr(name).toLowerCase()));
        // The service's query then says "IN ()".
        if (wanted.size === 0) throw syntaxError('', 0);
        return summarize(countedRows(state), (row) => (wanted.has(jobName(row).toLowerCase()) ? [jobName(row)] : []));
      },
    },
    get_tests_summary_with_wildcards: {
      required: ['job_names'],
      run: ({ named }) => {
        const patterns = toList(named['job_names']).map(pythonStr);
        return summarize(countedRows(state), (row) => patterns.filter((pattern) => matchesLike(jobName(row), pattern)));
      },
    },
  };
}

function countedRows({ jobs }: LabState): readonly LabTestRow[] {
  return jobs.rows().filter((row) => isTestRow(row) && row.status !== 'TEST_NA');
}

function summarize(rows: readonly LabTestRow[], labelsOf: (row: LabTestRow) => readonly string[]): object {
  const summaries = new Map<string, { passed?: number; failed?: number }>();
  for (const row of rows) {
    for (const label of labelsOf(row)) {
      const summary = summaries.get(label) ?? {};
      const outcome = row.status === 'GOOD' ? 'passed' : 'failed';
      summary[outcome] = (summary[outcome] ?? 0) + 1;
      summaries.set(label, summary);
    }
  }
  return Object.fromEntries(summaries);
}
