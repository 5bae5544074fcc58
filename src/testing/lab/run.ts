import type { LabEntry } from './model.js';
import type { ScriptedOutcome, ScriptedResult } from './outcome.js';
import { resultOf } from './outcome.js';
import type { RanJob } from './test-rows.js';

/** A unit on its way through the lab. */
export interface Run extends RanJob {
  outcome: ScriptedOutcome;
  /** Hosts that are still being prepared. */
  unready: number;
  /** When the job itself began, after all hosts were ready. */
  startedMs: number | undefined;
}

/** Whether it was told to abort, which happens to all of its entries. */
export function isMarked(run: Run): boolean {
  return run.entries.some((entry) => entry.aborted);
}

export function resultIn(run: Run): ScriptedResult {
  return resultOf(run.outcome) ?? { status: 'GOOD' };
}

export function hasPassed({ status, subtests = [] }: ScriptedResult): boolean {
  return status === 'GOOD' && subtests.every((subtest) => subtest.status === 'GOOD');
}

/** The folder of an entry's results: those that run together share one. */
export function subdirOf({ job, entries }: Run, entry: LabEntry): string {
  if (entry.host === undefined) return 'hostless';
  if (entries.length === 1) return entry.host.hostname;
  return `group${Math.floor(job.entries.indexOf(entry) / job.synchCount)}`;
}
