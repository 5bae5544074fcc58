import type { LaunchNews } from './backlog/backlog.js';
import type { SchedulerConfig } from './config/types.js';
import type { TurnReport } from './turn/turn-report.js';

/** What a scheduler tells while it works. `timeMs`: when, in ms since the epoch by its clock. */
export type SchedulerNews = { readonly timeMs: number } & SchedulerNewsDetails;

/** Takes the news of a scheduler as they happen. */
export type SchedulerNewsListener = (news: SchedulerNews) => void;

/** The news by their `type`. */
export type SchedulerNewsDetails =
  /** What became of a suite that was due. */
  | { readonly type: 'launch'; readonly launch: LaunchNews }
  /** An event was due too long ago to be handled (C2). */
  | {
      readonly type: 'missed';
      readonly event: string;
      readonly occurrence: string;
      readonly dueMs: number;
      readonly tasks: readonly string[];
    }
  /** Something did not work; it is tried again. `where`: `AFE`, `builds`, `event nightly`, `configuration`, ... */
  | { readonly type: 'problem'; readonly where: string; readonly message: string }
  /** What did not work does again. */
  | { readonly type: 'mended'; readonly where: string }
  /** Nothing is wrong with the scheduler, but somebody should know, e.g. of a malformed section of the configuration. */
  | { readonly type: 'warning'; readonly message: string }
  /** The configuration has changed, and the new one holds. */
  | { readonly type: 'config-changed'; readonly config: SchedulerConfig }
  | { readonly type: 'turn-ended'; readonly report: TurnReport };
