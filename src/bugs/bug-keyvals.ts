import type { FiledReport } from './bug-reporter.js';

/** The key of the keyval that leads from a test's job to its bug. */
export function bugIdKey(jobId: number, test: string): string {
  return `${keyOf(jobId, test)}-Bug_Id`;
}

/**
 * The keyvals that lead from a test's job to its bug: `<job id>_<test>-Bug_Id` and `-Bug_Count`. A slash or a control
 * character in the test's name becomes `_`. None without a bug.
 */
export function bugKeyvals(jobId: number, test: string, { bugId, count }: FiledReport): Record<string, string> {
  if (bugId === undefined) return {};
  const counted = count === undefined ? {} : { [`${keyOf(jobId, test)}-Bug_Count`]: String(count) };
  return { [bugIdKey(jobId, test)]: bugId, ...counted };
}

function keyOf(jobId: number, test: string): string {
  return `${String(jobId)}_${test.replace(/[/\p{Cc}]/gu, '_')}`;
}
