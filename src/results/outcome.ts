import type { CrashReport } from '../crashes/crash-report.js';
import { groupCrashes, type CrashSummary } from './crash-groups.js';
import { failureKind, type FailureKind } from './failure-kind.js';
import { worst, type TestStatus } from './status.js';
import type { TestResult } from './test-result.js';

/**
 * How a suite ended, with the exit code of the lab's own tool (S14): `OK` 0, `ERROR` 1 (a test failed), `WARNING` 2 (a
 * warning, a pass only after a retry, or nothing to run), `INFRA_FAILURE` 3 (preparation or a machine failed),
 * `SUITE_TIMEOUT` 4 (a test never ran, or the suite's time ran out), `BOARD_NOT_AVAILABLE` 5, `INVALID_OPTIONS` 6.
 */
export type Verdict =
  'OK' | 'ERROR' | 'WARNING' | 'INFRA_FAILURE' | 'SUITE_TIMEOUT' | 'BOARD_NOT_AVAILABLE' | 'INVALID_OPTIONS';

/** The exit code of each verdict (S14). */
export const exitCodes: Readonly<Record<Verdict, number>> = {
  OK: 0,
  ERROR: 1,
  WARNING: 2,
  INFRA_FAILURE: 3,
  SUITE_TIMEOUT: 4,
  BOARD_NOT_AVAILABLE: 5,
  INVALID_OPTIONS: 6,
};

/**
 * What a test came to, over all its attempts.
 *
 * `passed`; `flaky`: passed, but only after a retry (S9); `warned`; `failed`; `infrastructure`: the machine or the job
 * failed, not the test; `aborted`: never ran; `not-applicable`: TEST_NA; `not-scheduled`: no job could be made;
 * `unfinished`: not waited for, or not done when the wait ended.
 */
export type Conclusion =
  | 'passed'
  | 'flaky'
  | 'warned'
  | 'failed'
  | 'infrastructure'
  | 'aborted'
  | 'not-applicable'
  | 'not-scheduled'
  | 'unfinished';

/** One try of a test: one job. */
export interface Attempt {
  /** 1 for the first. */
  readonly number: number;
  /** Null when no job could be made. */
  readonly jobId: number | null;
  readonly hostname: string | null;
  /** The worst status of the attempt's results; null while there are none. */
  readonly status: TestStatus | null;
  /** The reason of that result. */
  readonly reason: string;
  /** Who is to blame where the attempt failed (S10); null where it did not. */
  readonly failure: FailureKind | null;
  /** Why the attempt was made when there was one before: which failure it was to make up for. Null for the first. */
  readonly retryFor: FailureKind | null;
  readonly startedMs: number | null;
  readonly finishedMs: number | null;
  /** Every result of the job: several when the control file runs several tests. */
  readonly results: readonly TestResult[];
  /** The crashes whose dumps the job left, where somebody looked for them. */
  readonly crashes: readonly CrashReport[];
}

/** A test of the suite with all its attempts. */
export interface TestOutcome {
  /** The test's name, with the prefix `experimental_` where it has one. */
  readonly name: string;
  /** Path of its control file; null for a job that somebody else added to the suite. */
  readonly path: string | null;
  readonly experimental: boolean;
  readonly conclusion: Conclusion;
  /** In order of time; at least one, except when the test was not scheduled at all. */
  readonly attempts: readonly Attempt[];
  /** The last attempt's reason; why there was none for a test that was not scheduled. */
  readonly reason: string;
}

/** How a suite went. Plain data, except for {@link SuiteOutcome.test}. */
export interface SuiteOutcome {
  readonly suite: string;
  readonly board: string;
  /** Prefix → build, e.g. `{ 'cros-version': 'x86-mario-release/R19-1998.0.0' }`. */
  readonly builds: Readonly<Record<string, string>>;
  /** The suite job's id; null when the suite ran without one. */
  readonly suiteJobId: number | null;
  readonly verdict: Verdict;
  /** The code of the verdict: what a script hands to `process.exitCode`. */
  readonly exitCode: number;
  /** The verdict's reason in one line. */
  readonly summary: string;
  /** How many tests came to which conclusion. */
  readonly counts: Readonly<Record<Conclusion, number>>;
  /** In the order they were scheduled. */
  readonly tests: readonly TestOutcome[];
  /** The crashes of all jobs, those of one kind together; none where nobody looked for them. */
  readonly crashes: CrashSummary;
  /** Control files that could not be read, and why. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  /** The suites that the control files which were looked at are in, sorted. */
  readonly knownSuites: readonly string[];
  /** Of these, those whose names are most like this suite's; none unless it has no tests. */
  readonly nearSuites: readonly string[];
  /** Whether the results were waited for; if not, tests that were scheduled are `unfinished`. */
  readonly waited: boolean;
  readonly startedMs: number;
  readonly finishedMs: number;
  /**
   * The outcome of a test by its name.
   *
   * @throws RangeError that lists the tests there are, for a name that is none of them
   */
  test(name: string): TestOutcome;
}

/** What {@link suiteOutcome} needs to know. */
export interface SuiteFacts {
  readonly suite: string;
  readonly board: string;
  readonly builds: Readonly<Record<string, string>>;
  readonly suiteJobId: number | null;
  readonly tests: readonly TestFacts[];
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  readonly knownSuites: readonly string[];
  readonly nearSuites: readonly string[];
  readonly waited: boolean;
  readonly timedOut: boolean;
  readonly startedMs: number;
  readonly finishedMs: number;
}

/** A job and what it left. */
interface AttemptFacts {
  readonly jobId: number | null;
  /** Null, or left out, where nobody knows of a failure that it makes up for. */
  readonly retryFor?: FailureKind | null | undefined;
  readonly results: readonly TestResult[];
  readonly crashes: readonly CrashReport[];
}

/** A test and its attempts, before it is known what they come to. */
export interface TestFacts {
  readonly name: string;
  readonly path: string | null;
  readonly experimental: boolean;
  readonly attempts: readonly AttemptFacts[];
  /** Why no job was made, where none was. */
  readonly notScheduled?: { readonly status: TestStatus; readonly reason: string } | undefined;
}

/** Puts the facts of a run together: attempts, conclusions, counts and the verdict. */
export function suiteOutcome(facts: SuiteFacts): SuiteOutcome {
  const tests = facts.tests.map(testOutcome);
  const counts = countConclusions(tests);
  const verdict = verdictOf(tests, facts);
  return {
    suite: facts.suite,
    board: facts.board,
    builds: facts.builds,
    suiteJobId: facts.suiteJobId,
    verdict,
    exitCode: exitCodes[verdict],
    summary: summarise(facts, tests, counts),
    counts,
    tests,
    crashes: groupCrashes(tests),
    skipped: facts.skipped,
    knownSuites: facts.knownSuites,
    nearSuites: facts.nearSuites,
    waited: facts.waited,
    startedMs: facts.startedMs,
    finishedMs: facts.finishedMs,
    test(name) {
      const found = tests.find((test) => test.name === name);
      if (found !== undefined) return found;
      const known = tests.map((test) => test.name).join(', ') || 'none';
      throw new RangeError(`No test ${JSON.stringify(name)} in suite ${facts.suite}; its tests are: ${known}`);
    },
  };
}

function testOutcome(facts: TestFacts): TestOutcome {
  const attempts = facts.attempts.map(({ jobId, retryFor = null, results, crashes }, index): Attempt => {
    const decisive = worst(results);
    return {
      number: index + 1,
      jobId,
      hostname: decisive?.hostname ?? null,
      status: decisive?.status ?? null,
      reason: decisive?.reason ?? '',
      failure: failureKind(results),
      retryFor,
      startedMs: results.length === 0 ? null : Math.min(...results.map((result) => result.startedMs)),
      finishedMs: results.length === 0 ? null : Math.max(...results.map((result) => result.finishedMs)),
      results,
      crashes,
    };
  });
  return {
    name: facts.name,
    path: facts.path,
    experimental: facts.experimental,
    conclusion: concludeTest(facts),
    attempts,
    reason: attempts.length === 0 ? (facts.notScheduled?.reason ?? '') : (deciding(attempts)?.reason ?? ''),
  };
}

/** The attempt that a test is judged by: the last one that ran; if none did, the last. */
function deciding<T extends { readonly results: readonly TestResult[] }>(attempts: readonly T[]): T | undefined {
  const last = attempts.at(-1);
  // A retry that is still under way decides nothing, but neither does the failure that it is to make up for.
  if (last === undefined || last.results.length === 0) return last;
  return attempts.findLast(({ results }) => results.some((result) => result.executed)) ?? last;
}

function concludeTest(facts: TestFacts): Conclusion {
  const attempt = deciding(facts.attempts);
  if (attempt === undefined) return facts.notScheduled?.status === 'TEST_NA' ? 'not-applicable' : 'not-scheduled';
  const result = worst(attempt.results);
  if (result === undefined) return 'unfinished';
  if (result.origin === 'none') return 'aborted';
  switch (result.status) {
    case 'GOOD':
    case 'ALERT':
      return facts.attempts.length > 1 ? 'flaky' : 'passed';
    case 'WARN':
      return 'warned';
    case 'TEST_NA':
      return result.origin === 'job' ? 'infrastructure' : 'not-applicable';
    case 'ABORT':
    case 'ERROR':
    case 'FAIL':
    case 'RUNNING':
    case 'NOSTATUS':
      return result.origin === 'job' ? 'infrastructure' : 'failed';
  }
}

const none: Readonly<Record<Conclusion, number>> = {
  passed: 0,
  flaky: 0,
  warned: 0,
  failed: 0,
  infrastructure: 0,
  aborted: 0,
  'not-applicable': 0,
  'not-scheduled': 0,
  unfinished: 0,
};

function countConclusions(tests: readonly TestOutcome[]): Record<Conclusion, number> {
  const counts = { ...none };
  for (const test of tests) counts[test.conclusion] += 1;
  return counts;
}

const verdictOfConclusion: Readonly<Record<Conclusion, Verdict>> = {
  passed: 'OK',
  flaky: 'WARNING',
  warned: 'WARNING',
  failed: 'ERROR',
  infrastructure: 'INFRA_FAILURE',
  aborted: 'SUITE_TIMEOUT',
  'not-applicable': 'OK',
  'not-scheduled': 'INFRA_FAILURE',
  unfinished: 'SUITE_TIMEOUT',
};

const worstVerdictFirst: readonly Verdict[] = ['ERROR', 'INFRA_FAILURE', 'SUITE_TIMEOUT', 'WARNING', 'OK'];

function verdictOf(tests: readonly TestOutcome[], facts: SuiteFacts): Verdict {
  if (tests.length === 0) return 'WARNING';
  const verdicts = new Set<Verdict>(facts.timedOut ? ['SUITE_TIMEOUT'] : []);
  for (const test of tests) {
    if (test.experimental) continue;
    if (test.conclusion === 'unfinished' && !facts.waited) continue;
    verdicts.add(verdictOfConclusion[test.conclusion]);
  }
  return worstVerdictFirst.find((verdict) => verdicts.has(verdict)) ?? 'OK';
}

function summarise(
  facts: SuiteFacts,
  tests: readonly TestOutcome[],
  counts: Readonly<Record<Conclusion, number>>,
): string {
  if (tests.length === 0) {
    const near = facts.nearSuites.length === 0 ? '' : `; did you mean ${facts.nearSuites.join(', ')}?`;
    return `No test belongs to suite ${facts.suite}${near}`;
  }
  const told = Object.entries(counts).filter(([, count]) => count > 0);
  const numbers = told.map(([conclusion, count]) => `${String(count)} ${conclusion}`).join(', ');
  const noun = tests.length === 1 ? 'test' : 'tests';
  if (!facts.waited) return `${String(tests.length)} ${noun} scheduled, not waited for: ${numbers}`;
  return `${String(tests.length)} ${noun}: ${numbers}${facts.timedOut ? '; the time of the suite ran out' : ''}`;
}
