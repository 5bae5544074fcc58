import { expect, test } from 'vitest';
import { failureKind } from '../../src/results/failure-kind.js';
import type { TestResult } from '../../src/results/test-result.js';
import { aResult } from '../support/builders.js';

const good = aResult();
const machine = aResult({ status: 'FAIL', origin: 'job' });

test.each<[what: string, results: TestResult[], kind: 'test' | 'infrastructure' | null]>([
  ['nothing yet', [], null],
  ['a pass', [good], null],
  ['a warning of the job', [aResult({ status: 'WARN', origin: 'job' }), good], null],
  ['a test that does not apply', [aResult({ status: 'TEST_NA' })], null],
  ['a failure of the test', [aResult({ status: 'FAIL' })], 'test'],
  ['a test that gave up', [aResult({ status: 'ABORT' })], 'test'],
  ['a test without a verdict', [aResult({ status: 'NOSTATUS' })], 'test'],
  ['a machine that failed', [machine], 'infrastructure'],
  ['a machine that failed under a good test', [machine, good], 'infrastructure'],
  ['a client that died', [aResult({ status: 'ABORT', origin: 'job' })], 'infrastructure'],
  ['a job without a row', [aResult({ status: 'ABORT', origin: 'none', executed: false })], 'infrastructure'],
])('%s is to blame on whom it should be (S10)', (_what, results, kind) => {
  expect(failureKind(results)).toBe(kind);
});
