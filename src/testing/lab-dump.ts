import type { CallEntry } from './call-log.js';
import type { LabCore } from './lab-core.js';
import type { LabHostRecord, LabJob } from './lab/model.js';
import { isComplete, isOver } from './lab/model.js';
import { oneLine } from './lab/one-line.js';
import type { LocalTime } from './lab/local-time.js';
import type { Timeline } from './timeline.js';
import { statusOf, viewJob } from './views.js';
import { waitingReason } from './waiting-reason.js';

/** What a person wants to know of a lab when a test has failed: a few dozen lines, however large the lab is. */
export function dumpLab(core: LabCore, timeline: Timeline): string {
  const { time, simulation, status, calls, faults, state } = core;
  const open = [...state.jobs.unpacked()].filter((job) => !isOver(job));
  const hosts = [...state.hosts.values()];
  const inTrouble = hosts.filter((host) => !isIdle(host));
  const idle = hosts.length - inTrouble.length;
  const { state: labState, message } = status.current;
  const unexpected = [...calls.unexpected()].map(([method, count]) => `${method}: ${count} times`);
  const recent = timeline.events.slice(-shownEvents);
  return [
    `lab at ${time.text(simulation.now)}, ${labState}: ${message}`,
    ...section(`${hosts.length} hosts, ${idle} of them idle`, inTrouble.map(describeHost)),
    ...section(
      `${state.jobs.count} jobs, ${open.length} of them unfinished`,
      open.slice(0, maxLines + 1).flatMap((job) => describeJob(core, job)),
      open.length,
    ),
    ...section('calls that the lab does not have', unexpected),
    ...section(
      'faults in place',
      faults.active.map(({ fault, hits }) => `${JSON.stringify(fault)}: ${hits} hits`),
    ),
    ...section(
      `latest of ${calls.total} calls`,
      calls.latest().map((call) => describeCall(call, time)),
    ),
    ...section(
      'latest events',
      recent.map((event) => timeline.line(event)),
    ),
  ]
    .map(shorten)
    .join('\n');
}

/** A heading and its lines; nothing at all where there are none, unless the heading says something by itself. */
function section(heading: string, lines: readonly string[], total = lines.length): readonly string[] {
  if (lines.length === 0) return /^\d/.test(heading) ? [heading] : [];
  const shown = lines.slice(0, maxLines);
  const left = Math.max(total, lines.length) - shown.length;
  return [`${heading}:`, ...shown.map((line) => `  ${line}`), ...(left > 0 ? [`  ... ${left} more`] : [])];
}

function isIdle(host: LabHostRecord): boolean {
  return host.status === 'Ready' && host.lock === undefined && host.entry === undefined && host.task === undefined;
}

function describeHost(host: LabHostRecord): string {
  const job = host.entry === undefined ? '' : `, job ${host.entry.job.id}`;
  const lock = host.lock === undefined ? '' : `, locked: ${host.lock.reason}`;
  return `${host.hostname} ${host.status}${job}${lock}`;
}

function describeJob({ state }: LabCore, job: LabJob): string {
  const open = job.entries.find((entry) => !isComplete(entry));
  const waits = open === undefined ? undefined : waitingReason(state, open);
  const reason = job.heldOpen ? 'until it is told to finish' : waits;
  const what = `job ${job.id} ${job.name} (attempt ${job.attempt}): ${statusOf(viewJob(job))}`;
  return reason === undefined ? what : `${what}: ${reason}`;
}

function describeCall(call: CallEntry, time: LocalTime): string {
  const { number, atMs, service, method, outcome, error, status } = call;
  const answer = status === null || status === 200 ? '' : ` (HTTP ${status})`;
  const problem = error === undefined ? '' : `: ${error}`;
  const name = `${service}.${method === '' ? '(none)' : method}`;
  return `${time.text(atMs)}  ${number} ${name}: ${outcome}${problem}${answer}`;
}

/** What others wrote may be long, and may hold line ends. */
function shorten(line: string): string {
  const one = oneLine(line);
  return one.length <= maxLineLength ? one : `${one.slice(0, maxLineLength)}...`;
}

const maxLines = 30;
const shownEvents = 20;
const maxLineLength = 240;
