import type { SchedulerConfig } from '../config/types.js';
import { dayNames, localDays } from '../events/local-days.js';
import { inColumns, shortList } from './columns.js';
import type { SchedulerEvent } from '../events/types.js';
import type { SuiteTask } from '../task.js';
import { settingsOf } from '../turn/scheduler-parts.js';
import type { HostCounts } from '../decide/facts.js';

/** A task that will be due. */
export interface ForecastEntry {
  readonly dueMs: number;
  readonly event: string;
  readonly task: string;
  readonly suite: string;
  /** The boards that have hosts for it, as the lab is now. */
  readonly boards: readonly string[];
}

/** What will be due in some days to come, as the lab is now. As a text it is a calendar. */
export class Forecast {
  readonly atMs: number;
  readonly days: number;
  /** By the time at which they are due. */
  readonly entries: readonly ForecastEntry[];
  /** Tasks that are due when something comes about that nobody can foretell: a new build, a new Chrome. */
  readonly unforeseeable: readonly SuiteTask[];
  readonly #timeZone: string;

  constructor(parts: Omit<Forecast, 'toString'>, timeZone: string) {
    this.atMs = parts.atMs;
    this.days = parts.days;
    this.entries = parts.entries;
    this.unforeseeable = parts.unforeseeable;
    this.#timeZone = timeZone;
  }

  /** A paragraph per day with a line per task and time, in the time zone of the scheduler. */
  toString(): string {
    const days = localDays(this.#timeZone);
    const rows = this.entries.map(({ dueMs, event, task, suite, boards }) => [
      days.format(dueMs).slice(11),
      ...[event, task, suite],
      boards.length === 0 ? 'no board has hosts for it' : shortList(boards),
    ]);
    const lines: string[] = [];
    let day = '';
    for (const [at, line] of inColumns(rows, '  ').entries()) {
      const dueMs = this.entries[at]?.dueMs ?? 0;
      const dayThen = `${dayNames[days.dayOf(dueMs)] ?? ''} ${days.format(dueMs).slice(0, 10)}`;
      if (dayThen !== day) lines.push(dayThen);
      day = dayThen;
      lines.push(line);
    }
    if (lines.length === 0) lines.push(`Nothing is due by the time of day within ${this.days} days.`);
    if (this.unforeseeable.length > 0) {
      const others = this.unforeseeable.map(({ name, suite, runOn }) => [runOn, name, suite]);
      lines.push('Whenever it comes about', ...inColumns(others, '  '));
    }
    return lines.join('\n');
  }
}

/** What will be due within `days` days, on the boards and hosts that there are. */
export function forecastOf(
  { events, config, timeZone }: { events: readonly SchedulerEvent[]; config: SchedulerConfig; timeZone: string },
  { nowMs, days, boards, hosts }: { nowMs: number; days: number; boards: readonly string[]; hosts: HostCounts },
): Forecast {
  const range = { afterMs: nowMs, upToMs: nowMs + days * dayMs };
  const entries: ForecastEntry[] = [];
  const unforeseeable: SuiteTask[] = [];
  for (const event of events) {
    const tasks = config.tasks.filter(({ runOn }) => runOn === event.keyword);
    if (event.upcoming === undefined) {
      unforeseeable.push(...tasks);
      continue;
    }
    const byName = new Map(tasks.map((task) => [task.name, task]));
    for (const { task: name, dueMs } of event.upcoming(tasks, range, settingsOf(config, event.keyword))) {
      const task = byName.get(name);
      if (task === undefined) continue;
      const named = task.boards.length > 0 ? boards.filter((board) => task.boards.includes(board)) : boards;
      const withHosts = named.filter((board) => hosts.count(board, task.pool) > 0);
      entries.push({ dueMs, event: event.keyword, task: name, suite: task.suite, boards: withHosts });
    }
  }
  entries.sort((a, b) => a.dueMs - b.dueMs);
  return new Forecast({ atMs: nowMs, days, entries, unforeseeable }, timeZone);
}

const dayMs = 24 * 3600_000;
