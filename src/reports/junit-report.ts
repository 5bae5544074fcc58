import type { Attempt, SuiteOutcome, TestOutcome } from '../results/outcome.js';
import { answerOf, attemptTitle, isBad, isInfrastructure, wordsOf } from './attempts.js';
import { crashLine } from './crash-lines.js';
import { clipped, oneLine, unreadLine } from './text.js';
import { isoTime, tookMs } from './time-stamps.js';
import { xmlText } from './xml-text.js';

/**
 * The outcome of a suite as JUnit XML, with retries as Maven Surefire writes them, which Jenkins and others read: a
 * test that passed after a retry is a pass with a `flakyFailure` (or `flakyError`) per try that failed; one that failed
 * to the end has its first failed try as `failure` (or `error`) and the others as `rerunFailure` (or `rerunError`). A
 * `failure` is what a test said, an `error` everything else that kept it from passing.
 *
 * `skipped` are tests that do not apply, that nobody waited for, and experimental ones that did not pass, since they do
 * not count. Board, builds, suite job and jobs are `properties`; the tries, and the stacks of crashes, are in the
 * `system-out` of their test.
 *
 * A promise only because the XML writer is loaded when it is first needed.
 */
export async function junitReport(outcome: SuiteOutcome): Promise<string> {
  const { XMLBuilder } = await import('fast-xml-parser');
  const builder = new XMLBuilder({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    suppressEmptyNode: true,
    suppressBooleanAttributes: false,
    format: true,
  });
  const declaration = element('?xml', { version: '1.0', encoding: 'UTF-8' }, [{ '#text': '' }]);
  return `${builder.build([declaration, testSuites(outcome)]).trim()}\n`;
}

/** An element as the builder takes it when it is to keep the order. */
type XmlNode = Readonly<Record<string, unknown>>;

function element(name: string, attributes: Readonly<Record<string, string | null>>, children: readonly XmlNode[] = []) {
  const given = Object.entries(attributes).flatMap(([key, value]) => (value === null ? [] : [[key, xmlText(value)]]));
  return { [name]: children, ':@': Object.fromEntries(given) as Readonly<Record<string, string>> };
}

function textElement(name: string, text: string): XmlNode {
  return element(name, {}, [{ '#text': xmlText(text) }]);
}

function testSuites(outcome: SuiteOutcome): XmlNode {
  const cases = outcome.tests.map((test) => testCase(test, outcome));
  const number = (kind: TestCase['kind']) => String(cases.filter((one) => one.kind === kind).length);
  const totals = {
    name: outcome.suite,
    tests: String(cases.length),
    failures: number('failure'),
    errors: number('error'),
    skipped: number('skipped'),
    time: seconds(outcome),
  };
  const suite = {
    ...totals,
    flakes: String(outcome.counts.flaky),
    // Without a zone, as the schemas want it; it is UTC.
    timestamp: isoTime(outcome.startedMs)?.replace(/\.\d+Z$/u, '') ?? null,
  };
  const about = [
    ['board', outcome.board] as const,
    ...Object.entries(outcome.builds).map(([prefix, build]) => [`build.${prefix}`, build] as const),
    ['suite_job_id', outcome.suiteJobId] as const,
    ['verdict', outcome.verdict] as const,
    ['exit_code', outcome.exitCode] as const,
  ];
  const unread = outcome.skipped.map((file) => `Unreadable control file: ${clipped(unreadLine(file))}`);
  return element('testsuites', totals, [
    element('testsuite', suite, [
      ...properties(about),
      ...cases.map(({ node }) => node),
      textElement('system-out', [outcome.summary, ...unread].join('\n')),
    ]),
  ]);
}

interface TestCase {
  readonly kind: 'good' | 'failure' | 'error' | 'skipped';
  readonly node: XmlNode;
}

function testCase(test: TestOutcome, outcome: SuiteOutcome): TestCase {
  const { kind, nodes } = verdictNodes(test, outcome);
  const jobs = test.attempts.flatMap(({ jobId }) => (jobId === null ? [] : [String(jobId)]));
  const infrastructureJobs = test.attempts
    .flatMap(({ jobId, failure }) => (jobId === null || failure !== 'infrastructure' ? [] : [String(jobId)]))
    .join(' ');
  const hosts = new Set(test.attempts.flatMap(({ hostname }) => (hostname === null ? [] : [hostname])));
  const about = [
    ['conclusion', test.conclusion] as const,
    ['job_ids', jobs.length === 0 ? null : jobs.join(' ')] as const,
    ['hosts', hosts.size === 0 ? null : [...hosts].join(' ')] as const,
    ['experimental', test.experimental ? 'true' : null] as const,
    ['infrastructure_job_ids', infrastructureJobs === '' ? null : infrastructureJobs] as const,
  ];
  const attributes = {
    name: test.name,
    // Readers make a tree of it by its dots: boards, and below each its suites.
    classname: `${outcome.board}.${outcome.suite}`,
    file: test.path,
    time: seconds(lastOf(test)),
  };
  const crashed = test.attempts.some(({ crashes }) => crashes.length > 0);
  const story = test.conclusion === 'passed' && !crashed ? [] : [textElement('system-out', storyOf(test))];
  return { kind, node: element('testcase', attributes, [...properties(about), ...nodes, ...story]) };
}

function verdictNodes(
  test: TestOutcome,
  outcome: SuiteOutcome,
): { readonly kind: TestCase['kind']; readonly nodes: readonly XmlNode[] } {
  const answer = answerOf(test, outcome);
  const bad = test.attempts.filter(isBad);
  const why = oneLine(test.reason, messageLimit) || wordsOf[test.conclusion];
  if (answer === 'skipped') return { kind: 'skipped', nodes: [element('skipped', { message: why })] };
  if (answer === 'good') {
    return {
      kind: 'good',
      nodes: bad.map((attempt) => rerun(attempt, isError(attempt) ? 'flakyError' : 'flakyFailure')),
    };
  }
  if (test.experimental) {
    const message = `Experimental, ${test.conclusion}: ${why}`;
    return { kind: 'skipped', nodes: [element('skipped', { message })] };
  }
  const [first, ...others] = bad;
  if (first === undefined) {
    const type = test.conclusion;
    return {
      kind: 'error',
      nodes: [element('error', { message: why, type }, [{ '#text': xmlText(clipped(test.reason)) }])],
    };
  }
  const kind = isError(first) ? 'error' : 'failure';
  return {
    kind,
    nodes: [
      element(kind, described(first), [{ '#text': xmlText(traceOf(first)) }]),
      ...others.map((attempt) => rerun(attempt, isError(attempt) ? 'rerunError' : 'rerunFailure')),
    ],
  };
}

function rerun(attempt: Attempt, name: string): XmlNode {
  return element(name, described(attempt), [textElement('stackTrace', traceOf(attempt))]);
}

function isError(attempt: Attempt): boolean {
  return attempt.status !== 'FAIL' || isInfrastructure(attempt);
}

function described(attempt: Attempt): { readonly message: string; readonly type: string } {
  const type = attempt.status ?? 'unfinished';
  return { message: oneLine(attempt.reason, messageLimit) || attemptTitle(attempt), type };
}

/** What a reader shows of a try that failed: where it ran, and all that it said. */
function traceOf(attempt: Attempt): string {
  return attempt.reason === '' ? attemptTitle(attempt) : `${attemptTitle(attempt)}\n${clipped(attempt.reason)}`;
}

function storyOf(test: TestOutcome): string {
  const parts = test.attempts.flatMap((attempt) => [
    traceOf(attempt),
    ...attempt.crashes.flatMap((crash) => [
      `crash: ${crashLine(crash)}`,
      ...(crash.stack === null ? [] : [clipped(crash.stack, stackLimit)]),
    ]),
  ]);
  return parts.length === 0 ? test.reason : parts.join('\n');
}

function properties(entries: readonly (readonly [name: string, value: string | number | null])[]): XmlNode[] {
  const told = entries.flatMap(([name, value]) => (value === null ? [] : [{ name, value: String(value) }]));
  return [
    element(
      'properties',
      {},
      told.map((property) => element('property', property)),
    ),
  ];
}

/** The try that a test's time is told of: the last one that ended. */
function lastOf(test: TestOutcome): Pick<Attempt, 'startedMs' | 'finishedMs'> {
  return test.attempts.findLast(({ finishedMs }) => finishedMs !== null) ?? { startedMs: null, finishedMs: null };
}

function seconds({ startedMs, finishedMs }: Pick<Attempt, 'startedMs' | 'finishedMs'>): string {
  return ((tookMs(startedMs, finishedMs) ?? 0) / 1000).toFixed(3);
}

const messageLimit = 500;
const stackLimit = 30_000;
