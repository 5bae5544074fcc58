import { mostSimilar } from '../../control-files/similarity.js';
import type { SchedulerConfig } from '../config/types.js';
import type { SchedulerEvent } from '../events/types.js';
import type { ReasonNote } from '../ledger/types.js';
import { SchedulerOptionError } from '../scheduler-option-error.js';
import type { SuiteTask } from '../task.js';
import { settingsOf, type SchedulerParts } from '../turn/scheduler-parts.js';
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
  const nowMs = settings.clock.now();
  const fromMs = nowMs - sinceMs;
  const tasks = config.tasks.filter(({ name, suite: own }) => (task === undefined ? own === suite : name === task));
  const names = task === undefined ? tasks.map(({ name }) => name) : [task];
  const malformed = config.problems.filter(({ section }) => names.includes(section));

  const explained: ExplainedTask[] = [];
  let scheduler: readonly ReasonNote[] = [];
  for (const name of names) {
    const known = tasks.find((one) => one.name === name) ?? null;
    const { before, notes, about } = await readNotes(ledger, { task: name, board }, fromMs);
    scheduler = about;
    if (known === null && notes.length === 0 && before.length === 0 && malformed.length === 0) {
      throw unknownName(
        'task',
        name,
        config.tasks.map((one) => one.name),
      );
    }
    explained.push({
      name,
      task: known,
      static: known === null ? null : whyNever(known, board, events),
      before,
      notes,
      nextDueMs: known === null ? null : nextDue(known, { config, events, nowMs }),
    });
  }
  if (names.length === 0)
    throw unknownName(
      'suite',
      suite ?? '',
      config.tasks.map((one) => one.suite),
    );
  return new Explanation({
    atMs: nowMs,
    fromMs,
    board: board ?? null,
    timeZone: settings.timeZone,
    tasks: explained,
    scheduler,
    malformed,
    problems: problems.all(),
  });
}

const dayMs = 24 * 3600_000;

/** The notes since a time; those that held at that time; and those about the scheduler itself. */
async function readNotes(
  ledger: SchedulerParts['ledger'],
  { task, board }: { readonly task: string; readonly board: string | undefined },
  fromMs: number,
): Promise<{ readonly before: ReasonNote[]; readonly notes: ReasonNote[]; readonly about: ReasonNote[] }> {
  const before = new Map<string, ReasonNote[]>();
  const notes: ReasonNote[] = [];
  const about: ReasonNote[] = [];
  for await (const note of ledger.notes({ task, board })) {
    if (note.task === null) {
      if (note.atMs >= fromMs) about.push(note);
    } else if (note.atMs >= fromMs) {
      notes.push(note);
    } else {
      // Of each board what was noted last still held.
      const place = note.board ?? '';
      const last = before.get(place);
      before.set(place, last?.[0]?.atMs === note.atMs ? [...last, note] : [note]);
    }
  }
  return { before: [...before.values()].flat(), notes, about };
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

function unknownName(what: 'task' | 'suite', name: string, known: readonly string[]): SchedulerOptionError {
  if (name === '') return new SchedulerOptionError('explain', 'expected the name of a task or of a suite');
  const similar = mostSimilar(name, [...new Set(known)]).slice(0, 3);
  const hint = similar.length === 0 ? '' : `; is one of these meant: ${similar.join(', ')}?`;
  return new SchedulerOptionError('explain', `no ${what} "${name}" was ever heard of${hint}`);
}
