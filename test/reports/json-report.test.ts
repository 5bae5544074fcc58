import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonReport, type JsonReport } from '../../src/reports/json-report.js';
import { suiteOutcome } from '../../src/results/outcome.js';
import { aResult, aSuite, aTest } from '../support/builders.js';
import { anyOutcome, everyConclusion } from '../support/outcomes.js';

const read = (text: string): JsonReport => JSON.parse(text);

test('a program finds the verdict, the counts and every try of a test', () => {
  const report = read(jsonReport(everyConclusion()));

  expect(report).toMatchObject({
    schemaVersion: 1,
    suite: 'bvt',
    builds: { 'cros-version': 'x86-mario-release/R19-1998.0.0' },
    suiteJobId: 5,
    verdict: 'ERROR',
    exitCode: 1,
    startedAt: '2026-01-31T22:00:00.000Z',
    durationMs: 1_800_000,
    counts: { passed: 1, flaky: 1, failed: 2, 'not-scheduled': 1 },
    skippedControlFiles: [{ path: 'client/x/control' }],
  });
  expect(report.tests.find(({ name }) => name === 'power_Idle')).toMatchObject({
    conclusion: 'flaky',
    attempts: [
      { number: 1, jobId: 7, status: 'FAIL', reason: 'drew 9 W <too much>', durationMs: 360_000 },
      { number: 2, jobId: 8, status: 'GOOD', hostname: 'host2', startedAt: '2026-01-31T22:11:00.000Z' },
    ],
  });
  expect(report.tests.find(({ name }) => name === 'graphics_Sanity')?.attempts[0]?.crashes).toMatchObject([
    { signature: 'gpu::Draw < main', problem: null },
    { stack: null, problem: 'no crash server answered' },
  ]);
});

test('the fields of version 1 are these', () => {
  const report = read(jsonReport(everyConclusion()));
  const [first] = report.tests;

  expect(Object.keys(report)).toEqual([
    ...['schemaVersion', 'suite', 'board', 'builds', 'suiteJobId', 'verdict', 'exitCode', 'summary', 'waited'],
    ...['startedAt', 'finishedAt', 'durationMs', 'counts', 'tests', 'skippedControlFiles', 'nearSuites'],
    'crashes',
  ]);
  expect(Object.keys(first ?? {})).toEqual(['name', 'path', 'experimental', 'conclusion', 'reason', 'attempts']);
  expect(Object.keys(first?.attempts[0] ?? {})).toEqual([
    ...['number', 'jobId', 'hostname', 'status', 'reason'],
    ...['startedAt', 'finishedAt', 'durationMs', 'failure', 'retryFor', 'results', 'crashes'],
  ]);
});

test('a time that no calendar has is null, and no error', () => {
  const odd = aResult({ startedMs: 1e300, finishedMs: Number.NaN });
  const report = read(jsonReport(suiteOutcome(aSuite([aTest('login', [odd])]))));
  expect(report.tests[0]?.attempts[0]).toMatchObject({ startedAt: null, finishedAt: null, durationMs: null });
});

test('every text comes back as it was, whatever it holds', () => {
  fc.assert(
    fc.property(anyOutcome, (outcome) => {
      const report = read(jsonReport(outcome));
      expect(report.suite).toBe(outcome.suite);
      expect(report.tests.map(({ reason }) => reason)).toEqual(outcome.tests.map(({ reason }) => reason));
    }),
  );
});
