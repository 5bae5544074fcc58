import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { tapReport } from '../../src/reports/tap-report.js';
import { suiteOutcome } from '../../src/results/outcome.js';
import { aResult, aSuite, aTest } from '../support/builders.js';
import { anyOutcome, anyText, everyConclusion } from '../support/outcomes.js';

const linesOf = (tap: string) => tap.split('\n');
const pointsOf = (tap: string) => linesOf(tap).filter((line) => /^(?:not )?ok\b/u.test(line));

/** The YAML block of the first test point, as a reader finds it: up to the first line that ends one. */
function firstBlock(tap: string) {
  const lines = linesOf(tap);
  const block = lines.slice(lines.indexOf('  ---') + 1);
  const end = block.findIndex((line) => line.trim() === '...');
  return parse(
    block
      .slice(0, end)
      .map((line) => line.slice(2))
      .join('\n'),
  );
}

test('a version, a plan, and a point per test', () => {
  const tap = tapReport(everyConclusion());

  expect(linesOf(tap).slice(0, 4)).toEqual([
    'TAP version 14',
    '1..10',
    '# Suite bvt on x86-mario',
    '# cros-version: x86-mario-release/R19-1998.0.0',
  ]);
  expect(pointsOf(tap)).toEqual([
    'ok 1 - login',
    'ok 2 - power_Idle',
    'not ok 3 - graphics_Sanity',
    'not ok 4 - video_Decoder',
    'ok 5 - audio_Loopback',
    'ok 6 - camera_Still # SKIP no camera',
    'not ok 7 - network_Wifi',
    'not ok 8 - security_Tpm',
    'not ok 9 - platform_Boot',
    'not ok 10 - experimental_Holograms # TODO experimental',
  ]);
});

test('a flaky test tells of every try', () => {
  expect(firstBlock(tapReport(everyConclusion()))).toEqual({
    conclusion: 'flaky',
    file: 'client/site_tests/power_Idle/control',
    attempts: [
      {
        status: 'FAIL',
        job: 7,
        host: 'host1',
        started: '2026-01-31T22:04:00.000Z',
        duration_ms: 360_000,
        reason: 'drew 9 W <too much>',
      },
      { status: 'GOOD', job: 8, host: 'host2', started: '2026-01-31T22:11:00.000Z', duration_ms: 360_000 },
    ],
  });
});

test('a reason of several lines is written as such', () => {
  const failed = aResult({ status: 'FAIL', reason: 'Traceback:\nAssertionError' });
  const tap = tapReport(suiteOutcome(aSuite([aTest('login', [failed])])));
  expect(tap).toContain('      reason: |-\n        Traceback:\n        AssertionError\n  ...\n');
});

test('a suite without tests skips everything', () => {
  expect(linesOf(tapReport(suiteOutcome(aSuite([]))))[1]).toBe('1..0 # SKIP No test belongs to suite bvt');
});

test('a name can be no directive', () => {
  const tap = tapReport(suiteOutcome(aSuite([aTest(String.raw`a # SKIP \ b`, [aResult()])])));
  expect(pointsOf(tap)).toEqual([String.raw`ok 1 - a \# SKIP \\ b`]);
});

test('no text can add a test point, end a block or begin a directive', () => {
  fc.assert(
    fc.property(anyOutcome, (outcome) => {
      const tap = tapReport(outcome);
      expect(pointsOf(tap)).toHaveLength(outcome.tests.length);
      const stray = linesOf(tap).filter(
        (line) => !/^(?:TAP version 14|1\.\.\d+.*|#.*|(?:not )?ok \d.*| {2}.*|)$/u.test(line),
      );
      expect(stray).toEqual([]);
      for (const point of pointsOf(tap)) expect(point).toMatch(/^[^#]*(?:\\#[^#]*)*(?:# (?:SKIP|TODO) .*)?$/u);
    }),
  );
});

test('a reason reads back from the YAML as it was', () => {
  fc.assert(
    fc.property(anyText, (reason) => {
      fc.pre(reason !== '');
      const failed = aResult({ status: 'FAIL', reason });
      const block = firstBlock(tapReport(suiteOutcome(aSuite([aTest('login', [failed])]))));
      expect(block.attempts[0].reason).toBe(reason);
    }),
  );
});
