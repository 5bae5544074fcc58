import type { LabEntry, LabHostRecord, LabTask } from './model.js';

/**
 * Gives hosts to entries and tasks, and remembers when one is given that is in use: the scheduler never means to, and
 * a test can ask whether it did.
 */
export class HostUse {
  readonly #conflicts: string[] = [];

  /** Who was given a host that another had, a line each; the first hundred. */
  get conflicts(): readonly string[] {
    return this.#conflicts;
  }

  giveToEntry(host: LabHostRecord, entry: LabEntry): void {
    this.#check(host, entry);
    entry.host = host;
    host.entry = entry;
  }

  giveToTask(host: LabHostRecord, task: LabTask): void {
    this.#check(host, task.entry === host.entry ? task.entry : undefined);
    host.task = task;
  }

  #check(host: LabHostRecord, by: LabEntry | undefined): void {
    const conflict = conflictOf(host, by);
    if (conflict !== undefined && this.#conflicts.length < kept) this.#conflicts.push(conflict);
  }

  load(conflicts: readonly string[]): void {
    this.#conflicts.splice(0, this.#conflicts.length, ...conflicts);
  }
}

/** What stands against the use of a host: by an entry, by a task before that entry, or by a task of its own. */
function conflictOf(host: LabHostRecord, entry: LabEntry | undefined): string | undefined {
  const user = host.task ?? (host.entry === entry ? undefined : host.entry);
  if (user === undefined) return undefined;
  const what = 'name' in user ? `task ${user.id} (${user.name})` : `job ${user.job.id}`;
  return `${host.hostname} is used by ${what} already`;
}

const kept = 100;
