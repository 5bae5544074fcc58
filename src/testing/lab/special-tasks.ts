import type { LabDurations } from './durations.js';
import { nextOutcome } from './host-scripts.js';
import type { EntryStatus, LabEntry, LabHostRecord, LabTask, TaskName } from './model.js';
import { beginProvisioning, endProvisioning } from './provisioning.js';
import type { SimulationParts } from './simulation-parts.js';

/** What becomes of entries by the tasks on their hosts. */
export interface TaskListener {
  /** Whether the entry's script wants its host not to be provisioned. */
  failsToProvision(entry: LabEntry): boolean;
  /** The entry's host is ready. */
  prepared(entry: LabEntry): void;
  /** The entry's host failed a task before it; the entry has the host still. */
  unprepared(entry: LabEntry, task: TaskName): void;
  /** The repair failed that the host needed after it could not be prepared for the entry. */
  beyondRepair(entry: LabEntry): void;
}

/** Runs special tasks on hosts: before and after jobs, after failures, and those that users ask for. */
export class SpecialTasks {
  readonly #parts: SimulationParts;
  readonly #listener: TaskListener;
  /** Hosts with tasks that users asked for. */
  #asked = new Set<LabHostRecord>();
  /** By host: how often it was repaired for the same entry in a row. */
  #repairs = new Map<string, { readonly entryId: number; readonly times: number }>();

  constructor(parts: SimulationParts, listener: TaskListener) {
    this.#parts = parts;
    this.#listener = listener;
  }

  /** As a user asks for it: it begins when the host is neither locked nor in use. One that waits already is enough. */
  request(name: TaskName, host: LabHostRecord, by: string): void {
    if (host.waitingTasks.some((task) => task.name === name && task.entry === undefined)) return;
    this.#add(name, host, by);
    this.#asked.add(host);
    this.#parts.lookForHosts();
  }

  /** To be called in each turn before jobs get hosts: begins what users asked for, where it can, repairs first. */
  startRequested(): void {
    for (const host of this.#asked) {
      if (host.lock !== undefined || host.entry !== undefined || host.task !== undefined) continue;
      const [first] = host.waitingTasks;
      const next = host.waitingTasks.find((task) => task.name === 'Repair') ?? first;
      if (next !== undefined) this.#start(next);
      if (host.waitingTasks.length === 0) this.#asked.delete(host);
    }
  }

  /** Prepares the host that an entry has just got; the listener is told of the end. */
  prepare(entry: LabEntry, host: LabHostRecord, names: readonly TaskName[]): void {
    for (const name of names) this.#add(name, host, entry.job.owner, entry);
    this.#continue(entry, host);
  }

  /** What the lab does to a free host by itself, at once. */
  follow(name: TaskName, host: LabHostRecord, by: string, entry?: LabEntry): void {
    this.#start(this.#add(name, host, by, entry));
  }

  /** Ends what prepares a host for its entry, which will not have it. */
  cancel(host: LabHostRecord): void {
    const { entry, task } = host;
    if (entry === undefined) return;
    if (task?.entry === entry) this.#finish(task, false);
    for (const waiting of host.waitingTasks) if (waiting.entry === entry) this.#finish(waiting, false);
  }

  /** A host that is gone fails its task, and nothing follows. */
  hostDied(host: LabHostRecord): void {
    if (host.task !== undefined) this.#finish(host.task, false);
  }

  /** Ends running tasks at the scheduler's next turn, as failures. */
  abort(tasks: Iterable<LabTask>): void {
    for (const task of tasks) {
      task.aborted = true;
      this.#endAfter(this.#parts.options.durations.schedulerMs, task, false);
    }
  }

  /** A task comes to its end; nothing happens when it has ended already. */
  end(host: LabHostRecord, taskId: number, succeeds: boolean): void {
    const { task } = host;
    if (task?.id !== taskId) return;
    const { entry: wanted } = task;
    const entry = host.entry === wanted ? wanted : undefined;
    // The abort of the entry ends its tasks.
    if (entry?.aborted === true) return;
    const success = succeeds && !host.dead;
    this.#finish(task, success);
    if (entry !== undefined) {
      if (success) this.#continue(entry, host);
      else this.#listener.unprepared(entry, task.name);
    } else if (success) {
      this.#becomes(host, 'Ready');
      if (task.name === 'Repair') this.#parts.tell({ type: 'host-repaired', host: host.hostname });
      this.#parts.lookForHosts();
    } else if (task.name === 'Repair') {
      this.#giveUp(host, wanted);
    } else {
      this.follow('Repair', host, task.requestedBy);
    }
  }

  /** Repairs a host that could not be prepared for an entry, unless that was tried often enough. */
  repairAfter(host: LabHostRecord, entry: LabEntry): void {
    const before = this.#repairs.get(host.hostname);
    const times = before?.entryId === entry.id ? before.times : 0;
    this.#repairs.set(host.hostname, { entryId: entry.id, times: times + 1 });
    if (times < maxRepairs) this.follow('Repair', host, entry.job.owner, entry);
    else this.#giveUp(host, entry);
  }

  #giveUp(host: LabHostRecord, entry: LabEntry | undefined): void {
    this.#becomes(host, 'Repair Failed');
    this.#parts.tell({ type: 'host-repair-failed', host: host.hostname });
    if (entry !== undefined) this.#listener.beyondRepair(entry);
    // It may have been asked for more.
    this.#parts.lookForHosts();
  }

  #add(name: TaskName, host: LabHostRecord, requestedBy: string, entry?: LabEntry): LabTask {
    const requestedMs = this.#parts.now();
    const task = this.#parts.state.tasks.add({ name, host, entry, requestedBy, requestedMs });
    host.waitingTasks = [...host.waitingTasks, task];
    return task;
  }

  #continue(entry: LabEntry, host: LabHostRecord): void {
    const next = host.waitingTasks.find((task) => task.entry === entry);
    if (next === undefined) this.#listener.prepared(entry);
    else this.#start(next);
  }

  #start(task: LabTask): void {
    const { host, name } = task;
    const entry = host.entry === task.entry ? task.entry : undefined;
    const { hostUse, options } = this.#parts;
    hostUse.giveToTask(host, task);
    host.waitingTasks = host.waitingTasks.filter((waiting) => waiting !== task);
    task.startedMs = this.#parts.now();
    this.#becomes(host, hostStatuses[name]);
    if (entry !== undefined) entry.status = entryStatuses[name];
    const scripts = options.hostScripts.get(host.hostname) ?? {};
    const outcome = nextOutcome(scripts, host, name, entry?.job.id ?? null);
    const fails = entry !== undefined && name === 'Provision' && this.#listener.failsToProvision(entry);
    if (name === 'Provision') beginProvisioning(this.#parts, task);
    this.#endAfter(options.durations[durationNames[name]], task, outcome === 'good' && !fails);
  }

  #endAfter(ms: number, { id, host }: LabTask, success: boolean): void {
    this.#parts.after(ms, { type: 'task-ends', host: host.hostname, taskId: id, success });
  }

  #finish(task: LabTask, success: boolean): void {
    const { host, name } = task;
    task.finishedMs = this.#parts.now();
    task.startedMs ??= task.finishedMs;
    task.success = success;
    if (host.task === task) {
      host.task = undefined;
      if (name === 'Provision') endProvisioning(this.#parts, task);
      if (success && cleaning.has(name)) host.dirty = false;
    } else {
      host.waitingTasks = host.waitingTasks.filter((waiting) => waiting !== task);
    }
    task.entry = undefined;
  }

  #becomes(host: LabHostRecord, status: string): void {
    host.status = status;
    this.#parts.state.updateFree(host);
  }

  /** What it remembers, for a snapshot; not copied. */
  save(): SavedRequests {
    return { asked: this.#asked, repairs: this.#repairs };
  }

  load({ asked, repairs }: SavedRequests): void {
    this.#asked = asked;
    this.#repairs = repairs;
  }
}

/** How often a host is repaired for the same entry before the lab gives it up. */
const maxRepairs = 2;

const cleaning: ReadonlySet<TaskName> = new Set(['Cleanup', 'Reset', 'Provision']);

const hostStatuses: Readonly<Record<TaskName, string>> = {
  Verify: 'Verifying',
  Cleanup: 'Cleaning',
  Reset: 'Resetting',
  Provision: 'Provisioning',
  Repair: 'Repairing',
};

/** Only tasks before a job show at its entry, and a repair is none. */
const entryStatuses: Readonly<Record<TaskName, EntryStatus>> = {
  Verify: 'Verifying',
  Cleanup: 'Cleaning',
  Reset: 'Resetting',
  Provision: 'Provisioning',
  Repair: 'Queued',
};

const durationNames: Readonly<Record<TaskName, keyof LabDurations>> = {
  Verify: 'verifyMs',
  Cleanup: 'cleanupMs',
  Reset: 'resetMs',
  Provision: 'provisionMs',
  Repair: 'repairMs',
};

/** What a snapshot keeps of it. */
export interface SavedRequests {
  readonly asked: Set<LabHostRecord>;
  readonly repairs: Map<string, { readonly entryId: number; readonly times: number }>;
}
