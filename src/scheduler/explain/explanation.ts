import type { ConfigProblem } from '../config/types.js';
import { localDays } from '../events/local-days.js';
import type { LaunchRecord, ReasonNote } from '../ledger/types.js';
import type { SuiteTask } from '../task.js';
import type { Problem } from '../turn/problems.js';
import { inColumns } from './columns.js';

/** What is known of one task. */
export interface ExplainedTask {
  readonly name: string;
  /** null: the configuration has none of that name. */
  readonly task: SuiteTask | null;
  /** What keeps it from being run whatever happens; null: nothing. */
  readonly static: string | null;
  /** What held when the time that was asked about began. */
  readonly before: readonly ReasonNote[];
  /** What came since, oldest first. */
  readonly notes: readonly ReasonNote[];
  /** Suites of it that are still to be started, or of which nobody knows yet whether they were. */
  readonly waiting: readonly LaunchRecord[];
  /** When it is due next, in ms since the epoch; null: nobody can know. */
  readonly nextDueMs: number | null;
}

/** Why a suite was run, or was not. As a text it is a few lines for a person. */
export class Explanation {
  /** When it was asked, in ms since the epoch. */
  readonly atMs: number;
  /** From when on. */
  readonly fromMs: number;
  /** null: every board. */
  readonly board: string | null;
  readonly tasks: readonly ExplainedTask[];
  /** What happened to the scheduler itself, e.g. that it was not running, or could not reach the AFE. */
  readonly scheduler: readonly ReasonNote[];
  /** When the last turn was taken, in ms since the epoch, if there should have been others since; null: all is well. */
  readonly stoppedSinceMs: number | null;
  /** Sections of these names that are malformed and so do nothing. */
  readonly malformed: readonly ConfigProblem[];
  /** What does not work at the moment. */
  readonly problems: readonly Problem[];
  readonly #timeZone: string;

  constructor(parts: Omit<Explanation, 'toString'>, timeZone: string) {
    this.atMs = parts.atMs;
    this.fromMs = parts.fromMs;
    this.board = parts.board;
    this.tasks = parts.tasks;
    this.scheduler = parts.scheduler;
    this.stoppedSinceMs = parts.stoppedSinceMs;
    this.malformed = parts.malformed;
    this.problems = parts.problems;
    this.#timeZone = timeZone;
  }

  /** A paragraph per task, with the reasons in the order of time, in the time zone of the scheduler. */
  toString(): string {
    const days = localDays(this.#timeZone);
    const format = (ms: number) => days.format(ms);
    const lines = this.tasks.flatMap((task) => this.#linesOf(task, format));
    if (this.scheduler.length > 0) lines.push('The scheduler itself');
    for (const { atMs, text } of this.scheduler) lines.push(`  ${format(atMs)}  ${text}`);
    if (this.stoppedSinceMs !== null) {
      lines.push(`The scheduler has taken no turn since ${format(this.stoppedSinceMs)}`);
    }
    for (const { section, line, reason } of this.malformed) {
      lines.push(`[${section}] in line ${line} of the configuration is malformed and does nothing: ${reason}`);
    }
    for (const { where, message, sinceMs } of this.problems) {
      lines.push(`${where} has not worked since ${format(sinceMs)}: ${message}`);
    }
    return lines.join('\n');
  }

  #linesOf(explained: ExplainedTask, format: (ms: number) => string): readonly string[] {
    const { name, task, static: never, before, notes, waiting, nextDueMs } = explained;
    const where = this.board === null ? '' : ` on ${this.board}`;
    const lines = [`${name}${where}: ${task === null ? 'not in the configuration' : describe(task)}`];
    if (never !== null) lines.push(`  never: ${never}`);
    const told = withoutAnnouncements([...before, ...notes].toSorted((a, b) => a.atMs - b.atMs));
    const texts = inColumns(
      told.map((note) => [format(note.atMs), note.code, textOf(note, this.board)]),
      '    ',
    );
    const earlier = told.filter(({ atMs }) => atMs < this.fromMs).length;
    if (earlier > 0) lines.push('  before:', ...texts.slice(0, earlier));
    if (told.length > earlier) lines.push(`  since ${format(this.fromMs)}:`, ...texts.slice(earlier));
    else if (earlier > 0) lines.push(`  since ${format(this.fromMs)}: nothing has changed`);
    else if (never === null && task !== null) lines.push(`  nothing was decided about it since ${format(this.fromMs)}`);
    for (const record of waiting) lines.push(`  ${tellWaiting(record)}`);
    if (nextDueMs !== null) lines.push(`  due next: ${format(nextDueMs)}`);
    return lines;
  }
}

/** That a suite is to be started need not be told where it is told what became of it. */
function withoutAnnouncements(notes: readonly ReasonNote[]): readonly ReasonNote[] {
  return notes.filter((note, at) => {
    if (note.code !== 'launch') return true;
    const suite = note.text.replace(/ is to be started$/, ' ');
    return !notes.slice(at + 1).some(({ code, board, text }) => {
      return code !== 'launch' && board === note.board && text.includes(suite);
    });
  });
}

function textOf({ text, board }: ReasonNote, asked: string | null): string {
  return board === null || board === asked ? text : `${board}: ${text}`;
}

function tellWaiting({ launch, state, problem }: LaunchRecord): string {
  const what = `${launch.suite} on ${launch.testSourceBuild}`;
  const how = state === 'due' ? `${what} is still to be started` : `it is not known yet whether ${what} was started`;
  return problem === null ? how : `${how}: ${problem}`;
}

function describe({ suite, runOn, branchSpecs, pool }: SuiteTask): string {
  const branches = branchSpecs.length === 0 ? 'every milestone' : branchSpecs.join(', ');
  return `suite ${suite}, run on ${runOn}, ${branches}${pool === null ? '' : `, pool ${pool}`}`;
}
