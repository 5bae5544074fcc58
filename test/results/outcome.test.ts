import { describe, expect, test } from 'vitest';
import { suiteOutcome, type Conclusion, type Verdict } from '../../src/results/outcome.js';
import type { TestResult } from '../../src/results/test-result.js';
import { aResult, aSuite, aTest } from '../support/builders.js';

const good = aResult();
const fail = aResult({ status: 'FAIL', reason: 'broke' });
const machine = aResult({ status: 'FAIL', origin: 'job', reason: 'could not reach the DUT' });
const neverRan = aResult({ status: 'ABORT', origin: 'none', executed: false, hostname: null });

describe('what a test comes to, and the suite with it (S9, S14)', () => {
  test.each<[what: string, attempts: TestResult[][], Conclusion, Verdict, exitCode: number]>([
    ['a pass', [[good]], 'passed', 'OK', 0],
    ['a pass only after a retry', [[fail], [good]], 'flaky', 'WARNING', 2],
    ['a warning', [[aResult({ status: 'WARN' })]], 'warned', 'WARNING', 2],
    ['a failure', [[fail]], 'failed', 'ERROR', 1],
    ['an error', [[aResult({ status: 'ERROR' })]], 'failed', 'ERROR', 1],
    ['a test that gave up', [[aResult({ status: 'ABORT' })]], 'failed', 'ERROR', 1],
    ['failures to the end', [[fail], [fail]], 'failed', 'ERROR', 1],
    ['one bad result among good ones', [[good, fail, good]], 'failed', 'ERROR', 1],
    ['a machine that failed', [[machine]], 'infrastructure', 'INFRA_FAILURE', 3],
    ['a machine that failed under a good test', [[machine, good]], 'infrastructure', 'INFRA_FAILURE', 3],
    ['a test that never ran', [[neverRan]], 'aborted', 'SUITE_TIMEOUT', 4],
    ['a failure whose retry never ran', [[fail], [neverRan]], 'failed', 'ERROR', 1],
    ['a machine that failed, then a pass', [[machine], [good]], 'flaky', 'WARNING', 2],
    ['a failure whose retry has not finished', [[fail], []], 'unfinished', 'SUITE_TIMEOUT', 4],
    ['a test that does not apply', [[aResult({ status: 'TEST_NA' })]], 'not-applicable', 'OK', 0],
    ['a test that left no verdict', [[aResult({ status: 'RUNNING' })]], 'failed', 'ERROR', 1],
  ])('%s', (_what, attempts, conclusion, verdict, exitCode) => {
    const outcome = suiteOutcome(aSuite([aTest('login', ...attempts)]));
    expect(outcome.test('login').conclusion).toBe(conclusion);
    expect(outcome).toMatchObject({ verdict, exitCode });
    expect(outcome.counts[conclusion]).toBe(1);
  });
});

test('the worst of ERROR, INFRA_FAILURE, SUITE_TIMEOUT, WARNING and OK decides', () => {
  const tests = [
    aTest('a', [good]),
    aTest('b', [fail], [good]),
    aTest('c', [neverRan]),
    aTest('d', [machine]),
    aTest('e', [fail]),
  ];
  const verdicts = tests.map((_test, index) => suiteOutcome(aSuite(tests.slice(0, index + 1))).verdict);
  expect(verdicts).toEqual(['OK', 'WARNING', 'SUITE_TIMEOUT', 'INFRA_FAILURE', 'ERROR']);
});

test('experimental tests count for nothing', () => {
  const outcome = suiteOutcome(aSuite([aTest('a', [good]), { ...aTest('b', [fail]), experimental: true }]));
  expect(outcome).toMatchObject({ verdict: 'OK', exitCode: 0 });
  expect(outcome.counts.failed).toBe(1);
});

test('a test without a job tells why', () => {
  const notApplicable = { status: 'TEST_NA', reason: 'Unsatisfiable DEPENDENCIES' } as const;
  const broken = { status: 'ERROR', reason: 'Could not be scheduled: boom' } as const;
  const outcome = suiteOutcome(
    aSuite([
      { ...aTest('a'), notScheduled: notApplicable },
      { ...aTest('b'), notScheduled: broken },
    ]),
  );
  expect(outcome.tests.map(({ conclusion, reason }) => [conclusion, reason])).toEqual([
    ['not-applicable', notApplicable.reason],
    ['not-scheduled', broken.reason],
  ]);
  expect(outcome.verdict).toBe('INFRA_FAILURE');
});

test('when nobody waits, what was scheduled is neither good nor bad', () => {
  const outcome = suiteOutcome(aSuite([aTest('a', [])], { waited: false }));
  expect(outcome).toMatchObject({ verdict: 'OK', waited: false });
  expect(outcome.test('a').conclusion).toBe('unfinished');
  expect(outcome.summary).toContain('not waited for');
});

test('a suite without tests is no success', () => {
  expect(suiteOutcome(aSuite([]))).toMatchObject({ verdict: 'WARNING', summary: 'No test belongs to suite bvt' });
});

test('the time of the suite runs out', () => {
  const outcome = suiteOutcome(aSuite([aTest('a', [good]), aTest('b', [])], { timedOut: true }));
  expect(outcome.verdict).toBe('SUITE_TIMEOUT');
  expect(outcome.summary).toContain('the time of the suite ran out');
});

test('every attempt stays visible with its job, host, times and reason (S9)', () => {
  const first = aResult({ status: 'FAIL', reason: 'broke', startedMs: 1, finishedMs: 2 });
  const second = aResult({ jobId: 8, hostname: 'host2', startedMs: 3, finishedMs: 9 });
  expect(suiteOutcome(aSuite([aTest('a', [first], [second])])).test('a').attempts).toMatchObject([
    { number: 1, jobId: 7, hostname: 'host1', status: 'FAIL', reason: 'broke', startedMs: 1, finishedMs: 2 },
    { number: 2, jobId: 8, hostname: 'host2', status: 'GOOD', reason: '', startedMs: 3, finishedMs: 9 },
  ]);
});

test('a name that is no test of the suite is told with those that are', () => {
  const outcome = suiteOutcome(aSuite([aTest('login', [good]), aTest('power', [good])]));
  expect(() => outcome.test('logn')).toThrow('No test "logn" in suite bvt; its tests are: login, power');
});
