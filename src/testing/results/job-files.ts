import { writeBrokenDump, writeMinidump } from '../crashes/minidump.js';
import { jobKeyvals } from '../lab/job-keyvals.js';
import type { LabState } from '../lab/lab-state.js';
import type { LocalTime } from '../lab/local-time.js';
import type { LabTestRow } from '../lab/model.js';
import { oneLine } from '../lab/one-line.js';
import type { ScriptedCrash } from '../lab/outcome.js';
import { stableHash } from '../lab/stable-hash.js';
import { statusLog } from './status-log.js';

/** Files by their path below the folder of their job. */
export type JobFiles = ReadonlyMap<string, Uint8Array>;

/**
 * The files that a job left behind; none for one that has not ended.
 *
 * They are made anew from the lab's database each time, always the same: a lab of many jobs keeps none of them.
 */
export function jobFiles(state: LabState, time: LocalTime, jobTag: string): JobFiles {
  const id = Number.parseInt(jobTag, 10);
  const rows = (state.jobs.get(id)?.rows ?? []).filter((row) => row.jobTag === jobTag);
  const [first] = rows;
  if (first === undefined) return new Map();
  const dumps = (state.crashes.get(jobTag) ?? []).map((crash, index) => crashDump(first, crash, index, time));
  const paths = dumps.map(([path]) => `${jobTag}/${path}`);
  const encoder = new TextEncoder();
  return new Map([
    ['status.log', encoder.encode(statusLog(rows, paths, time))],
    ['keyval', encoder.encode(keyvalFile(first))],
    ['debug/autoserv.DEBUG', encoder.encode(debugLog(rows, time))],
    ...dumps,
  ]);
}

/** The tags of all jobs that have ended. */
export function jobTags(state: LabState): ReadonlySet<string> {
  return new Set(state.jobs.rows().map((row) => row.jobTag));
}

function crashDump(
  { job, startedMs }: LabTestRow,
  crash: ScriptedCrash,
  index: number,
  time: LocalTime,
): readonly [path: string, dump: Uint8Array] {
  const { process, frames = [], unreadable = false } = crash;
  const stack = { process, functions: [crash.function, ...frames] };
  const date = time.text(startedMs).replaceAll(/[-:]/g, '').replace(' ', '.');
  const pid = 1000 + (stableHash(`${job.id}`) % 20_000) + index;
  const path = `${pathSegment(job.testName)}/sysinfo/crash/${pathSegment(process)}.${date}.${pid}.dmp`;
  return [path, unreadable ? writeBrokenDump(stack, startedMs) : writeMinidump(stack, startedMs)];
}

/** The names of tests and programs are any text; this is one that can only be the name of a file. */
function pathSegment(name: string): string {
  return (
    name
      .slice(0, 100)
      .replace(/[^\w.+-]/g, '_')
      .replace(/^\.+/, '_') || '_'
  );
}

function keyvalFile(row: LabTestRow): string {
  const lines = Object.entries(jobKeyvals(row)).filter(([key]) => /^[\w.-]+$/.test(key));
  return lines.map(([key, value]) => `${key}=${oneLine(value)}\n`).join('');
}

function debugLog(rows: readonly LabTestRow[], time: LocalTime): string {
  const lines = rows.map(({ finishedMs, testName, status, reason }) => {
    return `${time.text(finishedMs)} INFO | ${oneLine(`${testName}: ${status} ${reason}`).trimEnd()}\n`;
  });
  return lines.join('');
}
