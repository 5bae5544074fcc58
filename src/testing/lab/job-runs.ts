import type { EntryStatus, LabEntry, LabHostRecord, LabJob, TaskName } from './model.js';
import { isComplete, isOver, jobTagOf } from './model.js';
import type { ScriptedOutcome } from './outcome.js';
import type { Run } from './run.js';
import { hasPassed, isMarked, resultIn, subdirOf } from './run.js';
import type { SimulationParts } from './simulation-parts.js';
import type { TaskListener } from './special-tasks.js';
import { SpecialTasks, type SavedRequests } from './special-tasks.js';
import { taskAfter, taskAfterStop, tasksBefore } from './task-choice.js';
import { planDuration, planOutcome } from './test-plan.js';
import type { RanJob } from './test-rows.js';
import type { Unit } from './waiting-line.js';
import { unitOf } from './waiting-line.js';

/** Takes jobs through their states, from the moment they have hosts. */
export class JobRuns implements TaskListener {
  readonly tasks: SpecialTasks;
  readonly #parts: SimulationParts;
  readonly #requeue: (unit: Unit) => void;
  /** By the id of each entry. */
  #runs = new Map<number, Run>();

  /** @param requeue - called with what has to wait for hosts again */
  constructor(parts: SimulationParts, requeue: (unit: Unit) => void) {
    this.#parts = parts;
    this.#requeue = requeue;
    this.tasks = new SpecialTasks(parts, this);
  }

  /** Gives each entry its host, if it needs one, and prepares it. */
  begin({ job, entries }: Unit, hosts: readonly LabHostRecord[]): void {
    const { hostUse, options } = this.#parts;
    const outcome = planOutcome(job, hosts[0], options);
    const run: Run = { job, entries, outcome, unready: hosts.length, startedMs: undefined };
    entries.forEach((entry, index) => {
      this.#runs.set(entry.id, run);
      const host = hosts[index];
      if (host !== undefined) hostUse.giveToEntry(host, entry);
    });
    if (hosts.length === 0) this.#start(run);
    for (const entry of entries) {
      if (entry.host !== undefined) {
        this.tasks.prepare(entry, entry.host, tasksBefore(job, entry.host, this.failsToProvision(entry)));
      }
    }
  }

  /** Acts on entries that were marked for abort. */
  abort(entries: Iterable<LabEntry>): void {
    for (const entry of entries) {
      if (isComplete(entry)) continue;
      const run = this.#runs.get(entry.id);
      if (run === undefined) {
        this.#complete(entry, 'Aborted');
        this.#parts.tell({ type: 'job-aborted', jobId: entry.job.id, host: null });
        continue;
      }
      for (const member of run.entries) member.aborted = true;
      // What the test left is brought home all the same.
      if (entry.status === 'Gathering' || entry.status === 'Parsing') continue;
      if (run.startedMs !== undefined) this.#parts.options.rows.writeAborted(run, entry.abortedBy, this.#parts.now());
      this.#close(run, 'Aborted');
    }
  }

  /** Fails what runs on a host that is gone. */
  hostDied(host: LabHostRecord): void {
    const run = host.entry === undefined ? undefined : this.#runs.get(host.entry.id);
    if (run === undefined) return;
    if (isMarked(run)) this.abort(run.entries);
    else this.#failMachine(run, `Lab: ${host.hostname} died`);
  }

  /** Ends a job that runs until it is told to; does nothing for one that does not run. */
  endSuite(job: LabJob, outcome: ScriptedOutcome): void {
    const [entry] = job.entries;
    const run = entry === undefined ? undefined : this.#runs.get(entry.id);
    if (run === undefined || entry?.status !== 'Running' || isMarked(run)) return;
    run.outcome = outcome;
    this.#gather(run);
  }

  testEnds(entryId: number): void {
    const run = this.#runs.get(entryId);
    // The abort ends what was marked for it.
    if (run === undefined || isMarked(run)) return;
    if (run.outcome === 'machine-failure') this.#failMachine(run, 'Lab: could not reach the DUT');
    else this.#gather(run);
  }

  gathered(entryId: number): void {
    const run = this.#runs.get(entryId);
    if (run === undefined) return;
    for (const entry of run.entries) {
      entry.status = 'Parsing';
      this.#leaveHost(entry, isMarked(run) ? 'Cleanup' : taskAfter(run.job, hasPassed(resultIn(run))));
    }
    this.#parts.after(this.#parts.options.durations.parseMs, { type: 'parsed', entryId });
  }

  parsed(entryId: number): void {
    const run = this.#runs.get(entryId);
    if (run === undefined) return;
    const { state, options, now } = this.#parts;
    const result = resultIn(run);
    const completed = options.rows.writeFinished(run, result, now());
    const { crashes = [] } = result;
    if (crashes.length > 0) state.crashes.set(jobTagOf(run.job, run.entries), crashes);
    this.#close(run, isMarked(run) ? 'Aborted' : completed ? 'Completed' : 'Failed');
  }

  failsToProvision(entry: LabEntry): boolean {
    return this.#runs.get(entry.id)?.outcome === 'provision-failure';
  }

  prepared(entry: LabEntry): void {
    const run = this.#runs.get(entry.id);
    if (run === undefined) return;
    this.#setStatus(entry, 'Pending');
    run.unready--;
    if (run.unready === 0) this.#start(run);
  }

  /** A host that cannot get the job's version fails the job; for any other trouble the job goes to another host. */
  unprepared(entry: LabEntry, task: TaskName): void {
    const run = this.#runs.get(entry.id);
    if (run === undefined) return;
    if (task === 'Provision') this.#failUnprepared(run, `Lab: could not provision ${entry.host?.hostname ?? ''}`);
    else this.#sendBack(run, entry);
  }

  /** A job that names its host has nowhere else to go. */
  beyondRepair(entry: LabEntry): void {
    if (entry.metaHost !== undefined || entry.status !== 'Queued' || entry.aborted) return;
    const unit = unitOf(entry);
    this.#failUnprepared({ ...unit, startedMs: undefined }, `Lab: could not repair ${entry.host?.hostname ?? ''}`);
  }

  #start(run: Run): void {
    const { job, entries } = run;
    const { after, options, now, tell } = this.#parts;
    run.startedMs = now();
    for (const entry of entries) {
      this.#setStatus(entry, 'Running');
      entry.startedMs = run.startedMs;
      entry.executionSubdir = subdirOf(run, entry);
      if (entry.host !== undefined) entry.host.dirty = true;
    }
    const [first] = entries;
    tell({ type: 'job-running', jobId: job.id, host: first?.host?.hostname ?? null });
    if (job.heldOpen || first === undefined) return;
    const allowedMs = job.maxRuntimeMins * 60_000;
    const durationMs = planDuration(job, run.outcome, options.seed);
    const type = durationMs > allowedMs ? 'test-overdue' : 'test-ends';
    after(Math.min(durationMs, allowedMs), { type, entryId: first.id });
  }

  #gather(run: Run): void {
    for (const entry of run.entries) this.#setStatus(entry, 'Gathering');
    const entryId = run.entries[0]?.id ?? 0;
    this.#parts.after(this.#parts.options.durations.gatherMs, { type: 'gathered', entryId });
  }

  #failMachine(run: Run, reason: string): void {
    const ran = this.#asRan(run);
    this.#parts.options.rows.writeMachineFailure(ran, reason, this.#parts.now());
    this.#close(run, 'Failed');
  }

  /** The rows of a job that never began are those of the repair, which a job may not want. */
  #failUnprepared(run: RanJob, reason: string): void {
    const ran = this.#asRan(run);
    if (run.job.parseFailedRepair) this.#parts.options.rows.writeMachineFailure(ran, reason, this.#parts.now());
    this.#close(run, 'Failed');
  }

  /** Rows need a place and a time also when the job never began. */
  #asRan({ job, entries, startedMs = this.#parts.now() }: RanJob): RanJob {
    for (const entry of entries) {
      entry.startedMs ??= startedMs;
      if (entry.executionSubdir === '') entry.executionSubdir = entry.host?.hostname ?? 'hostless';
    }
    return { job, entries, startedMs };
  }

  /** Back into the queue, all entries together: hosts that were ready already become free for others. */
  #sendBack(run: Run, failed: LabEntry): void {
    const stopped = run.entries.map((entry) => ({ entry, host: entry.host, next: taskAfterStop(entry.status) }));
    for (const { entry, host } of stopped) {
      this.#runs.delete(entry.id);
      if (host !== undefined) this.#takeAway(host, entry);
      entry.status = 'Queued';
      if (entry.metaHost !== undefined) entry.host = undefined;
    }
    this.#requeue({ job: run.job, entries: run.entries });
    for (const { entry, host, next } of stopped) {
      if (host === undefined) continue;
      if (entry === failed) this.tasks.repairAfter(host, entry);
      else this.#setFree(host, run.job, next);
    }
  }

  #close(run: RanJob, status: 'Completed' | 'Failed' | 'Aborted'): void {
    for (const entry of run.entries) {
      const ranIntoFailure = status === 'Failed' && entry.status === 'Running';
      const next = ranIntoFailure ? taskAfter(run.job, false) : taskAfterStop(entry.status);
      this.#runs.delete(entry.id);
      this.#complete(entry, status);
      this.#leaveHost(entry, next);
    }
    const jobId = run.job.id;
    const host = run.entries[0]?.host?.hostname ?? null;
    if (status === 'Aborted') this.#parts.tell({ type: 'job-aborted', jobId, host });
    else this.#parts.tell({ type: 'job-finished', jobId, host, status });
  }

  #complete(entry: LabEntry, status: 'Completed' | 'Failed' | 'Aborted'): void {
    entry.status = status;
    entry.finishedMs = this.#parts.now();
    if (isOver(entry.job)) this.#parts.jobEnded(entry.job);
  }

  #leaveHost(entry: LabEntry, next: TaskName | undefined): void {
    const { host } = entry;
    if (host?.entry !== entry) return;
    this.#takeAway(host, entry);
    this.#setFree(host, entry.job, next);
  }

  #takeAway(host: LabHostRecord, entry: LabEntry): void {
    if (host.entry !== entry) return;
    this.tasks.cancel(host);
    host.entry = undefined;
  }

  #setFree(host: LabHostRecord, job: LabJob, next: TaskName | undefined): void {
    if (!host.dead && next !== undefined) {
      this.tasks.follow(next, host, job.owner);
      return;
    }
    if (!host.dead) host.status = 'Ready';
    this.#parts.state.updateFree(host);
    this.#parts.lookForHosts();
  }

  /** Hosts wear the status of what they do. */
  #setStatus(entry: LabEntry, status: EntryStatus): void {
    entry.status = status;
    if (entry.host?.entry !== entry) return;
    entry.host.status = status === 'Gathering' ? 'Running' : status;
    this.#parts.state.updateFree(entry.host);
  }

  /** What it remembers, for a snapshot; not copied. */
  save(): SavedRuns {
    return { runs: this.#runs, tasks: this.tasks.save() };
  }

  load({ runs, tasks }: SavedRuns): void {
    this.#runs = runs;
    this.tasks.load(tasks);
  }
}

/** What a snapshot keeps of it. */
export interface SavedRuns {
  readonly runs: Map<number, Run>;
  readonly tasks: SavedRequests;
}
