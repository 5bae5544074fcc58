import { mostSimilar } from '../../control-files/similarity.js';
import type { SchedulerConfig } from '../config/types.js';
import type { SchedulerEvent } from '../events/types.js';
import type { LaunchRecord, ReasonNote } from '../ledger/types.js';
import { numberOption } from '../number-option.js';
import { SchedulerOptionError } from '../scheduler-option-error.js';
import type { SuiteTask } from '../task.js';
import { readLastTurn } from '../turn/last-turn.js';
import { settingsOf, type SchedulerParts } from '../turn/scheduler-parts.js';
import { excerpt } from '../../transport/excerpt.js';
import { Explanation, type ExplainedTask } from './explanation.js';

/** What is to be explained. */
export interface ExplainRequest {
  /** The name of a task; or give `suite`. */
  readonly task?: string | undefined;
  /** All tasks that run this suite. */
  readonly suite?: string | undefined;
  /**
   * Without `board:`.
   *
   * @defaultValue every board
   */
  readonly board?: string | undefined;
  /**
   * How far to look back, in ms.
   *
   * @defaultValue 24 hours
   */
  readonly sinceMs?: number | undefined;
}

/**
 * Why a suite was run, or was not, on a board lately: what was decided about its tasks and when, what became of it, and
 * when it is due next (C3).
 *
 * Rejects with `SchedulerOptionError` when neither a task nor a suite is named, or nothing of that name was ever heard of.
 */
export async function explain(
  { ledger, settings, events, problems }: SchedulerParts,
  config: SchedulerConfig,
  { task, suite, board, sinceMs = dayMs }: ExplainRequest,
): Promise<Explanation> {
  numberOption('sinceMs', sinceMs, { min: 0, mayBeInfinite: true });
  const nowMs = settings.clock.now();
  const fromMs = Math.max(0, nowMs - sinceMs);
  const tasks = config.tasks.filter(({ name, suite: own }) => (task === undefined ? own === suite : name === task));
  const names = task === undefined ? tasks.map(({ name }) => name) : [task];
  const malformed = config.problems.filter(({ section }) => names.includes(section));
  if (names.length === 0) throw unknownSuite(suite, config);

  const waiting: LaunchRecord[] = [];
  for await (const record of ledger.launches({ states: ['due', 'launching'] })) waiting.push(record);
  const explained: ExplainedTask[] = [];
  for (const name of names) {
    const known = tasks.find((one) => one.name === name) ?? null;
    const noted = await readNotes(ledger, { task: name, board }, fromMs);
    if (known === null && noted.notes.length + noted.before.length + malformed.length === 0) {
      throw unknownTask(name, config);
    }
    explained.push({
      name,
      task: known,
      static: known === null ? null : whyNever(known, board, events),
      ...noted,
      waiting: waiting.filter(({ launch }) => launch.task === name && (board === undefined || launch.board === board)),
      nextDueMs: known === null ? null : nextDue(known, { config, events, nowMs }),
    });
  }
  const lastTurnMs = await readLastTurn(ledger);
  const explanation = {
    atMs: nowMs,
    fromMs,
    board: board ?? null,
    tasks: explained,
    scheduler: await readSchedulerNotes(ledger, fromMs),
    stoppedSinceMs: lastTurnMs !== null && nowMs - lastTurnMs > 3 * settings.intervalMs ? lastTurnMs : null,
    malformed,
    problems: problems.all(),
  };
  return new Explanation(explanation, settings.timeZone);
}

const dayMs = 24 * 3600_000;

/** The notes about a task since a time, and those that held at that time. */
async function readNotes(
  ledger: SchedulerParts['ledger'],
  { task, board }: { readonly task: string; readonly board: string | undefined },
  fromMs: number,
): Promise<Pick<ExplainedTask, 'before' | 'notes'>> {
  const before = new Map<string, ReasonNote[]>();
  const notes: ReasonNote[] = [];
  for await (const note of ledger.notes({ task, board })) {
    if (note.task === null) continue;
    if (note.atMs >= fromMs) {
      notes.push(note);
      continue;
    }
    // Of each board what was noted last still held.
    const place = note.board ?? '';
    const last = before.get(place);
    before.set(place, last?.[0]?.atMs === note.atMs ? [...last, note] : [note]);
  }
  return { before: [...before.values()].flat(), notes };
}

/** The notes about the scheduler itself since a time. */
async function readSchedulerNotes(ledger: SchedulerParts['ledger'], sinceMs: number): Promise<readonly ReasonNote[]> {
  const notes: ReasonNote[] = [];
  for await (const note of ledger.notes({ sinceMs })) if (note.task === null) notes.push(note);
  return notes;
}

/** What keeps a task from a board, or from anything, whatever happens. */
function whyNever(task: SuiteTask, board: string | undefined, events: readonly SchedulerEvent[]): string | null {
  if (!events.some(({ keyword }) => keyword === task.runOn)) {
    return `nobody tells this scheduler of the event ${task.runOn}`;
  }
  if (board === undefined || task.boards.length === 0 || task.boards.includes(board)) return null;
  return `it is not for ${board}, only for ${task.boards.join(', ')}`;
}

function nextDue(
  task: SuiteTask,
  { config, events, nowMs }: { config: SchedulerConfig; events: readonly SchedulerEvent[]; nowMs: number },
): number | null {
  const event = events.find(({ keyword }) => keyword === task.runOn);
  const range = { afterMs: nowMs, upToMs: nowMs + 8 * dayMs };
  return event?.upcoming?.([task], range, settingsOf(config, task.runOn))[0]?.dueMs ?? null;
}

function unknownTask(name: string, { tasks }: SchedulerConfig): SchedulerOptionError {
  const hint = hintOf(
    name,
    tasks.map((task) => task.name),
  );
  return new SchedulerOptionError('task', `no task "${excerpt(name, 60)}" was ever heard of${hint}`);
}

function unknownSuite(suite: string | undefined, { tasks, problems }: SchedulerConfig): SchedulerOptionError {
  if (suite === undefined) return new SchedulerOptionError('task', 'expected the name of a task, or of a suite');
  const hint = hintOf(
    suite,
    tasks.map((task) => task.suite),
  );
  const malformed = problems.map(({ section }) => `[${section}]`).join(', ');
  const others = malformed === '' ? '' : `; sections that are malformed were not looked at: ${malformed}`;
  return new SchedulerOptionError('suite', `no task runs the suite "${excerpt(suite, 60)}"${hint}${others}`);
}

function hintOf(name: string, known: readonly string[]): string {
  const similar = mostSimilar(name, new Set(known), 3);
  return similar.length === 0 ? '' : `; is one of these meant: ${similar.join(', ')}?`;
}
