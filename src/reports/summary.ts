import type { Attempt, Conclusion, SuiteOutcome, TestOutcome } from '../results/outcome.js';
import { attemptTitle } from './attempts.js';
import { crashLine, crashLines } from './crash-lines.js';
import { count, duration, oneLine, painter, type Painter, type Tone } from './text.js';

/** Options of {@link renderSummary}. */
export interface SummaryOptions {
  /**
   * The width to fit into, in characters.
   *
   * @defaultValue 120
   */
  readonly columns?: number | undefined;
  /**
   * Use the colours of a terminal.
   *
   * @defaultValue false
   */
  readonly color?: boolean | undefined;
}

/**
 * The outcome of a suite for a person to read, in one screen: the verdict, a line per test with its attempts, host and
 * time, and below each test that did not simply pass every attempt with its job and reason; then the crashes, those of
 * one kind together.
 */
export function renderSummary(outcome: SuiteOutcome, options: SummaryOptions = {}): string {
  const { columns = 120, color = false } = options;
  const paint = painter(color);
  const lines = [
    headline(outcome, paint),
    `  ${outcome.summary}`,
    ...Object.entries(outcome.builds).map(
      ([prefix, build]) => `  ${paint('dim', oneLine(`${prefix}: ${build}`, columns - 2))}`,
    ),
    '',
    ...table(outcome.tests, columns, paint),
  ];
  const [crashes, ...kinds] = crashLines(outcome, columns);
  if (crashes !== undefined) lines.push('', paint('bad', crashes), ...kinds);
  if (outcome.skipped.length > 0) {
    lines.push('', paint('warn', `${count(outcome.skipped.length, 'control file')} could not be read:`));
    lines.push(...outcome.skipped.map(({ reason }) => `  ${oneLine(reason, columns - 2)}`));
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

const toneOf: Readonly<Record<Conclusion, Tone>> = {
  passed: 'good',
  flaky: 'warn',
  warned: 'warn',
  failed: 'bad',
  infrastructure: 'bad',
  aborted: 'bad',
  'not-applicable': 'dim',
  'not-scheduled': 'bad',
  unfinished: 'warn',
};

function headline(outcome: SuiteOutcome, paint: Painter): string {
  const tone: Tone = outcome.verdict === 'OK' ? 'good' : outcome.verdict === 'WARNING' ? 'warn' : 'bad';
  const took = duration(outcome.finishedMs - outcome.startedMs);
  const verdict = paint(tone, outcome.verdict);
  const where = oneLine(`${outcome.suite} on ${outcome.board}`);
  return `${paint('bold', `Suite ${where}:`)} ${verdict} (exit code ${String(outcome.exitCode)}) after ${took}`;
}

interface Row {
  readonly cells: readonly string[];
  readonly conclusion: Conclusion;
  readonly details: readonly string[];
}

function table(tests: readonly TestOutcome[], columns: number, paint: Painter): string[] {
  if (tests.length === 0) return [];
  const header = ['TEST', 'RESULT', 'TRIES', 'HOST', 'TIME'];
  const rows = tests.map((test) => row(test, columns, paint));
  const widths = header.map((title, index) =>
    Math.max(title.length, ...rows.map(({ cells }) => cells[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) => cells.map((cell, index) => cell.padEnd(widths[index] ?? 0));
  const lines = [paint('dim', `  ${line(header).join('  ').trimEnd()}`)];
  for (const { cells, conclusion, details } of rows) {
    const [name = '', result = '', ...others] = line(cells);
    lines.push(`  ${name}  ${paint(toneOf[conclusion], result)}  ${others.join('  ')}`.trimEnd(), ...details);
  }
  return lines;
}

function row(test: TestOutcome, columns: number, paint: Painter): Row {
  const last = test.attempts.at(-1);
  const ran = test.attempts.filter((attempt) => attempt.startedMs !== null);
  const cells = [
    oneLine(test.name, 60),
    test.conclusion,
    String(test.attempts.length),
    oneLine(last?.hostname ?? '-', 40),
    ran.length === 0 ? '-' : duration(ran.reduce((total, attempt) => total + timeOf(attempt), 0)),
  ];
  return { cells, conclusion: test.conclusion, details: details(test, columns, paint) };
}

function details(test: TestOutcome, columns: number, paint: Painter): string[] {
  const crashed = test.attempts.some(({ crashes }) => crashes.length > 0);
  if (test.conclusion === 'passed' && !crashed) return [];
  if (test.attempts.length === 0) return [`      ${oneLine(test.reason, columns - 6)}`];
  return test.attempts.flatMap((attempt) => {
    const text = `${attemptTitle(attempt)}${attempt.reason === '' ? '' : `: ${attempt.reason}`}`;
    const crashes = attempt.crashes.map((crash) => `          ${oneLine(`crash: ${crashLine(crash)}`, columns - 10)}`);
    return [`      ${paint('dim', oneLine(text, columns - 6))}`, ...crashes];
  });
}

function timeOf(attempt: Attempt): number {
  return (attempt.finishedMs ?? 0) - (attempt.startedMs ?? 0);
}
