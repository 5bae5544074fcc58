import type { AfeClient } from '../../clients/afe/types.js';
import type { Backlog } from '../backlog/backlog.js';
import type { BuildSource } from '../builds/types.js';
import type { EventSettings, SchedulerConfig } from '../config/types.js';
import type { SchedulerEvent } from '../events/types.js';
import type { LabStatusSource } from '../lab-status/types.js';
import type { Ledger } from '../ledger/types.js';
import { ownValue } from '../own-value.js';
import type { SchedulerSettings } from '../scheduler-options.js';
import type { PastSuiteJobs } from './past-suite-jobs.js';
import type { Problems } from './problems.js';
import type { ReasonBook } from './reason-book.js';

/** What a scheduler works with. */
export interface SchedulerParts {
  readonly settings: SchedulerSettings;
  readonly afe: Pick<AfeClient, 'getLabels' | 'getHosts' | 'getJobs'>;
  readonly builds: BuildSource;
  readonly labStatus: LabStatusSource | null;
  readonly events: readonly SchedulerEvent[];
  readonly ledger: Ledger;
  readonly backlog: Backlog;
  readonly pastJobs: PastSuiteJobs;
  readonly problems: Problems;
  readonly reasons: ReasonBook;
}

/** What a configuration says of an event. */
export function settingsOf(config: SchedulerConfig, keyword: string): EventSettings {
  return ownValue(config.events, keyword) ?? {};
}

/** Under which name the ledger keeps the state of an event. */
export function stateName(keyword: string): string {
  return `event ${keyword}`;
}

/** The AFE may be away for so long in a read before a turn goes on without it. */
export const readDeadlineMs = 10 * 60_000;
