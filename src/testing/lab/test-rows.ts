import type { LabState } from './lab-state.js';
import type { LocalTime } from './local-time.js';
import type { HostFacts, LabEntry, LabHostRecord, LabJob, LabTestRow, RowStatus } from './model.js';
import { jobTagOf } from './model.js';
import type { ScriptedResult } from './outcome.js';
import { defaultReason } from './outcome.js';
import { suiteRows } from './suite-rows.js';

/** A job with the entries that ran together and the time at which they began. */
export interface RanJob {
  readonly job: LabJob;
  readonly entries: readonly LabEntry[];
  readonly startedMs: number | undefined;
}

/** Writes what a job leaves in the results database, in the forms in which the real parser writes it. */
export class TestRows {
  readonly #state: LabState;
  readonly #time: LocalTime;
  #machines = new Map<string, number>();
  readonly #hostFacts = new WeakMap<LabHostRecord, HostFacts>();
  #jobCount = 0;

  constructor(state: LabState, time: LocalTime) {
    this.#state = state;
    this.#time = time;
  }

  /** Returns whether the job counts as completed rather than failed. */
  writeFinished(ran: RanJob, result: ScriptedResult, finishedMs: number): boolean {
    const { job } = ran;
    const failed = failing.has(result.status ?? 'GOOD');
    if (job.controlType === 'Client') return this.#writeClient(ran, result, finishedMs);
    this.#write(ran, finishedMs, [
      {
        testName: 'SERVER_JOB',
        subdir: '----',
        status: failed ? 'FAIL' : 'GOOD',
        reason: job.suite === undefined ? '' : (result.reason ?? ''),
      },
      ...testRows(job, result),
    ]);
    return !failed;
  }

  /** The machine could not be reached or prepared: one row of the job itself, none of a test. */
  writeMachineFailure(ran: RanJob, reason: string, finishedMs: number): void {
    this.#write(ran, finishedMs, [{ testName: 'SERVER_JOB', subdir: '----', status: 'FAIL', reason }]);
  }

  writeAborted(ran: RanJob, by: string, finishedMs: number): void {
    const reason = `Job aborted by ${by} at ${this.#time.inWords(finishedMs)}`;
    const { testName, suite } = ran.job;
    this.#write(ran, finishedMs, [
      { testName: 'SERVER_JOB', subdir: '----', status: 'ABORT', reason: '' },
      ...(suite === undefined ? [] : suiteRows(suite)),
      { testName, subdir: testName, status: 'ABORT', reason },
    ]);
  }

  /** A client job counts as completed whatever its test says, unless the client itself ended early. */
  #writeClient(ran: RanJob, result: ScriptedResult, finishedMs: number): boolean {
    const clientDied = result.status === 'ABORT';
    const reason = clientDied ? (result.reason ?? 'Lab: autotest client terminated unexpectedly') : '';
    this.#write(ran, finishedMs, [
      { testName: 'SERVER_JOB', subdir: '----', status: clientDied ? 'FAIL' : 'GOOD', reason: '' },
      { testName: 'CLIENT_JOB.0', subdir: null, status: clientDied ? 'ABORT' : 'GOOD', reason },
      ...(clientDied ? [] : testRows(ran.job, result)),
    ]);
    return !clientDied;
  }

  #write({ job, entries, startedMs }: RanJob, finishedMs: number, rows: readonly NewRow[]): void {
    const replaced = this.#invalidateReplaced(job, finishedMs);
    const hosts = entries.flatMap((entry) => entry.host ?? []);
    const hostname = hosts.map((host) => host.hostname).join();
    const beganMs = startedMs ?? finishedMs;
    const common = {
      job,
      jobIdx: ++this.#jobCount,
      machineIdx: this.#machineIdx(hostname),
      jobTag: jobTagOf(job, entries),
      hostname,
      host: this.#describeHost(hosts[0]),
      startedMs: beganMs,
      finishedMs,
      jobStartedMs: beganMs,
      jobFinishedMs: finishedMs,
    };
    for (const row of rows) {
      const testIdx = this.#state.jobs.nextTestIdx();
      const invalidatesTestIdx = replaced.get(row.testName) ?? null;
      job.rows.push({ ...common, ...row, testIdx, invalidatesTestIdx, invalid: false });
    }
  }

  /** The same object as long as the host has the same labels: a lab of many jobs writes many rows. */
  #describeHost(host: LabHostRecord | undefined): HostFacts | undefined {
    if (host === undefined) return undefined;
    const platform = [...host.labels].find((label) => label.platform)?.name ?? '';
    const labels = [...host.labels].map((label) => encodeURIComponent(label.name)).join();
    const known = this.#hostFacts.get(host);
    if (known?.labels === labels) return known;
    const facts = { platform, labels };
    this.#hostFacts.set(host, facts);
    return facts;
  }

  #invalidateReplaced(job: LabJob, nowMs: number): ReadonlyMap<string, number> {
    const replacedId = Number(job.keyvals.get('retry_original_job_id'));
    const replaced = new Map<string, number>();
    for (const row of this.#state.jobs.live(replacedId, nowMs)?.rows ?? []) {
      row.invalid = true;
      replaced.set(row.testName, row.testIdx);
    }
    return replaced;
  }

  #machineIdx(hostname: string): number {
    const known = this.#machines.get(hostname);
    if (known !== undefined) return known;
    this.#machines.set(hostname, this.#machines.size + 1);
    return this.#machines.size;
  }

  /** What it remembers, for a snapshot; not copied. */
  save(): SavedRowCounts {
    return { machines: this.#machines, jobCount: this.#jobCount };
  }

  load({ machines, jobCount }: SavedRowCounts): void {
    this.#machines = machines;
    this.#jobCount = jobCount;
  }
}

/** Without times of its own a row has those of its job. */
type NewRow = Pick<LabTestRow, 'testName' | 'subdir' | 'status' | 'reason'> &
  Partial<Pick<LabTestRow, 'startedMs' | 'finishedMs'>>;

const failing: ReadonlySet<RowStatus> = new Set<RowStatus>(['FAIL', 'ERROR', 'ABORT']);

/** A job without a host has no test of its own; that of a suite has what the suite says of its tests. */
function testRows(job: LabJob, result: ScriptedResult): readonly NewRow[] {
  if (job.suite !== undefined) return suiteRows(job.suite);
  const own = job.hostless ? [] : [{ name: job.testName, status: result.status ?? 'GOOD', reason: result.reason }];
  const tests = result.subtests ?? own;
  return tests.map(({ name, status, reason }) => ({
    testName: name,
    subdir: name,
    status,
    reason: reason ?? defaultReason(status),
  }));
}

/** What a snapshot keeps of it. */
export interface SavedRowCounts {
  readonly machines: Map<string, number>;
  readonly jobCount: number;
}
