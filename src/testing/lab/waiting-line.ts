import { PriorityQueue } from '../priority-queue.js';
import type { LabEntry, LabHostRecord, LabJob, LabLabel } from './model.js';
import { isProvisionable, mayUse } from './model.js';

/** What gets its hosts at once: the entries of a synchronous job together, every other entry alone. */
export interface Unit {
  readonly job: LabJob;
  readonly entries: readonly LabEntry[];
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
}

/**
 * Free hosts for each entry of a unit that its owner may use, or undefined when there are not enough. Hosts that have the wanted versions
 * already come first, then the one that has been free longest.
 */
export function findHosts(unit: Unit): readonly LabHostRecord[] | undefined {
  const chosen = new Set<LabHostRecord>();
  for (const entry of unit.entries) {
    const host = findHost(entry, chosen);
    if (host === undefined) return undefined;
    chosen.add(host);
  }
  return [...chosen];
}

function findHost(entry: LabEntry, taken: ReadonlySet<LabHostRecord>): LabHostRecord | undefined {
  const isFree = (host: LabHostRecord) =>
    host.status === 'Ready' && host.lock === undefined && host.entry === undefined && !taken.has(host);
  if (entry.host !== undefined) return isFree(entry.host) ? entry.host : undefined;
  const isOpen = (host: LabHostRecord) => isFree(host) && mayUse(entry.job.owner, host);
  const wanted = entry.job.dependencies;
  const needed = wanted.filter((label) => !isProvisionable(label.name));
  if (entry.metaHost !== undefined) needed.push(entry.metaHost);
  return firstWithAll([...needed, ...wanted], isOpen) ?? firstWithAll(needed, isOpen);
}

function firstWithAll(
  labels: readonly LabLabel[],
  isFree: (host: LabHostRecord) => boolean,
): LabHostRecord | undefined {
  const [first, ...others] = labels;
  if (first === undefined) return undefined;
  const rarest = others.reduce((best, label) => (label.freeHosts.size < best.freeHosts.size ? label : best), first);
  for (const host of rarest.freeHosts) {
    if (isFree(host) && labels.every((label) => host.labels.has(label))) return host;
  }
  return undefined;
}

function needOf({ job, entries }: Unit): string {
  const named = entries.find((entry) => entry.host !== undefined)?.host;
  if (named !== undefined) return entries.length === 1 ? `host ${named.id}` : `job ${job.id}`;
  const labels = job.dependencies.filter((label) => !isProvisionable(label.name)).map((label) => label.id);
  return `${entries.map((entry) => entry.metaHost?.id ?? '').join()};${labels.join()};${job.owner}`;
}

function isServedBefore(a: Unit, b: Unit): boolean {
  if (a.job.priority !== b.job.priority) return a.job.priority > b.job.priority;
  if (a.job.id !== b.job.id) return a.job.id < b.job.id;
  return (a.entries[0]?.id ?? 0) < (b.entries[0]?.id ?? 0);
}
