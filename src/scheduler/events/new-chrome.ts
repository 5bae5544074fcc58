import { priorities } from '../../suite/priority.js';
import type { CallOptions } from '../../clients/call-options.js';
import type { ChromeSource } from '../builds/types.js';
import { numberOption } from '../number-option.js';
import { ownValue } from '../own-value.js';
import { isTextList, readState, recordsIn } from './event-state.js';
import { newBuildsOccurrences, splitByAge, type NewBuildEventOptions } from './new-build.js';
import type { EventLook, EventRequest, FittedTask, SchedulerEvent } from './types.js';

/**
 * `new_chrome`: when Chrome has moved, each task is due once on every board, for the next new build that fits it.
 *
 * A build that comes in the same look as the new Chrome was made before it as far as anybody knows, and does not count.
 *
 * @throws SchedulerOptionError for a time to catch up that cannot work
 */
export function newChromeEvent(
  chrome: ChromeSource,
  { catchUpMs = 7 * 24 * 3600_000 }: NewBuildEventOptions = {},
): SchedulerEvent {
  numberOption('catchUpMs', catchUpMs, { min: 1 });
  return {
    keyword: 'new_chrome',
    priority: priorities.PostBuild,
    timeoutMins: 12 * 60,
    catchUpMs,
    look: (request, options) => look(chrome, request, catchUpMs, options),
    skips: () => null,
    settle,
  };
}

interface NewChromeState {
  /** The version that was seen last; null: none yet. */
  readonly revision: string | null;
  readonly cursor: string;
  /** Tasks, and the boards whose next build they are due for. */
  readonly waiting: readonly Waiting[];
  /** Whether it was in this look that Chrome has moved. */
  readonly hasMoved: boolean;
}

/** Tasks that wait for the same boards: hundreds of tasks on hundreds of boards are a short text that way. */
interface Waiting {
  readonly tasks: readonly string[];
  readonly boards: readonly string[];
}

async function look(
  chrome: ChromeSource,
  request: EventRequest,
  catchUpMs: number,
  options?: CallOptions,
): Promise<EventLook> {
  const { builds, boards, tasks, nowMs } = request;
  const before = newChromeState(request.state);
  const revision = (await chrome.revision(options)) ?? before?.revision ?? null;
  const found = await builds.passedSince({ boards, cursor: before?.cursor ?? null }, options);

  const waiting = before?.waiting ?? [];
  const boardsByTask = boardsOfTasks(waiting);
  const tasksOf = ({ board }: { readonly board: string }) =>
    tasks.map(({ name }) => name).filter((name) => ownValue(boardsByTask, name)?.includes(board) === true);
  const isAwaited = (one: { readonly board: string }) => tasksOf(one).length > 0;
  const { recent, missed } = splitByAge(found.builds.filter(isAwaited), { nowMs, catchUpMs, tasksOf });
  const unanswered = found.unanswered.filter(isAwaited);
  const occurrences = newBuildsOccurrences(recent, { unanswered }, nowMs).map((one) => ({ ...one, boardsByTask }));

  const hasMoved = before !== null && before.revision !== null && revision !== before.revision;
  const dueEverywhere = () =>
    tasks.map(({ name, boards: named }) => [name, named.length > 0 ? named : boards] as const);
  const state: NewChromeState = {
    revision,
    cursor: found.cursor,
    waiting: hasMoved ? inGroups(dueEverywhere()) : waiting,
    hasMoved,
  };
  return { occurrences, missed, state: JSON.stringify(state) };
}

/** A task that had a build to fit waits no longer, unless Chrome has moved again meanwhile. */
function settle(looked: EventLook, fitted: readonly FittedTask[]): string {
  const state = newChromeState(looked.state);
  if (state === null || state.hasMoved) return looked.state;
  const served = new Set(fitted.map(({ task, board }) => `${task}\n${board}`));
  const left = Object.entries(boardsOfTasks(state.waiting)).map(
    ([task, boards]) => [task, boards.filter((board) => !served.has(`${task}\n${board}`))] as const,
  );
  return JSON.stringify({ ...state, waiting: inGroups(left) });
}

function newChromeState(text: string | null): NewChromeState | null {
  const { revision, cursor, waiting, hasMoved } = readState(text) ?? {};
  if (typeof cursor !== 'string') return null;
  return {
    revision: typeof revision === 'string' ? revision : null,
    cursor,
    waiting: recordsIn(waiting).flatMap(({ tasks, boards }): Waiting[] =>
      isTextList(tasks) && isTextList(boards) ? [{ tasks, boards }] : [],
    ),
    hasMoved: hasMoved === true,
  };
}

function boardsOfTasks(waiting: readonly Waiting[]): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(waiting.flatMap(({ tasks, boards }) => tasks.map((task) => [task, boards])));
}

function inGroups(waiting: readonly (readonly [task: string, boards: readonly string[]])[]): readonly Waiting[] {
  const groups = new Map<string, { tasks: string[]; boards: readonly string[] }>();
  for (const [task, boards] of waiting) {
    if (boards.length === 0) continue;
    const key = boards.join('\n');
    const group = groups.get(key) ?? { tasks: [], boards };
    group.tasks.push(task);
    groups.set(key, group);
  }
  return [...groups.values()];
}
