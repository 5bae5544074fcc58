import { PriorityQueue } from '../priority-queue.js';
import type { LabHappening } from './lab-events.js';
import type { LabState } from './lab-state.js';
import { putVersion, removeVersion } from './host-versions.js';
import type { EntryStatus, LabEntry, LabHostRecord, LabJob } from './model.js';
import { isComplete, isProvisionable, jobTagOf } from './model.js';
import type { ScriptedOutcome, ScriptedResult, TestScripts } from './outcome.js';
import { resultOf } from './outcome.js';
import { planDuration, planOutcome } from './test-plan.js';
import type { TestRows } from './test-rows.js';
import type { Unit } from './waiting-line.js';
import { findHosts, WaitingLines } from './waiting-line.js';

/** How long things take in the lab, in milliseconds. */
export interface LabDurations {
  /** From a change to the turn of the scheduler that acts on it: queued jobs start, aborts happen. */
  readonly schedulerMs: number;
  readonly provisionMs: number;
  /** What a host needs before a job when it has the right versions already. */
  readonly resetMs: number;
  readonly gatherMs: number;
  readonly parseMs: number;
}

export interface SimulationOptions {
  readonly durations: LabDurations;
  /** Changes how long tests take, and what chance decides. */
  readonly seed: number;
  readonly scripts: TestScripts;
  /** Where a host finds the packages of a build that was just put on it. */
  readonly jobRepoUrl: (build: string) => string;
  readonly rows: TestRows;
  readonly tell: (atMs: number, happening: LabHappening) => void;
}

/**
 * The lab's scheduler and hosts, as events in time. It has no timer: whoever looks at the lab first lets it catch up,
 * and every event that was due happens then, in order and with its own time.
 */
export class Simulation {
  readonly #state: LabState;
  readonly #options: SimulationOptions;
  readonly #events = new PriorityQueue<LabTimer>(happensBefore);
  readonly #waiting = new WaitingLines();
  readonly #runs = new Map<LabEntry, Run>();
  #sequence = 0;
  #turnIsDue = false;
  #now: number;

  constructor(state: LabState, startMs: number, options: SimulationOptions) {
    this.#state = state;
    this.#now = startMs;
    this.#options = options;
  }

  get now(): number {
    return this.#now;
  }

  catchUp(now: number): void {
    for (let next = this.#events.peek(); next !== undefined && next.atMs <= now; next = this.#events.peek()) {
      this.#events.pop();
      this.#now = Math.max(this.#now, next.atMs);
      next.act();
    }
    this.#now = Math.max(this.#now, now);
  }

  /** Has something told at its time, which may be still to come. */
  tellAt(atMs: number, happening: LabHappening): void {
    this.#in(atMs - this.#now, () => this.#tell(happening));
  }

  /** Takes up a job that the AFE has just made. */
  enqueue(job: LabJob): void {
    this.#tell({ type: 'job-queued', jobId: job.id, name: job.name });
    if (job.heldOpen) {
      for (const entry of job.entries) this.#begin({ job, entries: [entry] }, []);
      return;
    }
    this.#in(job.timeoutMins * 60_000, () => this.abort(job.entries, systemUser, 0));
    if (job.synchCount > 1) this.#waiting.add({ job, entries: job.entries });
    else for (const entry of job.entries) this.#waiting.add({ job, entries: [entry] });
    this.lookForHosts();
  }

  /** Ends a job that was made to stay open. */
  finishHeldOpen(job: LabJob): void {
    const [entry] = job.entries;
    const run = this.#runOf(entry);
    if (run !== undefined && entry?.status === 'Running') this.#gather(run);
  }

  /** Marks entries for abort, those of a synchronous job together; the lab acts on it after `delayMs`. */
  abort(entries: readonly LabEntry[], by: string, delayMs = this.#options.durations.schedulerMs): void {
    const all = new Set(entries.flatMap((entry) => (entry.job.synchCount > 1 ? entry.job.entries : [entry])));
    const open = [...all].filter((entry) => !isComplete(entry) && !entry.aborted);
    for (const entry of open) {
      entry.aborted = true;
      entry.abortedBy = by;
    }
    if (open.length === 0) return;
    if (delayMs === 0) this.#carryOutAborts(open);
    else this.#in(delayMs, () => this.#carryOutAborts(open));
  }

  /** To be called when a host has become usable: the next turn of the scheduler looks at the queue again. */
  lookForHosts(): void {
    if (this.#turnIsDue) return;
    this.#turnIsDue = true;
    this.#in(this.#options.durations.schedulerMs, () => {
      this.#turnIsDue = false;
      this.#waiting.serve(isStillQueued, (unit) => this.#tryToBegin(unit));
    });
  }

  /** The host is gone: what runs on it fails, and nothing else gets it. */
  die(host: LabHostRecord): void {
    host.dead = true;
    const run = this.#runOf(host.entry);
    if (run?.entries.some((entry) => entry.aborted) === true) this.#carryOutAborts(run.entries);
    else if (run !== undefined) this.#failMachine(run, `Lab: ${host.hostname} died`);
    host.status = 'Repair Failed';
    this.#state.updateFree(host);
    this.#tell({ type: 'host-died', host: host.hostname });
  }

  revive(host: LabHostRecord): void {
    host.dead = false;
    host.status = 'Ready';
    this.#state.updateFree(host);
    this.#tell({ type: 'host-revived', host: host.hostname });
    this.lookForHosts();
  }

  #tryToBegin(unit: Unit): boolean {
    if (unit.job.hostless) {
      this.#begin(unit, []);
      return true;
    }
    const hosts = findHosts(unit);
    if (hosts === undefined) return false;
    this.#begin(unit, hosts);
    return true;
  }

  #begin({ job, entries }: Unit, hosts: readonly LabHostRecord[]): void {
    const run: Run = {
      job,
      entries,
      outcome: planOutcome(job, hosts[0], this.#options),
      unready: 0,
      startedMs: undefined,
      over: false,
    };
    for (const entry of entries) this.#runs.set(entry, run);
    entries.forEach((entry, index) => {
      const host = hosts[index];
      if (host === undefined) return;
      entry.host = host;
      host.entry = entry;
      run.unready++;
    });
    for (const entry of entries) if (entry.host !== undefined) this.#prepare(run, entry, entry.host);
    if (run.unready === 0) this.#start(run);
  }

  #prepare(run: Run, entry: LabEntry, host: LabHostRecord): void {
    const { provisionMs, resetMs } = this.#options.durations;
    const fails = run.outcome === 'provision-failure';
    const versions = run.job.dependencies.filter((label) => isProvisionable(label.name));
    const missing = fails ? versions : versions.filter((label) => !host.labels.has(label));
    if (missing.length === 0 && !fails) {
      this.#setStatus(entry, 'Resetting');
      this.#after(run, resetMs, () => this.#ready(run, entry));
      return;
    }
    const labels = missing.map((label) => label.name);
    this.#setStatus(entry, 'Provisioning');
    this.#tell({ type: 'host-provisioning', jobId: run.job.id, host: host.hostname, labels });
    this.#after(run, provisionMs, () => {
      for (const label of missing) removeVersion(this.#state, host, label);
      if (fails) {
        this.#failMachine(run, `Lab: could not provision ${host.hostname}`);
        return;
      }
      for (const label of missing) putVersion(this.#state, host, label, this.#options.jobRepoUrl);
      this.#tell({ type: 'host-provisioned', jobId: run.job.id, host: host.hostname, labels });
      this.#ready(run, entry);
    });
  }

  #ready(run: Run, entry: LabEntry): void {
    this.#setStatus(entry, 'Pending');
    run.unready--;
    if (run.unready === 0) this.#start(run);
  }

  #start(run: Run): void {
    const { job, entries } = run;
    run.startedMs = this.#now;
    for (const entry of entries) {
      this.#setStatus(entry, 'Running');
      entry.startedMs = this.#now;
      entry.executionSubdir =
        entry.host === undefined ? 'hostless' : entries.length > 1 ? 'group0' : entry.host.hostname;
    }
    this.#tell({ type: 'job-running', jobId: job.id, host: entries[0]?.host?.hostname ?? null });
    if (job.heldOpen) return;
    const allowedMs = job.maxRuntimeMins * 60_000;
    const durationMs = planDuration(job, run.outcome, this.#options.seed);
    if (durationMs > allowedMs) this.#after(run, allowedMs, () => this.abort(entries, systemUser, 0));
    else this.#after(run, durationMs, () => this.#end(run));
  }

  #end(run: Run): void {
    if (run.outcome === 'machine-failure') this.#failMachine(run, 'Lab: could not reach the DUT');
    else this.#gather(run);
  }

  #gather(run: Run): void {
    for (const entry of run.entries) this.#setStatus(entry, 'Gathering');
    this.#after(run, this.#options.durations.gatherMs, () => {
      for (const entry of run.entries) {
        this.#setStatus(entry, 'Parsing');
        this.#release(entry);
      }
      this.#after(run, this.#options.durations.parseMs, () => this.#finish(run));
    });
  }

  #finish(run: Run): void {
    const result: ScriptedResult = resultOf(run.outcome) ?? { status: 'GOOD' };
    const passed = this.#options.rows.writeFinished(run, result, this.#now);
    const { crashes = [] } = result;
    if (crashes.length > 0) this.#state.crashes.set(jobTagOf(run.job, run.entries), crashes);
    this.#close(run, passed ? 'Completed' : 'Failed');
  }

  #failMachine(run: Run, reason: string): void {
    for (const entry of run.entries) {
      entry.startedMs ??= this.#now;
      if (entry.executionSubdir === '') entry.executionSubdir = entry.host?.hostname ?? 'hostless';
    }
    this.#options.rows.writeMachineFailure({ ...run, startedMs: run.startedMs ?? this.#now }, reason, this.#now);
    this.#close(run, 'Failed');
  }

  #carryOutAborts(entries: readonly LabEntry[]): void {
    for (const entry of entries) {
      if (isComplete(entry)) continue;
      const run = this.#runOf(entry);
      if (run === undefined) {
        this.#complete(entry, 'Aborted');
        this.#tell({ type: 'job-aborted', jobId: entry.job.id, host: null });
        continue;
      }
      if (run.startedMs !== undefined) this.#options.rows.writeAborted(run, entry.abortedBy, this.#now);
      for (const member of run.entries) member.aborted = true;
      this.#close(run, 'Aborted');
    }
  }

  #close(run: Run, status: 'Completed' | 'Failed' | 'Aborted'): void {
    run.over = true;
    const host = run.entries[0]?.host?.hostname ?? null;
    for (const entry of run.entries) {
      this.#runs.delete(entry);
      this.#complete(entry, status);
      this.#release(entry);
    }
    const jobId = run.job.id;
    if (status === 'Aborted') this.#tell({ type: 'job-aborted', jobId, host });
    else this.#tell({ type: 'job-finished', jobId, host, status });
  }

  #complete(entry: LabEntry, status: EntryStatus): void {
    entry.status = status;
    entry.finishedMs = this.#now;
  }

  #release(entry: LabEntry): void {
    const { host } = entry;
    if (host?.entry !== entry) return;
    host.entry = undefined;
    if (!host.dead) host.status = 'Ready';
    this.#state.updateFree(host);
    this.lookForHosts();
  }

  /** Hosts wear the status of what they do. */
  #setStatus(entry: LabEntry, status: EntryStatus): void {
    entry.status = status;
    if (entry.host?.entry !== entry) return;
    entry.host.status = status === 'Gathering' ? 'Running' : status;
    this.#state.updateFree(entry.host);
  }

  #runOf(entry: LabEntry | undefined): Run | undefined {
    return entry === undefined ? undefined : this.#runs.get(entry);
  }

  #after(run: Run, ms: number, act: () => void): void {
    this.#in(ms, () => {
      // An entry that was told to abort does nothing more; the abort itself ends it.
      if (!run.over && !run.entries.some((entry) => entry.aborted)) act();
    });
  }

  #in(ms: number, act: () => void): void {
    this.#events.push({ atMs: this.#now + ms, sequence: this.#sequence++, act });
  }

  #tell(happening: LabHappening): void {
    this.#options.tell(this.#now, happening);
  }
}

/** A unit on its way through the lab. */
export interface Run {
  readonly job: LabJob;
  readonly entries: readonly LabEntry[];
  readonly outcome: ScriptedOutcome;
  /** Hosts that are still being prepared. */
  unready: number;
  /** When the job itself began, after all hosts were ready. */
  startedMs: number | undefined;
  over: boolean;
}

interface LabTimer {
  readonly atMs: number;
  readonly sequence: number;
  readonly act: () => void;
}

/** Who aborts what ran too long. */
const systemUser = 'autotest_system';

function happensBefore(a: LabTimer, b: LabTimer): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence);
}

function isStillQueued(unit: Unit): boolean {
  return unit.entries.every((entry) => entry.status === 'Queued' && !entry.aborted);
}
