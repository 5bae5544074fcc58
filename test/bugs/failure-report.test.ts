import fc from 'fast-check';
import { expect, test } from 'vitest';
import { marioBuild } from '../support/labs.js';
import { aFailure } from './a-failure.js';

test('a report says what failed where, and ends with the anchor', () => {
  expect(aFailure().text).toBe(
    [
      'FAIL: it broke',
      '',
      'Suite: bvt, job 1',
      'Test: a',
      `Job: 2, ${marioBuild}/bvt/a`,
      'Board: x86-mario',
      `Builds: cros-version:${marioBuild}`,
      'Host: host1',
      'Results: 2-lab/host1/a',
      'Attempt: 1',
      'Ended: 2026-01-05T09:30:00.000Z',
      '',
      'TestFailure{bvt,a,it broke}',
    ].join('\n'),
  );
});

test('the template’s title stands for ours, and its summary before the facts', () => {
  const report = aFailure({ template: { title: 'Power is broken', summary: 'Ask the power team.' } });
  expect(report.title).toBe('Power is broken');
  expect(report.text).toMatch(/^Ask the power team\.\n\nFAIL: it broke\n/u);
  expect(report.anchor).toBe('TestFailure{bvt,a,it broke}');
});

test('what is not known is said to be', () => {
  const nothing = { reason: '', hostname: null, subdir: null, finishedMs: Number.NaN };
  const { text } = aFailure({ suiteJobId: null }, nothing);
  expect(text).toMatch(/^FAIL, and nobody said why\n\nSuite: bvt\n/u);
  expect(text).toMatch(/Host: not known\nResults: none\nAttempt: 1\nEnded: not known\n/u);
});

test('whatever the lab says, every text is bounded, clean, and one line where it should be', () => {
  const text = fc
    .string({ unit: 'binary', maxLength: 100 })
    .map((part) => `${part}\r\nBcc: all@lab.example\u0000\u202E`);
  fc.assert(
    fc.property(text, text, text, fc.integer({ min: 1, max: 1000 }), (testName, reason, subdir, times) => {
      const long = reason.repeat(times);
      const report = aFailure({}, { testName, reason: long, subdir, hostname: subdir, jobName: testName });
      for (const line of [report.title, report.test, report.jobName, report.anchor, report.resultsFolder ?? '']) {
        expect(line).toMatch(/^\P{C}{0,3000}$/u);
      }
      expect(report.text).toMatch(/^(?:\P{C}|\n)*$/u);
      expect(report.text.length).toBeLessThan(20_000);
      expect(report.text.endsWith(`\n${report.anchor}`)).toBe(true);
    }),
  );
});
