import type { TestStatus } from '../results/status.js';
import type { TestResult } from '../results/test-result.js';
import type { BugTemplate } from './bug-template.js';
import { cleanLine, cleanText } from './clean-text.js';
import { failureAnchor } from './failure-anchor.js';
import { reportRoute, type ReportRoute } from './reportable.js';

/**
 * A failure, as a {@link BugReporter} is told of it. Plain data, and safe to write: every text is of bounded length and
 * without control characters, and only `text`, `reason` and the template's `summary` have more than one line.
 */
export interface FailureReport {
  /** Whether the suite's failures become bugs or e-mails. */
  readonly route: ReportRoute;
  /** What the failure is known by from run to run, in one line: suite, test and reason without what varies. */
  readonly anchor: string;
  /** In one line: the template's title, or suite, test and build. */
  readonly title: string;
  /** The facts, the template's summary before them, and the anchor in the last line. */
  readonly text: string;
  /** The test's template over the suite's. */
  readonly template: BugTemplate;
  readonly suite: string;
  /** The suite job's id; null when the suite runs without one. */
  readonly suiteJobId: number | null;
  /** The board, without `board:`. */
  readonly board: string;
  /** The build under test. */
  readonly build: string;
  /** Prefix → build. */
  readonly builds: Readonly<Record<string, string>>;
  /** The test's name, as its result has it. */
  readonly test: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly experimental: boolean;
  readonly status: TestStatus;
  readonly reason: string;
  readonly jobId: number;
  readonly jobName: string;
  readonly hostname: string | null;
  /** Folder of the results, `<job tag>/<subdir>`. */
  readonly resultsFolder: string | null;
  /** In ms since the epoch. */
  readonly startedMs: number;
  readonly finishedMs: number;
}

/** What {@link failureReport} needs to know. */
export interface FailureFacts {
  readonly suite: string;
  readonly suiteJobId: number | null;
  readonly board: string;
  readonly build: string;
  readonly builds: Readonly<Record<string, string>>;
  readonly testSourceBuild: string | null;
  readonly attempt: number;
  readonly experimental: boolean;
  readonly result: TestResult;
  readonly template: BugTemplate;
}

/** Puts a report together and makes its texts safe. */
export function failureReport(facts: FailureFacts): FailureReport {
  const { suite, board, build, builds, result, template } = facts;
  const line = (text: string) => cleanLine(text, maxLineLength);
  const test = line(result.testName);
  const sources = facts.testSourceBuild === null ? [] : [facts.testSourceBuild];
  const { testName, reason: rawReason } = result;
  const anchor = failureAnchor({
    ...{ suite, board, test: testName, reason: rawReason },
    builds: [build, ...Object.values(builds), ...sources],
  });
  const fields = {
    anchor,
    template,
    suite,
    suiteJobId: facts.suiteJobId,
    board,
    build,
    builds,
    test,
    attempt: facts.attempt,
    experimental: facts.experimental,
    status: result.status,
    reason: cleanText(rawReason, maxReasonLength).trim(),
    jobId: result.jobId,
    jobName: line(result.jobName),
    hostname: result.hostname === null ? null : line(result.hostname),
    resultsFolder: result.subdir === null ? null : line(result.subdir),
    startedMs: result.startedMs,
    finishedMs: result.finishedMs,
  };
  const title = template.title ?? cleanLine(`[${suite}] ${test} failed on ${build}`, maxLineLength);
  return { route: reportRoute(suite), title, text: textOf(fields), ...fields };
}

const maxLineLength = 500;
const maxReasonLength = 10_000;

function textOf(report: Omit<FailureReport, 'route' | 'title' | 'text'>): string {
  const { template, status, reason, builds, attempt } = report;
  const facts = [
    ['Suite', report.suiteJobId === null ? report.suite : `${report.suite}, job ${String(report.suiteJobId)}`],
    ['Test', report.test],
    ['Job', `${String(report.jobId)}, ${report.jobName}`],
    ['Board', report.board],
    [
      'Builds',
      Object.entries(builds)
        .map(([prefix, build]) => `${prefix}:${build}`)
        .join(', '),
    ],
    ['Host', report.hostname ?? 'not known'],
    ['Results', report.resultsFolder ?? 'none'],
    ['Attempt', String(attempt)],
    ['Ended', timeOf(report.finishedMs)],
  ];
  const lines = facts.map(([name = '', value = '']) => `${name}: ${value}`);
  const why = reason === '' ? `${status}, and nobody said why` : `${status}: ${reason}`;
  const summary = template.summary === undefined ? [] : [template.summary, ''];
  return [...summary, why, '', ...lines, '', report.anchor].join('\n');
}

/** A server may have written a time that no calendar has. */
function timeOf(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? 'not known' : date.toISOString();
}
