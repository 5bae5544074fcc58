import type { Attempt, Conclusion, SuiteOutcome, TestOutcome } from '../results/outcome.js';
import { isFailure, worst } from '../results/status.js';

/** How a test counts for readers who know three answers only. */
export type Answer = 'good' | 'bad' | 'skipped';

const answers: Readonly<Record<Conclusion, Answer>> = {
  passed: 'good',
  flaky: 'good',
  warned: 'good',
  failed: 'bad',
  infrastructure: 'bad',
  aborted: 'bad',
  'not-applicable': 'skipped',
  'not-scheduled': 'bad',
  unfinished: 'bad',
};

/** The answer of a test; one that nobody waited for is neither good nor bad. */
export function answerOf(test: TestOutcome, { waited }: SuiteOutcome): Answer {
  return test.conclusion === 'unfinished' && !waited ? 'skipped' : answers[test.conclusion];
}

/** Whether an attempt did not do what it should: it failed, or it never came to an end. */
export function isBad({ status }: Attempt): boolean {
  return status === null || status === 'RUNNING' || status === 'NOSTATUS' || isFailure(status);
}

/** Whether the machine or the job is to blame for how an attempt ended, and not the test. */
export function isInfrastructure(attempt: Attempt): boolean {
  return worst(attempt.results)?.origin === 'job';
}

/** `try 2: FAIL, job 12 on host3`; `(infrastructure)` follows where it was not the test that failed. */
export function attemptTitle({ number, status, jobId, hostname, failure }: Attempt): string {
  const job = jobId === null ? [] : [`job ${String(jobId)}`];
  const host = hostname === null ? [] : [`on ${hostname}`];
  const place = [...job, ...host].join(' ');
  const blame = failure === 'infrastructure' ? ' (infrastructure)' : '';
  return `try ${String(number)}: ${status ?? 'not finished'}${place === '' ? '' : `, ${place}`}${blame}`;
}

/** What happened to a test that has no attempt to tell of it. */
export const wordsOf: Readonly<Record<Conclusion, string>> = {
  passed: 'Passed',
  flaky: 'Passed after a retry',
  warned: 'Passed with a warning',
  failed: 'Failed',
  infrastructure: 'The machine or the job failed, not the test',
  aborted: 'Aborted before it ran',
  'not-applicable': 'Does not apply',
  'not-scheduled': 'No job could be made',
  unfinished: 'Not finished',
};
