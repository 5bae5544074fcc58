import type { LabState } from './lab/lab-state.js';
import type { LabEntry, LabHostRecord, LabJob, LabLabel } from './lab/model.js';
import { isComplete, isProvisionable } from './lab/model.js';

/** Why an entry has not begun, or goes on no more, in a few words; undefined for one that is on its way. */
export function waitingReason(state: LabState, entry: LabEntry): string | undefined {
  if (entry.aborted) return 'to be aborted at the next turn of the scheduler';
  if (entry.status !== 'Queued') return undefined;
  const { job } = entry;
  if (entry.host !== undefined) return describeOne(entry.host) ?? atNextTurn;
  if (job.hostless) return atNextTurn;
  const needed = labelsNeededBy(entry);
  const suitable = hostsWithAll(state, needed);
  if (suitable.length === 0) return noHostHas(state, needed);
  const free = suitable.filter((host) => describeOne(host) === undefined);
  const wanted = job.synchCount > 1 ? job.entries.filter((other) => !isComplete(other)).length : 1;
  if (free.length >= wanted) return atNextTurn;
  const others = summarize(suitable);
  return wanted === 1 ? others : `needs ${wanted} hosts at once, ${free.length} free: ${others}`;
}

const atNextTurn = 'may begin at the next turn of the scheduler';

function labelsNeededBy({ job, metaHost }: LabEntry): readonly LabLabel[] {
  const needed = new Set(job.dependencies.filter((label) => !isProvisionable(label.name)));
  if (metaHost !== undefined) needed.add(metaHost);
  return [...needed];
}

function hostsWithAll(state: LabState, labels: readonly LabLabel[]): readonly LabHostRecord[] {
  return [...state.hosts.values()].filter((host) => labels.every((label) => host.labels.has(label)));
}

function noHostHas(state: LabState, labels: readonly LabLabel[]): string {
  const missing = labels.find((label) => hostsWithAll(state, [label]).length === 0);
  if (missing !== undefined) return `no host has ${missing.name}`;
  return `no host has all of ${labels.map(({ name }) => name).join(', ')}`;
}

/** What keeps a host from new jobs; undefined when nothing does. */
function describeOne(host: LabHostRecord): string | undefined {
  const job: LabJob | undefined = host.entry?.job;
  if (job !== undefined) return `${host.hostname} has job ${job.id}`;
  if (host.lock !== undefined) return `${host.hostname} is locked: ${host.lock.reason}`;
  return host.status === 'Ready' ? undefined : `${host.hostname} is ${host.status}`;
}

function summarize(hosts: readonly LabHostRecord[]): string {
  const told = hosts.flatMap((host) => describeOne(host) ?? []);
  const shown = told.slice(0, 4);
  return [...shown, ...(told.length > shown.length ? [`${told.length - shown.length} more`] : [])].join('; ');
}
