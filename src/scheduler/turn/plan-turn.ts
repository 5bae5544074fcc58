import type { CallOptions } from '../../clients/call-options.js';
import type { LaunchRecord } from '../ledger/types.js';
import { chooseLaunches } from '../backlog/choose-launches.js';
import type { SchedulerConfig } from '../config/types.js';
import type { Decision } from '../decide/facts.js';
import { localDays } from '../events/local-days.js';
import { inColumns, shortList } from '../explain/columns.js';
import type { SuiteLaunch } from '../launch/types.js';
import { AfeAwayError } from './afe-away-error.js';
import { prepareTurn } from './prepare-turn.js';
import type { Problem } from './problems.js';
import type { SchedulerParts } from './scheduler-parts.js';

/** What a turn would do. As a text it is a line for each suite, and for each reason why one is not started. */
export class TurnPlan {
  readonly atMs: number;
  /** What would be decided, and why. */
  readonly decisions: readonly Decision[];
  /** What is due from before and would be started, if the limits that are left allow it. */
  readonly fromBefore: readonly LaunchRecord[];
  /** What does not work at the moment, and so is not in the plan. */
  readonly problems: readonly Problem[];
  readonly #timeZone: string;

  constructor(parts: Omit<TurnPlan, 'toString'>, timeZone: string) {
    this.atMs = parts.atMs;
    this.decisions = parts.decisions;
    this.fromBefore = parts.fromBefore;
    this.problems = parts.problems;
    this.#timeZone = timeZone;
  }

  /** What would be started first, then what would not and why. */
  toString(): string {
    const at = localDays(this.#timeZone).format(this.atMs);
    const starts = this.decisions.flatMap(({ reason, launch }) =>
      reason.code === 'launch' && launch !== null ? [launch] : [],
    );
    const rows = [
      ...this.fromBefore.map(({ launch }) => rowOf(launch, `${launch.task}, due since before`)),
      ...starts.map((launch) => rowOf(launch, launch.task)),
    ];
    const skips = skipsOf(this.decisions);
    const count = rows.length === 1 ? '1 suite' : `${rows.length} suites`;
    return [
      rows.length === 0 ? `A turn at ${at} would start nothing.` : `A turn at ${at} would start ${count}:`,
      ...inColumns(rows, '  '),
      ...(skips.length === 0 ? [] : ['It would not start:', ...skips]),
      ...this.problems.map(({ where, message }) => `${where} does not work: ${message}`),
    ].join('\n');
  }
}

function rowOf({ suite, testSourceBuild, pool }: SuiteLaunch, task: string): readonly string[] {
  return [suite, `on ${testSourceBuild}`, pool === null ? 'any pool' : `pool ${pool}`, `(${task})`];
}

/** A line for each task and reason, with all boards that it holds for. */
function skipsOf(decisions: readonly Decision[]): readonly string[] {
  const groups = new Map<string, { task: string; boards: Set<string>; text: string }>();
  for (const { task, board, reason } of decisions) {
    if (reason.code === 'launch') continue;
    const key = `${task}\n${reason.text}`;
    const group = groups.get(key) ?? { task, boards: new Set(), text: reason.text };
    if (board !== null) group.boards.add(board);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ task, boards, text }) => {
    const where = boards.size === 0 ? '' : ` on ${shortList([...boards])}`;
    return `  ${task}${where}: ${text}`;
  });
}

/** Decides like a turn, and keeps and starts nothing. Rejects as the AFE does when that does not answer. */
export async function planTurn(
  parts: SchedulerParts,
  config: SchedulerConfig,
  options: CallOptions,
): Promise<TurnPlan> {
  const { settings, ledger } = parts;
  // What fails now is no reason for the next turn to wait.
  const problems = parts.problems.copy();
  const { decisions } = await prepareTurn({ ...parts, problems }, config, options).catch((error: unknown) => {
    throw error instanceof AfeAwayError ? error.cause : error;
  });
  const due: LaunchRecord[] = [];
  for await (const record of ledger.launches({ states: ['due'] })) due.push(record);
  const atMs = settings.clock.now();
  const { now } = chooseLaunches(due, { nowMs: atMs, tasks: config.tasks, limits: settings.limits });
  return new TurnPlan({ atMs, decisions, fromBefore: now, problems: problems.all() }, settings.timeZone);
}
