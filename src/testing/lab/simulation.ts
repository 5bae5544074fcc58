import { HostUse } from './host-use.js';
import { JobRuns, type SavedRuns } from './job-runs.js';
import type { LabHappening } from './lab-events.js';
import type { LabState } from './lab-state.js';
import type { LabTimer, PlannedEvent, SavedTimers } from './lab-timer.js';
import { LabTimers } from './lab-timer.js';
import type { LabEntry, LabHostRecord, LabJob, LabTask } from './model.js';
import { isComplete } from './model.js';
import type { ScriptedOutcome } from './outcome.js';
import type { SimulationOptions, SimulationParts } from './simulation-parts.js';
import type { Unit } from './waiting-line.js';
import { findHosts, hasEnough, unitOf, unitsOf, WaitingLines } from './waiting-line.js';

/**
 * The lab's scheduler and hosts, as events in time. It has no timer: whoever looks at the lab first lets it catch up,
 * and every event that was due happens then, in order and with its own time.
 */
export class Simulation {
  readonly #state: LabState;
  readonly #options: SimulationOptions;
  readonly #timers = new LabTimers();
  readonly #waiting = new WaitingLines();
  readonly #hostUse = new HostUse();
  readonly #runs: JobRuns;
  #turnIsDue = false;
  #now: number;

  constructor(state: LabState, startMs: number, options: SimulationOptions) {
    this.#state = state;
    this.#now = startMs;
    this.#options = options;
    const parts = {
      state,
      options,
      hostUse: this.#hostUse,
      now: () => this.#now,
      after: (ms, meaning) => this.#timers.set(this.#now + ms, meaning),
      tell: (happening) => this.#tell(happening),
      lookForHosts: () => this.lookForHosts(),
      jobEnded: (job) => {
        state.jobs.ended(job, this.#now);
        this.#timers.jobEnded((jobId) => this.#isOver(jobId));
      },
    } satisfies SimulationParts;
    this.#runs = new JobRuns(parts, (unit) => this.#wait(unit));
  }

  get now(): number {
    return this.#now;
  }

  /** Who was given a host that another had, a line each; there should be none. */
  get hostsUsedTwice(): readonly string[] {
    return this.#hostUse.conflicts;
  }

  catchUp(now: number): void {
    for (let next = this.#timers.takeDue(now); next !== undefined; next = this.#timers.takeDue(now)) {
      this.#now = Math.max(this.#now, next.atMs);
      this.#carryOut(next);
    }
    this.#now = Math.max(this.#now, now);
    this.#state.jobs.pack(this.#now);
  }

  /** Has something happen later that is said of the lab beforehand. */
  plan(atMs: number, event: PlannedEvent): void {
    this.#timers.set(atMs, event);
  }

  /** Has something told at its time, which may be still to come. */
  tellAt(atMs: number, happening: LabHappening): void {
    this.#timers.set(atMs, { type: 'tell', happening });
  }

  /** Takes up a job that the AFE has just made. */
  enqueue(job: LabJob): void {
    this.#tell({ type: 'job-queued', jobId: job.id, name: job.name });
    if (job.heldOpen) {
      for (const unit of unitsOf(job)) this.#runs.begin(unit, []);
      return;
    }
    this.#timers.set(this.#now + job.timeoutMins * 60_000, { type: 'job-timeout', jobId: job.id });
    for (const unit of unitsOf(job)) if (hasEnough(unit)) this.#wait(unit);
  }

  /** Ends a job that was made to stay open. */
  finishHeldOpen(job: LabJob): void {
    this.endSuite(job, 'good');
  }

  /** Ends a job that runs until it is told to; does nothing for one that does not run. */
  endSuite(job: LabJob, outcome: ScriptedOutcome): void {
    this.#runs.endSuite(job, outcome);
  }

  /** Marks entries for abort, with those that run together with them; the scheduler's next turn acts on it. */
  abort(entries: readonly LabEntry[], by: string): void {
    const marked = markForAbort(entries, by);
    if (marked.length === 0) return;
    const entryIds = marked.map((entry) => entry.id);
    this.#timers.set(this.#now + this.#options.durations.schedulerMs, { type: 'abort', entryIds });
  }

  /** Has a task run on a host when nothing else does. */
  requestTask(name: 'Verify' | 'Repair', host: LabHostRecord, by: string): void {
    this.#runs.tasks.request(name, host, by);
  }

  /** Ends tasks that run now; the scheduler's next turn acts on it. */
  abortTasks(tasks: Iterable<LabTask>): void {
    this.#runs.tasks.abort(tasks);
  }

  /** To be called when a host has become usable: the next turn of the scheduler looks at the queue again. */
  lookForHosts(): void {
    if (this.#turnIsDue) return;
    this.#turnIsDue = true;
    this.#timers.set(this.#now + this.#options.durations.schedulerMs, { type: 'turn' });
  }

  /** The host is gone: what runs on it fails, and nothing else gets it. */
  die(host: LabHostRecord): void {
    if (host.dead) return;
    host.dead = true;
    this.#runs.hostDied(host);
    this.#runs.tasks.hostDied(host);
    host.status = 'Repair Failed';
    this.#state.updateFree(host);
    this.#tell({ type: 'host-died', host: host.hostname });
  }

  revive(host: LabHostRecord): void {
    host.dead = false;
    // What was begun on the dead host goes on, and says itself how the host is.
    if (host.entry === undefined && host.task === undefined) host.status = 'Ready';
    this.#state.updateFree(host);
    this.#tell({ type: 'host-revived', host: host.hostname });
    this.lookForHosts();
  }

  #wait(unit: Unit): void {
    this.#waiting.add(unit);
    this.lookForHosts();
  }

  #carryOut(timer: LabTimer): void {
    switch (timer.type) {
      case 'tell':
        return this.#tell(timer.happening);
      case 'turn':
        return this.#takeTurn();
      case 'job-timeout':
        return this.#abortNow(this.#state.jobs.underWay(timer.jobId)?.entries ?? []);
      case 'abort':
        return this.#runs.abort(timer.entryIds.flatMap((id) => this.#state.jobs.entry(id) ?? []));
      case 'task-ends':
        return this.#onHost(timer.host, (host) => this.#runs.tasks.end(host, timer.taskId, timer.success));
      case 'test-ends':
        return this.#runs.testEnds(timer.entryId);
      case 'test-overdue':
        return this.#abortNow([timer.entryId].flatMap((id) => this.#state.jobs.entry(id) ?? []));
      case 'gathered':
        return this.#runs.gathered(timer.entryId);
      case 'parsed':
        return this.#runs.parsed(timer.entryId);
      case 'host-dies':
        return this.#onHost(timer.host, (host) => this.die(host));
      case 'host-returns':
        return this.#onHost(timer.host, (host) => this.revive(host));
      case 'build-appears':
        this.#options.addBuild(timer.build);
        return this.#tell({ type: 'build-appeared', build: timer.build });
    }
  }

  #takeTurn(): void {
    this.#turnIsDue = false;
    this.#runs.tasks.startRequested();
    this.#waiting.serve(isStillQueued, (unit) => {
      const hosts = unit.job.hostless ? [] : findHosts(unit);
      if (hosts !== undefined) this.#runs.begin(unit, hosts);
      return hosts !== undefined;
    });
  }

  /** What took too long is not left to the next turn. */
  #abortNow(entries: readonly LabEntry[]): void {
    this.#runs.abort(markForAbort(entries, systemUser));
  }

  #onHost(hostname: string, act: (host: LabHostRecord) => void): void {
    const host = this.#state.hosts.get(hostname);
    if (host !== undefined) act(host);
  }

  #isOver(jobId: number): boolean {
    return this.#state.jobs.underWay(jobId)?.entries.every(isComplete) ?? true;
  }

  #tell(happening: LabHappening): void {
    this.#options.tell(this.#now, happening);
  }

  /** What it remembers, for a snapshot; not copied. */
  save(): SavedSimulation {
    return {
      now: this.#now,
      turnIsDue: this.#turnIsDue,
      timers: this.#timers.save(),
      waiting: this.#waiting.save(),
      conflicts: this.#hostUse.conflicts,
      runs: this.#runs.save(),
    };
  }

  load({ now, turnIsDue, timers, waiting, conflicts, runs }: SavedSimulation): void {
    this.#now = now;
    this.#turnIsDue = turnIsDue;
    this.#timers.load(timers);
    this.#waiting.load(waiting);
    this.#hostUse.load(conflicts);
    this.#runs.load(runs);
  }
}

/** Who aborts what took too long. */
const systemUser = 'autotest_system';

/** Returns those that were not marked before. */
function markForAbort(entries: readonly LabEntry[], by: string): readonly LabEntry[] {
  const all = new Set(entries.flatMap((entry) => unitOf(entry).entries));
  const open = [...all].filter((entry) => !isComplete(entry) && !entry.aborted);
  for (const entry of open) {
    entry.aborted = true;
    entry.abortedBy = by;
  }
  return open;
}

function isStillQueued(unit: Unit): boolean {
  return unit.entries.every((entry) => entry.status === 'Queued' && !entry.aborted);
}

/** What a snapshot keeps of it. */
export interface SavedSimulation {
  readonly now: number;
  readonly turnIsDue: boolean;
  readonly timers: SavedTimers;
  readonly waiting: ReadonlyMap<string, readonly Unit[]>;
  readonly conflicts: readonly string[];
  readonly runs: SavedRuns;
}
