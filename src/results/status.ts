/**
 * What became of a test, as the results database spells it. `TEST_NA`: it does not apply to the device; `ALERT`,
 * `RUNNING` and `NOSTATUS` are rare leftovers of a job that was parsed early.
 */
export type TestStatus = 'TEST_NA' | 'ABORT' | 'ERROR' | 'FAIL' | 'WARN' | 'GOOD' | 'ALERT' | 'RUNNING' | 'NOSTATUS';

/** Worst first. */
export const testStatuses: readonly TestStatus[] = [
  'TEST_NA',
  'ABORT',
  'ERROR',
  'FAIL',
  'WARN',
  'GOOD',
  'ALERT',
  'RUNNING',
  'NOSTATUS',
];

export function isTestStatus(text: string): text is TestStatus {
  return (testStatuses as readonly string[]).includes(text);
}

/** A status with what was said about it. */
export interface Judgement {
  readonly status: TestStatus;
  readonly reason: string;
}

/** Whether `a` is worse than `b`; of two equal statuses the one that has a reason is worse. */
export function isWorse(a: Judgement, b: Judgement): boolean {
  const difference = testStatuses.indexOf(a.status) - testStatuses.indexOf(b.status);
  if (difference !== 0) return difference < 0;
  return a.reason !== '' && b.reason === '';
}

/** The worst of some judgements, the earliest of equally bad ones; undefined of none. */
export function worst<T extends Judgement>(judgements: readonly T[]): T | undefined {
  let found: T | undefined;
  for (const judgement of judgements) {
    if (found === undefined || isWorse(judgement, found)) found = judgement;
  }
  return found;
}

/** Whether a status means that the test did not do what it should: `TEST_NA`, `ABORT`, `ERROR` or `FAIL`. */
export function isFailure(status: TestStatus): boolean {
  return testStatuses.indexOf(status) < testStatuses.indexOf('WARN');
}
