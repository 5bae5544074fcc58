import type { Attempt, SuiteOutcome, TestOutcome } from '../results/outcome.js';
import { answerOf, wordsOf } from './attempts.js';
import { crashLine } from './crash-lines.js';
import { clipped, oneLine, unreadLine } from './text.js';
import { isoTime, tookMs } from './time-stamps.js';

/**
 * The outcome of a suite in the Test Anything Protocol, version 14: a test point per test, in the order they were
 * scheduled. A test that does not apply, or that nobody waited for, is `# SKIP`; an experimental one is `# TODO`, so
 * that it fails nobody's build. What is to be said of a test that did not simply pass follows as YAML.
 */
export function tapReport(outcome: SuiteOutcome): string {
  const total = outcome.tests.length;
  const plan = total === 0 ? `1..0 # SKIP ${safe(outcome.summary)}` : `1..${String(total)}`;
  const comments = [
    `Suite ${outcome.suite} on ${outcome.board}`,
    ...Object.entries(outcome.builds).map(([prefix, build]) => `${prefix}: ${build}`),
    ...outcome.skipped.map((file) => `Unreadable control file: ${unreadLine(file)}`),
  ];
  const lines = [
    'TAP version 14',
    plan,
    ...comments.map(comment),
    ...outcome.tests.flatMap((test, index) => testPoint(test, index + 1, outcome)),
    comment(`${outcome.verdict}: ${outcome.summary}`),
  ];
  return `${lines.join('\n')}\n`;
}

function comment(text: string): string {
  return `# ${oneLine(text, lineLimit)}`;
}

function testPoint(test: TestOutcome, number: number, outcome: SuiteOutcome): string[] {
  const answer = answerOf(test, outcome);
  const head = `${answer === 'bad' ? 'not ok' : 'ok'} ${String(number)} - ${safe(test.name)}`;
  const why = test.reason === '' ? wordsOf[test.conclusion] : test.reason;
  if (answer === 'skipped') return [`${head} # SKIP ${safe(why)}`, ...diagnostics(test)];
  return [`${head}${test.experimental ? ' # TODO experimental' : ''}`, ...diagnostics(test)];
}

function diagnostics(test: TestOutcome): string[] {
  const crashed = test.attempts.some(({ crashes }) => crashes.length > 0);
  if (test.conclusion === 'passed' && !crashed) return [];
  const said = test.attempts.length === 0 && test.reason !== '' ? [['message', test.reason] as const] : [];
  const lines = [
    ...mapping([['conclusion', test.conclusion], ...said, ['file', test.path]]),
    ...(test.attempts.length === 0 ? [] : ['attempts:', ...test.attempts.flatMap(attemptItem)]),
  ];
  return ['  ---', ...lines.map((line) => `  ${line}`), '  ...'];
}

function attemptItem(attempt: Attempt): string[] {
  const took = tookMs(attempt.startedMs, attempt.finishedMs);
  const lines = [
    ...mapping([
      ['status', attempt.status],
      ['job', attempt.jobId],
      ['host', attempt.hostname],
      ['started', isoTime(attempt.startedMs)],
      ['duration_ms', took === null ? null : Math.round(took)],
      ['failure', attempt.failure === 'infrastructure' ? attempt.failure : null],
      ['reason', attempt.reason === '' ? null : attempt.reason],
    ]),
    ...(attempt.crashes.length === 0 ? [] : ['crashes:']),
    ...attempt.crashes.map((crash) => `  - ${quoted(crashLine(crash))}`),
  ];
  return lines.map((line, index) => (index === 0 ? `  - ${line}` : `    ${line}`));
}

/** Lines of a YAML mapping; what is null is left out, except for a status, which is then told to be missing. */
function mapping(entries: readonly (readonly [key: string, value: string | number | null])[]): string[] {
  return entries.flatMap(([key, value]) => {
    if (value === null) return key === 'status' ? ['status: null'] : [];
    if (typeof value === 'number') return [`${key}: ${String(value)}`];
    const lines = clipped(value).split('\n');
    if (lines.length > 1 && lines.every(isPlain)) return [`${key}: |-`, ...lines.map((line) => `  ${line}`)];
    return [`${key}: ${bareWord.test(value) ? value : quoted(value)}`];
  });
}

// A line that a literal block can hold as it is: nothing invisible, no space that a reader could take for indentation
// or drop, and nothing that readers who know little YAML take for the end of the block.
function isPlain(line: string): boolean {
  return /^[!-~](?:[ -~]*[!-~])?$/u.test(line) && line !== '---' && line !== '...';
}

// Words that no reader of YAML takes for anything but text.
const bareWord = /^(?:[A-Z]{4,8}|[A-Z]+_NA|passed|flaky|warned|failed|infrastructure|aborted|not-[a-z]+|unfinished)$/u;

/** JSON, which is YAML too; with no line break in it, and nothing that YAML does not let through. */
function quoted(text: string): string {
  return JSON.stringify(clipped(text)).replace(
    /[\u007F-\u009F\u2028\u2029\uFEFF\uFFFE\uFFFF]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Text of a description or a directive: `#` would begin a directive, and `\` begins an escape. */
function safe(text: string): string {
  return oneLine(text, lineLimit).replace(/[\\#]/gu, String.raw`\$&`);
}

const lineLimit = 500;
