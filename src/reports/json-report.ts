import type { FailureKind } from '../results/failure-kind.js';
import type { CrashSummary } from '../results/crash-groups.js';
import type { Attempt, Conclusion, SuiteOutcome, TestOutcome, Verdict } from '../results/outcome.js';
import type { TestStatus } from '../results/status.js';
import type { TestResult } from '../results/test-result.js';
import { isoTime, tookMs } from './time-stamps.js';

/**
 * What {@link jsonReport} writes. Within version 1 fields are only ever added; whatever else changes gets a new
 * `schemaVersion`, so a reader checks that first and passes over fields that it does not know.
 */
export interface JsonReport {
  readonly schemaVersion: 1;
  readonly suite: string;
  readonly board: string;
  /** Prefix → build. */
  readonly builds: Readonly<Record<string, string>>;
  /** Null when the suite ran without a suite job. */
  readonly suiteJobId: number | null;
  readonly verdict: Verdict;
  readonly exitCode: number;
  /** The verdict's reason in one line. */
  readonly summary: string;
  /** Whether the results were waited for. */
  readonly waited: boolean;
  /** ISO 8601 in UTC, e.g. `2026-01-31T23:59:59.000Z`; null for a time outside the calendar. */
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly durationMs: number | null;
  /** How many tests came to which conclusion; every conclusion has its number. */
  readonly counts: Readonly<Record<Conclusion, number>>;
  /** In the order they were scheduled. */
  readonly tests: readonly JsonReportTest[];
  /** Control files that could not be read, and why. */
  readonly skippedControlFiles: readonly { readonly path: string; readonly reason: string }[];
  /** Suites with a similar name, where this one has no tests. */
  readonly nearSuites: readonly string[];
  /** The crashes of all jobs, those of one kind together. */
  readonly crashes: CrashSummary;
}

/** A test in a {@link JsonReport}. */
export interface JsonReportTest {
  readonly name: string;
  /** Path of its control file; null for a job that somebody else added to the suite. */
  readonly path: string | null;
  readonly experimental: boolean;
  readonly conclusion: Conclusion;
  readonly reason: string;
  /** In order of time; none for a test that was not scheduled at all. */
  readonly attempts: readonly JsonReportAttempt[];
}

/** One try of a test, i.e. one job, in a {@link JsonReport}. */
export interface JsonReportAttempt {
  /** 1 for the first. */
  readonly number: number;
  readonly jobId: number | null;
  readonly hostname: string | null;
  /** The worst status of the results; null while there are none. */
  readonly status: TestStatus | null;
  readonly reason: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly durationMs: number | null;
  /** Who is to blame for a failure: the test or the infrastructure. Null where there was none. */
  readonly failure: FailureKind | null;
  /** Which kind of failure of the attempt before this one makes up for; null for the first. */
  readonly retryFor: FailureKind | null;
  readonly results: readonly JsonReportResult[];
  readonly crashes: readonly JsonReportCrash[];
}

/** One result of a job in a {@link JsonReport}. */
export interface JsonReportResult {
  readonly testName: string;
  readonly status: TestStatus;
  readonly reason: string;
  /** `test`: the test said so; `job`: the machine or the job failed; `none`: the job ended without a word. */
  readonly origin: 'test' | 'job' | 'none';
  readonly hostname: string | null;
  /** The results folder, `<job tag>/<subdir>`; null when there is none. */
  readonly subdir: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** Whether the test began to run. */
  readonly executed: boolean;
}

/** A crash in a {@link JsonReport}. */
export interface JsonReportCrash {
  readonly jobTag: string;
  /** Path of the dump below the job's folder; null when the job's files cannot be looked at. */
  readonly dump: string | null;
  readonly sizeBytes: number;
  readonly signature: string | null;
  readonly stack: string | null;
  /** Why there is no stack; null when there is one. */
  readonly problem: string | null;
}

/** The outcome of a suite for programs: a {@link JsonReport} as JSON text, indented, with everything that is known. */
export function jsonReport(outcome: SuiteOutcome): string {
  return `${JSON.stringify(report(outcome), null, 2)}\n`;
}

// Field by field: what the outcome gains for its own purposes gets into the report on purpose only.
function report(outcome: SuiteOutcome): JsonReport {
  return {
    schemaVersion: 1,
    suite: outcome.suite,
    board: outcome.board,
    builds: outcome.builds,
    suiteJobId: outcome.suiteJobId,
    verdict: outcome.verdict,
    exitCode: outcome.exitCode,
    summary: outcome.summary,
    waited: outcome.waited,
    ...times(outcome),
    counts: outcome.counts,
    tests: outcome.tests.map(reportTest),
    skippedControlFiles: outcome.skipped.map(({ path, reason }) => ({ path, reason })),
    nearSuites: outcome.nearSuites,
    crashes: reportCrashes(outcome.crashes),
  };
}

function reportCrashes({ count, groups, groupsLeftOut }: CrashSummary): CrashSummary {
  return {
    count,
    groups: groups.map(({ signature, program, count: times, occurrences }) => ({
      ...{ signature, program, count: times },
      occurrences: occurrences.map(({ test, attempt, jobId, hostname, dump }) => {
        return { test, attempt, jobId, hostname, dump };
      }),
    })),
    groupsLeftOut,
  };
}

function reportTest({ name, path, experimental, conclusion, reason, attempts }: TestOutcome): JsonReportTest {
  return { name, path, experimental, conclusion, reason, attempts: attempts.map(reportAttempt) };
}

function reportAttempt(attempt: Attempt): JsonReportAttempt {
  const { number, jobId, hostname, status, reason, failure, retryFor } = attempt;
  return {
    ...{ number, jobId, hostname, status, reason },
    ...times(attempt),
    ...{ failure, retryFor },
    results: attempt.results.map(reportResult),
    crashes: attempt.crashes.map(reportCrash),
  };
}

function reportResult(result: TestResult): JsonReportResult {
  const { testName, status, reason, origin, hostname, subdir, executed } = result;
  const startedAt = isoTime(result.startedMs);
  const finishedAt = isoTime(result.finishedMs);
  return { testName, status, reason, origin, hostname, subdir, startedAt, finishedAt, executed };
}

function reportCrash(crash: Attempt['crashes'][number]): JsonReportCrash {
  const { jobTag, dump, sizeBytes, signature, stack, problem } = crash;
  return { jobTag, dump, sizeBytes, signature, stack, problem };
}

function times({ startedMs, finishedMs }: { readonly startedMs: number | null; readonly finishedMs: number | null }) {
  return {
    startedAt: isoTime(startedMs),
    finishedAt: isoTime(finishedMs),
    durationMs: tookMs(startedMs, finishedMs),
  };
}
