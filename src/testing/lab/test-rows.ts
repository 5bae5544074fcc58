import type { LabState } from './lab-state.js';
import type { LocalTime } from './local-time.js';
import type { LabEntry, LabJob, LabTestRow, RowStatus } from './model.js';
import type { ScriptedResult } from './outcome.js';
import { defaultReason } from './outcome.js';

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
  readonly #machines = new Map<string, number>();
  #jobCount = 0;

  constructor(state: LabState, time: LocalTime) {
    this.#state = state;
    this.#time = time;
  }

  /** Returns whether the job counts as completed rather than failed. */
  writeFinished(ran: RanJob, result: ScriptedResult, finishedMs: number): boolean {
    const { job } = ran;
    const failed = failing.has(result.status);
    if (job.controlType === 'Client') return this.#writeClient(ran, result, finishedMs);
    this.#write(ran, finishedMs, [
      { testName: 'SERVER_JOB', subdir: '----', status: failed ? 'FAIL' : 'GOOD', reason: '' },
      ...(job.heldOpen ? [] : testRows(job, result)),
    ]);
    return !failed;
  }

  /** The machine could not be reached or prepared: one row of the job itself, none of a test. */
  writeMachineFailure(ran: RanJob, reason: string, finishedMs: number): void {
    this.#write(ran, finishedMs, [{ testName: 'SERVER_JOB', subdir: '----', status: 'FAIL', reason }]);
  }

  writeAborted(ran: RanJob, by: string, finishedMs: number): void {
    const reason = `Job aborted by ${by} at ${this.#time.inWords(finishedMs)}`;
    const { testName } = ran.job;
    this.#write(ran, finishedMs, [
      { testName: 'SERVER_JOB', subdir: '----', status: 'ABORT', reason: '' },
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
    const replaced = this.#invalidateReplaced(job);
    const hosts = entries.flatMap((entry) => entry.host ?? []);
    const hostname = hosts.map((host) => host.hostname).join();
    const platform = [...(hosts[0]?.labels ?? [])].find((label) => label.platform)?.name ?? '';
    const jobIdx = ++this.#jobCount;
    for (const row of rows) {
      this.#state.addRow({
        ...row,
        job,
        jobIdx,
        testIdx: this.#state.rows.length + 1,
        machineIdx: this.#machineIdx(hostname),
        jobTag: `${job.id}-${job.owner}/${entries[0]?.executionSubdir ?? ''}`,
        hostname,
        platform,
        startedMs: startedMs ?? finishedMs,
        finishedMs,
        jobStartedMs: startedMs ?? finishedMs,
        jobFinishedMs: finishedMs,
        attributes: attributesOf(row, platform, hosts[0]?.labels ?? []),
        invalidatesTestIdx: replaced.get(row.testName) ?? null,
        invalid: false,
      });
    }
  }

  #invalidateReplaced(job: LabJob): ReadonlyMap<string, number> {
    const replacedId = Number(job.keyvals.get('retry_original_job_id'));
    const replaced = new Map<string, number>();
    for (const row of this.#state.rowsByJob.get(replacedId) ?? []) {
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
}

type NewRow = Pick<LabTestRow, 'testName' | 'subdir' | 'status' | 'reason'>;

const failing: ReadonlySet<RowStatus> = new Set<RowStatus>(['FAIL', 'ERROR', 'ABORT']);

function testRows(job: LabJob, result: ScriptedResult): readonly NewRow[] {
  const tests = result.subtests ?? [{ name: job.testName, status: result.status, reason: result.reason }];
  return tests.map(({ name, status, reason }) => ({
    testName: name,
    subdir: name,
    status,
    reason: reason ?? defaultReason(status),
  }));
}

function attributesOf(
  row: NewRow,
  platform: string,
  labels: Iterable<{ readonly name: string }>,
): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  const names = [...labels].map((label) => encodeURIComponent(label.name));
  if (names.length === 0) return attributes;
  attributes.set('host-platform', platform);
  attributes.set('host-labels', names.join());
  const isTest = row.subdir !== null && row.subdir !== '----';
  if (isTest && !row.reason.startsWith('Job aborted by')) attributes.set('sysinfo-uname', 'Linux lab 3.4.0');
  return attributes;
}
