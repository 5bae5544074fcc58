import type { FiledReport } from './bug-reporter.js';

/**
 * The keyvals that lead from a test's job to its bug: `<job id>_<test>-Bug_Id` and `-Bug_Count`. A slash or a control
 * character in the test's name becomes `_`. None without a bug.
 */
export function bugKeyvals(jobId: number, test: string, { bugId, count }: FiledReport): Record<string, string> {
  if (bugId === undefined) return {};
  const key = `${String(jobId)}_${test.replace(/[/\p{Cc}]/gu, '_')}`;
  const counted = count === undefined ? {} : { [`${key}-Bug_Count`]: String(count) };
  return { [`${key}-Bug_Id`]: bugId, ...counted };
}
