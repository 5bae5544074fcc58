import type { PassedBuild } from '../builds/types.js';
import type { EventSettings } from '../config/types.js';
import type { Occurrence, SchedulerEvent } from '../events/types.js';
import type { LabStatusReport } from '../lab-status/types.js';
import type { SuiteLaunch } from '../launch/types.js';
import type { LaunchRecord } from '../ledger/types.js';
import type { SuiteTask } from '../task.js';
import type { Reason } from './reason.js';

/** What is known about the lab when it is decided what to start. */
export interface LabFacts {
  /** Without `board:`. */
  readonly boards: readonly string[];
  readonly hosts: HostCounts;
  /** The milestone that `tot` stands for; null: not known. */
  readonly topOfTree: number | null;
  /** What the lab says of itself; null: nobody asks. */
  readonly labStatus: LabStatusReport | null;
  /** The latest build by {@link latestKey}; null: there is none. What is not in it was not looked for. */
  readonly latest: ReadonlyMap<string, PassedBuild | null>;
}

/** How many hosts have a board, and a board and a pool. */
export interface HostCounts {
  /** @param pool - null: any */
  count(board: string, pool: string | null): number;
}

/** Which suites there are already. */
export interface KnownSuites {
  /** The records of the ledger, by key. */
  readonly ledger: ReadonlyMap<string, LaunchRecord>;
  /** The suite job at the AFE that is the one of a launch; null: there is none. */
  pastJob(launch: SuiteLaunch): number | null;
}

/** An event that has occurred, and the tasks that name it. */
export interface DueOccurrence {
  readonly event: Pick<SchedulerEvent, 'keyword' | 'priority' | 'timeoutMins' | 'skips'>;
  readonly occurrence: Occurrence;
  readonly settings: EventSettings;
  readonly tasks: readonly SuiteTask[];
}

/** What was decided for a task, a board and a build, and why (C3). */
export interface Decision {
  readonly event: string;
  /** Which occurrence of the event, for people. */
  readonly occurrence: string;
  readonly dueMs: number;
  readonly task: string;
  /** null: it holds for all boards. */
  readonly board: string | null;
  readonly reason: Reason;
  /** The suite that it is about, which may be another task's; null where no build was chosen. */
  readonly launch: SuiteLaunch | null;
}

/** Under which key {@link LabFacts.latest} has the latest build of a board and type; milestone null: of any. */
export function latestKey(board: string, type: string, milestone: number | null): string {
  return `${board}-${type}/${milestone ?? ''}`;
}
