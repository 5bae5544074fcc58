import type { SuiteEvent, SuiteEventListener } from '../results/events.js';
import { isFailure } from '../results/status.js';
import { crashLine } from './crash-lines.js';
import { renderSummary } from './summary.js';
import { count, duration, elapsed, oneLine, painter, roughly, widthOf, type Painter, type TextStream } from './text.js';

/** Options of {@link consoleReporter}. */
export interface ConsoleReporterOptions {
  /**
   * Where to write.
   *
   * @defaultValue `process.stdout`
   */
  readonly stream?: TextStream | undefined;
  /**
   * Use the colours of a terminal.
   *
   * @defaultValue what the stream says of itself
   */
  readonly color?: boolean | undefined;
}

/** What {@link consoleReporter} gives: a listener, with a way to write among its lines. */
export interface ConsoleReporter extends SuiteEventListener {
  /** Writes a line of the caller's own, without disturbing the progress. Control characters are left out. */
  note(line: string): void;
}

/**
 * A listener for `onEvent` that tells a person how a suite gets on: a line for each thing that happens, and the
 * summary at the end. On a terminal the last line is drawn again and again with the progress; elsewhere, e.g. in the
 * log of a build, there are plain lines only, and the progress is one when nothing else has been told for ten minutes.
 * For one suite at a time.
 */
export function consoleReporter(options: ConsoleReporterOptions = {}): ConsoleReporter {
  const stream: TextStream = options.stream ?? process.stdout;
  const live = stream.isTTY === true;
  const color = options.color ?? (live && (stream.hasColors?.() ?? false));
  const paint = painter(color);
  const tally: Tally = { doing: 'starting', finished: 0, total: 0, failed: 0, retried: 0, leftMs: null };
  let startMs: number | undefined;
  let toldMs = 0;
  let progress = '';

  // Erase the progress, write what stays, draw the progress again: in one write, so that nothing flickers.
  const write = (kept: string, newProgress: string) => {
    const erase = progress === '' ? '' : '\r\u001B[K';
    progress = newProgress;
    if (erase + kept + progress !== '') stream.write(erase + kept + progress);
  };

  const listener: SuiteEventListener = (event) => {
    startMs ??= event.timeMs;
    const time = elapsed(event.timeMs - startMs);
    const columns = widthOf(stream);
    keepTally(tally, event);
    if (event.type === 'finished') {
      write(`\n${renderSummary(event.outcome, { columns, color })}`, '');
      return;
    }
    const isLongWait = !live && event.type === 'progress' && event.timeMs - toldMs >= longWaitMs;
    const line = isLongWait ? progressNumbers(tally) : describe(event, paint);
    if (line !== null) toldMs = event.timeMs;
    const kept = line === null ? '' : `${paint('dim', time)} ${line}\n`;
    write(kept, live ? progressLine(event.suite, time, tally).slice(0, columns - 1) : '');
  };
  return Object.assign(listener, {
    note(line: string) {
      write(`${indent}${paint('dim', oneLine(line))}\n`, progress);
    },
  });
}

/** After so long without a line whoever reads a log wonders whether anything goes on. */
const longWaitMs = 10 * 60_000;

interface Tally {
  /** What goes on before there are jobs. */
  doing: string;
  finished: number;
  total: number;
  failed: number;
  retried: number;
  /** Null when nobody can tell. */
  leftMs: number | null;
}

function keepTally(tally: Tally, event: SuiteEvent): void {
  tally.doing = doingAfter[event.type] ?? tally.doing;
  if (event.type === 'progress') {
    tally.finished = event.finished;
    tally.total = event.total;
    tally.leftMs = event.leftMs;
  } else if (event.type === 'test-scheduled' || event.type === 'job-adopted') {
    tally.total += event.retryOf === null ? 1 : 0;
    tally.retried += event.retryOf === null ? 0 : 1;
  } else if (event.type === 'test-result' && isFailure(event.result.status)) {
    tally.failed += 1;
  }
}

const doingAfter: Partial<Record<SuiteEvent['type'], string>> = {
  staging: 'waiting for the dev server to stage the build',
  staged: 'reading the control files',
  'tests-selected': 'creating jobs',
};

function progressLine(suite: string, time: string, tally: Tally): string {
  const { doing, finished, total } = tally;
  if (total === 0) return `${time} ${oneLine(suite, 30)} ${doing} ...`;
  const filled = Math.round((finished / total) * barWidth);
  const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled);
  return `${time} ${oneLine(suite, 30)} ${bar} ${progressNumbers(tally)}`;
}

/** `12/54 jobs finished, 1 failed, about 25 min left` */
function progressNumbers({ finished, total, failed, retried, leftMs }: Tally): string {
  const numbers = [`${String(finished)}/${String(total)} jobs finished`];
  if (failed > 0) numbers.push(`${String(failed)} failed`);
  if (retried > 0) numbers.push(`${String(retried)} retried`);
  if (leftMs !== null && leftMs > 0) numbers.push(`about ${roughly(leftMs)} left`);
  return numbers.join(', ');
}

const barWidth = 20;

/** As wide as the time before the other lines. */
const indent = ' '.repeat('00:00:00 '.length);

/** What stays on the screen of an event; null for nothing. */
function describe(event: SuiteEvent, paint: Painter): string | null {
  switch (event.type) {
    case 'warning':
      return paint('warn', `warning: ${oneLine(event.message)}`);
    case 'staging':
      return `staging ${event.artifacts.join(', ')} of ${oneLine(event.build)} on ${oneLine(event.devServer)}`;
    case 'staged':
      return `staged in ${duration(event.ms)}`;
    case 'tests-selected':
      return `${count(event.tests.length, 'test')} of suite ${oneLine(event.suite)} in ${count(event.controlFiles, 'control file')}`;
    case 'test-scheduled':
      return describeScheduled(event);
    case 'job-adopted':
      return `${describeScheduled(event)}, from before`;
    case 'test-not-scheduled':
      return `${paint('warn', event.status.padEnd(statusWidth))} ${oneLine(event.test)}: ${oneLine(event.reason)}`;
    case 'scheduled':
      return `${count(event.scheduled, 'job')} created for ${count(event.total, 'test')}`;
    case 'test-result':
      return describeResult(event, paint);
    case 'crash':
      return `${paint('bad', 'CRASH'.padEnd(statusWidth))} ${oneLine(event.test)}: ${crashLine(event.crash)}`;
    case 'failure-reported':
      return describeReport(event);
    case 'jobs-aborted':
      return paint('warn', `the time of the suite is over: ${count(event.jobs.length, 'job')} aborted`);
    case 'progress':
    case 'finished':
      return null;
  }
}

const statusWidth = 'TEST_NA'.length;

function describeScheduled(event: Extract<SuiteEvent, { type: 'test-scheduled' | 'job-adopted' }>): string {
  const job = `job ${String(event.jobId)}`;
  if (event.retryOf === null) return `${job}: ${oneLine(event.test)}`;
  const why = event.retryFor === 'infrastructure' ? ', since the infrastructure failed' : '';
  const hosts = event.type === 'test-scheduled' ? (event.hosts ?? []) : [];
  const where = hosts.length === 0 ? '' : `, on ${oneLine(hosts.join(', '))}`;
  return `${job}: ${oneLine(event.test)}, try ${String(event.attempt)}, after job ${String(event.retryOf)}${why}${where}`;
}

function describeReport({
  test,
  route,
  bugId,
  count: seen,
}: Extract<SuiteEvent, { type: 'failure-reported' }>): string {
  const times = seen === null || seen < 2 ? '' : `, seen ${String(seen)} times`;
  const where = bugId === null ? (route === 'mail' ? 'e-mail sent' : 'reported') : `bug ${oneLine(bugId, 60)}${times}`;
  return `${where}: ${oneLine(test)}`;
}

function describeResult(event: Extract<SuiteEvent, { type: 'test-result' }>, paint: Painter): string {
  const { status, testName, reason, jobId, hostname, startedMs, finishedMs } = event.result;
  const tone = isFailure(status) ? 'bad' : status === 'GOOD' ? 'good' : 'warn';
  const where = hostname === null ? '' : ` on ${oneLine(hostname, 60)}`;
  const why = reason === '' || status === 'GOOD' ? '' : `: ${oneLine(reason)}`;
  const took = duration(finishedMs - startedMs);
  return `${paint(tone, status.padEnd(statusWidth))} ${oneLine(testName)}, job ${String(jobId)}${where}, ${took}${why}`;
}
