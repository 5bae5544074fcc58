import type { LabHostRecord, TaskName } from './model.js';

/** How a special task ends. */
export type TaskOutcome = 'good' | 'fail';

/**
 * One outcome for all times that a host does a task, one for each (the last one repeats), or a decision taken as the
 * task begins.
 */
export type TaskScript = TaskOutcome | readonly TaskOutcome[] | ((situation: TaskSituation) => TaskOutcome);

/** What a script may decide by. */
export interface TaskSituation {
  readonly task: TaskName;
  /** 1, or one more for each time that the host began such a task before. */
  readonly attempt: number;
  readonly host: string;
  /** The job that the host is prepared for; null for a repair, and for what a user asked for. */
  readonly jobId: number | null;
}

/**
 * How a host behaves when the lab does something to it.
 *
 * A host that fails to be provisioned fails the job; one that fails to be verified, cleaned or reset sends it back into
 * the queue. Either is repaired then. A host that cannot be repaired is `Repair Failed` and gets no job, until somebody
 * has it repaired or verified.
 */
export interface HostScripts {
  /** @defaultValue `'good'` */
  readonly verify?: TaskScript | undefined;
  /** @defaultValue `'good'` */
  readonly cleanup?: TaskScript | undefined;
  /** @defaultValue `'good'` */
  readonly reset?: TaskScript | undefined;
  /** @defaultValue `'good'` */
  readonly provision?: TaskScript | undefined;
  /** @defaultValue `'good'` */
  readonly repair?: TaskScript | undefined;
}

/** What the next task of that kind comes to; counts it as begun. */
export function nextOutcome(
  scripts: HostScripts,
  host: LabHostRecord,
  task: TaskName,
  jobId: number | null,
): TaskOutcome {
  const attempt = (host.attempts.get(task) ?? 0) + 1;
  host.attempts.set(task, attempt);
  const script = scripts[scriptNames[task]];
  if (script === undefined) return 'good';
  if (typeof script === 'function') return script({ task, attempt, host: host.hostname, jobId });
  if (isList(script)) return script[Math.min(attempt, script.length) - 1] ?? 'good';
  return script;
}

const scriptNames: Readonly<Record<TaskName, keyof HostScripts>> = {
  Verify: 'verify',
  Cleanup: 'cleanup',
  Reset: 'reset',
  Provision: 'provision',
  Repair: 'repair',
};

// Array.isArray does not narrow a readonly array out of a union.
function isList(script: TaskScript): script is readonly TaskOutcome[] {
  return Array.isArray(script);
}
