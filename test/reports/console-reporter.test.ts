import { describe, expect, test } from 'vitest';
import { consoleReporter } from '../../src/reports/console-reporter.js';
import { duration, elapsed, oneLine, roughly } from '../../src/reports/text.js';
import { renderSummary } from '../../src/reports/summary.js';
import type { SuiteEventDetails } from '../../src/results/events.js';
import { suiteOutcome } from '../../src/results/outcome.js';
import { aResult, aSuite, aTest } from '../support/builders.js';

class Screen {
  text = '';
  readonly isTTY: boolean;
  readonly columns: number;

  constructor(isTTY = false, columns = 100) {
    this.isTTY = isTTY;
    this.columns = columns;
  }

  write(text: string): void {
    this.text += text;
  }
}

const fail = aResult({ status: 'FAIL', reason: 'the widget\ndid not frob', jobId: 7 });
const outcome = suiteOutcome(
  aSuite([aTest('login', [aResult()]), aTest('power', [fail], [aResult({ jobId: 8, hostname: 'host2' })])], {
    skipped: [{ path: 'x/control', reason: 'x/control:3:7: unterminated string' }],
  }),
);

function aProgress(changes: Partial<Extract<SuiteEventDetails, { type: 'progress' }>>): SuiteEventDetails {
  const counts = { scheduled: 1, open: 1, finished: 0, failed: 0, retried: 0 };
  return { type: 'progress', finished: 0, total: 1, counts, leftMs: null, ...changes };
}

const story: SuiteEventDetails[] = [
  { type: 'staging', build: 'b/R1-1', artifacts: ['control_files', 'test_suites'], devServer: 'http://ds' },
  { type: 'staged', build: 'b/R1-1', ms: 25_000 },
  { type: 'warning', code: 'x', message: 'careful' },
  { type: 'tests-selected', tests: ['login', 'power'], controlFiles: 84 },
  { type: 'test-scheduled', test: 'login', jobId: 6, attempt: 1, retryOf: null },
  { type: 'test-not-scheduled', test: 'audio', attempt: 1, status: 'TEST_NA', reason: 'Unsatisfiable DEPENDENCIES' },
  { type: 'scheduled', scheduled: 1, total: 2 },
  { type: 'test-result', test: 'power', attempt: 1, result: fail },
  { type: 'test-scheduled', test: 'power', jobId: 8, attempt: 2, retryOf: 7 },
  aProgress({ finished: 1, total: 2 }),
];

function tell(screen: Screen, events: readonly SuiteEventDetails[]): void {
  const reporter = consoleReporter({ stream: screen, color: false });
  events.forEach((details, index) => reporter({ suite: 'bvt', timeMs: 1_000_000 + index * 61_000, ...details }));
}

test('elsewhere than on a terminal there are plain lines only', () => {
  const screen = new Screen();
  tell(screen, story);
  expect(screen.text.split('\n')).toEqual([
    '00:00:00 staging control_files, test_suites of b/R1-1 on http://ds',
    '00:01:01 staged in 25 s',
    '00:02:02 warning: careful',
    '00:03:03 2 tests of suite bvt in 84 control files',
    '00:04:04 job 6: login',
    '00:05:05 TEST_NA audio: Unsatisfiable DEPENDENCIES',
    '00:06:06 1 job created for 2 tests',
    '00:07:07 FAIL    login, job 7 on host1, 1 min 5 s: the widget',
    '00:08:08 job 8: power, try 2, after job 7',
    '',
  ]);
});

test('elsewhere a long wait is told of every ten minutes, and only when nothing else is', () => {
  const screen = new Screen();
  const reporter = consoleReporter({ stream: screen, color: false });
  const minute = 60_000;
  const at = (minutes: number, details: SuiteEventDetails) =>
    reporter({ suite: 'bvt', timeMs: 1_000_000 + minutes * minute, ...details });
  at(0, { type: 'scheduled', scheduled: 1, total: 1 });
  for (let minutes = 1; minutes <= 25; minutes += 1) {
    if (minutes === 12) at(minutes, { type: 'warning', code: 'x', message: 'careful' });
    at(minutes, aProgress({ leftMs: (90 - minutes) * minute }));
  }
  expect(screen.text.split('\n')).toEqual([
    '00:00:00 1 job created for 1 test',
    '00:10:00 0/1 jobs finished, about 1 h 20 min left',
    '00:12:00 warning: careful',
    '00:22:00 0/1 jobs finished, about 1 h 10 min left',
    '',
  ]);
});

describe('on a terminal', () => {
  test('the progress says how long it will take, where somebody can tell', () => {
    const screen = new Screen(true);
    tell(screen, [aProgress({ leftMs: 25 * 60_000 }), aProgress({ leftMs: null }), aProgress({ leftMs: 0 })]);
    const drawn = screen.text.split('\r\u001B[K').map((line) => line.replace(/^.*░ /u, ''));
    expect(drawn).toEqual(['0/1 jobs finished, about 25 min left', '0/1 jobs finished', '0/1 jobs finished']);
  });

  test('the progress is drawn again below every line, and gone at the end', () => {
    const screen = new Screen(true);
    tell(screen, [...story, { type: 'finished', outcome }]);
    const drawn = screen.text.split('\r\u001B[K');
    expect(drawn).toHaveLength(story.length + 1);
    expect(drawn.at(-2)).toBe('00:09:09 bvt ██████████░░░░░░░░░░ 1/2 jobs finished, 1 failed, 1 retried');
    expect(drawn.at(-1)).toContain('Suite bvt on x86-mario: WARNING (exit code 2) after 10 min 0 s');
    expect(screen.text.endsWith('\n')).toBe(true);
  });

  test('before there are jobs it says what goes on', () => {
    const screen = new Screen(true);
    tell(screen, story.slice(0, 4));
    const drawn = screen.text.split(/\r\u001B\[K|\n/u).filter((line) => line.endsWith('...'));
    expect(drawn.map((line) => line.slice('00:00:00 bvt '.length))).toEqual([
      'waiting for the dev server to stage the build ...',
      'reading the control files ...',
      'reading the control files ...',
      'creating jobs ...',
    ]);
  });

  test('a line of one’s own does not disturb it, and cannot play tricks', () => {
    const screen = new Screen(true);
    const reporter = consoleReporter({ stream: screen, color: false });
    reporter({ suite: 'bvt', timeMs: 0, ...aProgress({ finished: 0, total: 1 }) });
    reporter.note('hello\u001B[2Jworld');
    const [, note = ''] = screen.text.split('\r\u001B[K');
    expect(note.split('\n')).toEqual(['         hello [2Jworld', expect.stringContaining('0/1 jobs finished')]);
  });

  test('the progress fits into the width', () => {
    const screen = new Screen(true, 30);
    tell(screen, [aProgress({ finished: 0, total: 1 })]);
    expect(screen.text).toHaveLength(29);
  });
});

test('a terminal that does not know its width gets an ordinary one', () => {
  const screen = new Screen(true, 0);
  tell(screen, [aProgress({ finished: 0, total: 1 })]);
  expect(screen.text).toContain('0/1 jobs finished');
});

test('the summary shows verdict, tries, hosts, times and reasons in one screen', () => {
  expect(renderSummary(outcome).split('\n')).toEqual([
    'Suite bvt on x86-mario: WARNING (exit code 2) after 10 min 0 s',
    '  2 tests: 1 passed, 1 flaky',
    '  cros-version: x86-mario-release/R19-1998.0.0',
    '',
    '  TEST   RESULT  TRIES  HOST   TIME',
    '  login  passed  1      host1  1 min 5 s',
    '  power  flaky   2      host2  2 min 10 s',
    '      try 1: FAIL, job 7 on host1: the widget',
    '      try 2: GOOD, job 8 on host2',
    '',
    '1 control file could not be read:',
    '  x/control:3:7: unterminated string',
    '',
  ]);
});

test('colours only where they are wanted', () => {
  expect(renderSummary(outcome)).not.toContain('\u001B');
  expect(renderSummary(outcome, { color: true })).toContain('\u001B[33mWARNING\u001B[0m');
});

test('a suite without tests is told in a line', () => {
  expect(renderSummary(suiteOutcome(aSuite([])))).toContain('  No test belongs to suite bvt\n');
});

test.each([
  [0, '0 s', '00:00:00'],
  [59_400, '59 s', '00:00:59'],
  [3_600_000, '1 h 0 min', '01:00:00'],
  [90_061_000, '25 h 1 min', '25:01:01'],
])('%d ms is %s, or %s', (ms, asDuration, asElapsed) => {
  expect(duration(ms)).toBe(asDuration);
  expect(elapsed(ms)).toBe(asElapsed);
});

test.each([
  [1000, '1 min'],
  [25.4 * 60_000, '25 min'],
  [60 * 60_000, '1 h'],
  [119 * 60_000, '2 h'],
  [128 * 60_000, '2 h 10 min'],
])('%d ms is roughly %s', (ms, text) => {
  expect(roughly(ms)).toBe(text);
});

test('text from a server is cut to one harmless line', () => {
  expect(oneLine('\n first\u0007\u202E line \nsecond')).toBe('first   line');
  expect(oneLine('x'.repeat(300), 10)).toBe(`${'x'.repeat(9)}…`);
});
