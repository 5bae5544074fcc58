import { describe, expect, test } from 'vitest';
import { bugKeyvals } from '../../src/bugs/bug-keyvals.js';
import { checkFiledReport } from '../../src/bugs/bug-reporter.js';
import { ReportBudget, resolveReportLimits } from '../../src/bugs/report-budget.js';
import { isReportable, reportRoute } from '../../src/bugs/reportable.js';
import { testStatuses } from '../../src/results/status.js';

const failed = { status: 'FAIL', executed: true, experimental: false } as const;
const situation = { retryToCome: false, experimental: false, fileExperimentalBugs: false };

describe('which results are reported', () => {
  test('those worse than GOOD, except TEST_NA', () => {
    const reported = testStatuses.filter((status) => isReportable({ ...failed, status }, situation));
    expect(reported).toEqual(['ABORT', 'ERROR', 'FAIL', 'WARN']);
  });

  test.each([
    ['one that was not executed is not', { executed: false }, {}, false],
    ['one whose retry is to come is not', {}, { retryToCome: true }, false],
    ['an experimental one is not', { experimental: true }, {}, false],
    ['nor is one of an experimental test', {}, { experimental: true }, false],
    ['an experimental one is when asked for', { experimental: true }, { fileExperimentalBugs: true }, true],
    ['as is one of an experimental test', {}, { experimental: true, fileExperimentalBugs: true }, true],
  ])('%s', (_what, result, changes, expected) => {
    expect(isReportable({ ...failed, ...result }, { ...situation, ...changes })).toBe(expected);
  });
});

test.each([
  ...['au', 'bvt', 'bvt-cq', 'bvt-inline', 'paygen_au_beta', 'paygen_au_canary', 'paygen_au_dev', 'paygen_au_stable'],
  ...['sanity', 'push_to_prod'],
])('failures of the suite %s become bugs', (suite) => {
  expect(reportRoute(suite)).toBe('bug');
});

test.each(['regression', 'bvt-perbuild', 'BVT', 'paygen_au', '', 'constructor'])(
  'failures of the suite "%s" become e-mails',
  (suite) => {
    expect(reportRoute(suite)).toBe('mail');
  },
);

describe('the keyvals of a bug', () => {
  test('name the job and the test, and slashes are levelled', () => {
    expect(bugKeyvals(12, 'b/R1/bvt/a_SERVER_JOB', { bugId: '7', count: 3 })).toEqual({
      '12_b_R1_bvt_a_SERVER_JOB-Bug_Id': '7',
      '12_b_R1_bvt_a_SERVER_JOB-Bug_Count': '3',
    });
  });

  test('are none without a bug, and no count without one', () => {
    expect(bugKeyvals(12, 'a', { count: 3 })).toEqual({});
    expect(bugKeyvals(12, 'a', { bugId: '7' })).toEqual({ '12_a-Bug_Id': '7' });
  });

  test('hold no line end', () => {
    expect(Object.keys(bugKeyvals(1, 'a\n2_b', { bugId: '7' }))).toEqual(['1_a_2_b-Bug_Id']);
  });
});

describe('what a reporter may answer', () => {
  test.each([null, {}, { bugId: 'LAB-7' }, { bugId: '7', count: 2 }, { count: 1 }])('%j', (given) => {
    expect(checkFiledReport(given)).toEqual(given);
  });

  test.each([undefined, 7, 'bug', { bugId: 7 }, { bugId: '' }, { bugId: 'a\nb' }, { count: 0 }, { count: '1' }])(
    'but not %j',
    (given) => {
      expect(() => checkFiledReport(given)).toThrow(TypeError);
    },
  );
});

describe('how many are reported', () => {
  const budget = (limits: object) => new ReportBudget(resolveReportLimits(limits));

  test('so many of a kind, and so many in all; what is left out is told in one line', () => {
    const ofSuite = budget({ maxReports: 4, maxReportsPerAnchor: 2 });
    const taken = ['a', 'a', 'a', 'b', 'a', 'c', 'd', 'e'].map((anchor) => ofSuite.take(anchor));
    expect(taken).toEqual([true, true, false, true, false, true, false, false]);
    expect(ofSuite.tellLeftOut()).toBe('Failures that are not reported: 2 beyond 2 of one kind, 2 beyond 4 in a suite');
    expect(ofSuite.tellLeftOut()).toBeNull();
  });

  test('none any more when too many in a row failed', () => {
    const ofSuite = budget({ maxFailures: 2 });
    ofSuite.failed();
    ofSuite.succeeded();
    ofSuite.failed();
    expect(ofSuite.mayTry()).toBe(true);
    ofSuite.failed();
    expect(ofSuite.mayTry()).toBe(false);
    expect(ofSuite.tellLeftOut()).toContain('1 since 2 in a row failed');
  });
});
