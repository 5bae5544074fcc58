import type { CallOptions } from '../../clients/call-options.js';
import type { LaunchRecord } from '../ledger/types.js';
import { chooseLaunches } from '../backlog/choose-launches.js';
import type { SchedulerConfig } from '../config/types.js';
import type { Decision } from '../decide/facts.js';
import { localDays } from '../events/local-days.js';
import { AfeAwayError } from './afe-away-error.js';
import { prepareTurn } from './prepare-turn.js';
import type { Problem } from './problems.js';
import type { SchedulerParts } from './scheduler-parts.js';

/** What a turn would do. As a text it is a line per decision. */
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
    const days = localDays(this.#timeZone);
    const format = (ms: number) => days.format(ms);
    const starts = this.decisions.filter(({ reason }) => reason.code === 'launch');
    const skips = this.decisions.filter(({ reason }) => reason.code !== 'launch');
    const lines = [
      `A turn at ${format(this.atMs)} would start ${starts.length + this.fromBefore.length} suites:`,
      ...this.fromBefore.map(
        ({ launch }) => `  ${launch.suite} on ${launch.testSourceBuild} (${launch.task}, due before)`,
      ),
      ...starts.map(({ launch, task }) => `  ${launch?.suite ?? ''} on ${launch?.testSourceBuild ?? ''} (${task})`),
      ...(skips.length === 0 ? [] : ['and would not start:']),
      ...skips.map(({ task, board, reason }) => `  ${task}${board === null ? '' : ` on ${board}`}: ${reason.text}`),
      ...this.problems.map(({ where, message }) => `${where} does not work: ${message}`),
    ];
    return lines.join('\n');
  }
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
