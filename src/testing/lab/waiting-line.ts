import { PriorityQueue } from '../priority-queue.js';
import type { LabEntry, LabHostRecord, LabJob, LabLabel } from './model.js';
import { isFree, isProvisionable, mayUse } from './model.js';

/** What gets its hosts at once: as many entries of a synchronous job as run together, every other entry alone. */
export interface Unit {
  readonly job: LabJob;
  readonly entries: readonly LabEntry[];
}

/** The entries of a job in the groups in which they run. */
export function unitsOf(job: LabJob): readonly Unit[] {
  const units: Unit[] = [];
  const size = Math.max(1, job.synchCount);
  for (let start = 0; start < job.entries.length; start += size) {
    units.push({ job, entries: job.entries.slice(start, start + size) });
  }
  return units;
}

/** An entry with those that run together with it. */
export function unitOf(entry: LabEntry): Unit {
  const alone = { job: entry.job, entries: [entry] };
  if (entry.job.synchCount <= 1) return alone;
  return unitsOf(entry.job).find((unit) => unit.entries.includes(entry)) ?? alone;
}

/** Whether there are as many as the job needs at once. What is left over of a job waits in vain, until its time-out. */
export function hasEnough(unit: Unit): boolean {
  return unit.entries.length >= unit.job.synchCount;
}

/**
 * Queued units, in lines of those that need the same: when the first of a line finds no host, none behind it does.
 * A turn of the scheduler so costs as many looks as there are lines, not as there are jobs.
 */
export class WaitingLines {
  readonly #lines = new Map<string, PriorityQueue<Unit>>();

  add(unit: Unit): void {
    const key = needOf(unit);
    let line = this.#lines.get(key);
    if (line === undefined) {
      line = new PriorityQueue(isServedBefore);
      this.#lines.set(key, line);
    }
    line.push(unit);
  }

  /** Offers units to `serve`, the most urgent first, until each line is empty or its first was refused. */
  serve(isOpen: (unit: Unit) => boolean, serve: (unit: Unit) => boolean): void {
    const heads = new PriorityQueue<{ readonly unit: Unit; readonly line: PriorityQueue<Unit> }>((a, b) =>
      isServedBefore(a.unit, b.unit),
    );
    const comeForward = (line: PriorityQueue<Unit>): boolean => {
      for (let unit = line.peek(); unit !== undefined; unit = line.peek()) {
        if (isOpen(unit)) {
          heads.push({ unit, line });
          return true;
        }
        line.pop();
      }
      return false;
    };
    for (const [key, line] of this.#lines) {
      if (!comeForward(line)) this.#lines.delete(key);
    }
    for (let head = heads.pop(); head !== undefined; head = heads.pop()) {
      if (!serve(head.unit)) continue;
      head.line.pop();
      comeForward(head.line);
    }
  }

  /** What it remembers, for a snapshot; not copied. */
  save(): ReadonlyMap<string, readonly Unit[]> {
    return new Map([...this.#lines].map(([key, line]) => [key, line.save()]));
  }

  load(lines: ReadonlyMap<string, readonly Unit[]>): void {
    this.#lines.clear();
    for (const [key, units] of lines) {
      const line = new PriorityQueue(isServedBefore);
      line.load(units);
      this.#lines.set(key, line);
    }
  }
}

/**
 * Free hosts for each entry of a unit that its owner may use, or undefined when there are not enough. Hosts that have the wanted versions
 * already come first, then the one that has been free longest.
 */
export function findHosts(unit: Unit): readonly LabHostRecord[] | undefined {
  const chosen = new Set<LabHostRecord>();
  const { job } = unit;
  // No two entries of a job ever run on the same host, as in the real scheduler.
  const had = new Set(job.entries.flatMap((entry) => (unit.entries.includes(entry) ? [] : (entry.host ?? []))));
  const isUsable = (host: LabHostRecord) =>
    isFree(host) && !chosen.has(host) && !had.has(host) && mayUse(job.owner, host);
  for (const entry of unit.entries) {
    const host = findHost(entry, isUsable);
    if (host === undefined) return undefined;
    chosen.add(host);
  }
  return [...chosen];
}

function findHost(entry: LabEntry, isUsable: (host: LabHostRecord) => boolean): LabHostRecord | undefined {
  if (entry.host !== undefined) return isUsable(entry.host) ? entry.host : undefined;
  const wanted = entry.job.dependencies;
  const needed = wanted.filter((label) => !isProvisionable(label.name));
  if (entry.metaHost !== undefined) needed.push(entry.metaHost);
  return firstWithAll([...needed, ...wanted], isUsable) ?? firstWithAll(needed, isUsable);
}

function firstWithAll(
  labels: readonly LabLabel[],
  isUsable: (host: LabHostRecord) => boolean,
): LabHostRecord | undefined {
  const [first, ...others] = labels;
  if (first === undefined) return undefined;
  const rarest = others.reduce((best, label) => (label.freeHosts.size < best.freeHosts.size ? label : best), first);
  for (const host of rarest.freeHosts) {
    if (isUsable(host) && labels.every((label) => host.labels.has(label))) return host;
  }
  return undefined;
}

/** What decides which hosts a unit can have; units that it is the same for wait in one line. */
function needOf({ job, entries }: Unit): string {
  const named = entries.find((entry) => entry.host !== undefined)?.host;
  if (named !== undefined) return entries.length === 1 ? `host ${named.id} ${job.owner}` : `job ${job.id}`;
  const labels = job.dependencies.filter((label) => !isProvisionable(label.name)).map((label) => label.id);
  const need = `${entries.map((entry) => entry.metaHost?.id ?? '').join()};${labels.join()};${job.owner}`;
  return entries.length < job.entries.length ? `${need};job ${job.id}` : need;
}

function isServedBefore(a: Unit, b: Unit): boolean {
  if (a.job.priority !== b.job.priority) return a.job.priority > b.job.priority;
  if (a.job.id !== b.job.id) return a.job.id < b.job.id;
  return (a.entries[0]?.id ?? 0) < (b.entries[0]?.id ?? 0);
}
