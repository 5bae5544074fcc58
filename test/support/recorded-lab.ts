import type { AfeClient, Job, JobFilter, JobRequest } from '../../src/clients/afe/types.js';
import { NoEligibleHostError, RpcError, ValidationError } from '../../src/clients/afe/errors.js';
import { createLabTime } from '../../src/clients/lab-time.js';
import type { TestView, TkoClient } from '../../src/clients/tko/types.js';
import type { Clock } from '../../src/runtime/clock.js';
import { anEntry } from './builders.js';

/** A row of results as the recordings have it. */
export interface RecordedRow {
  readonly hostname: string;
  readonly reason: string;
  readonly status: string;
  readonly subdir: string | null;
  readonly test_name: string;
  readonly test_started_time: string;
  readonly test_finished_time: string;
}

/** The input of a recorded run. */
export interface RecordedInput {
  readonly suite: string;
  readonly suite_job_id: number | null;
  readonly control_extra: Readonly<Record<string, string>>;
  readonly finish_ticks: readonly (readonly [[test: string, attempt: number], tick: number])[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly rpc_failures: Readonly<Record<string, { readonly class: string; readonly message: string }>>;
  readonly tests: Readonly<Record<string, readonly (readonly RecordedRow[])[]>>;
}

/** The lab in which the runs were recorded: jobs get ids from 1000 on and finish at a certain poll. */
export class RecordedLab {
  readonly created: (JobRequest & { readonly tick: number })[] = [];
  /** How many polls have been waited for. */
  tick = 0;
  readonly #input: RecordedInput;
  readonly #jobs: { readonly job: Job; readonly finishTick: number; readonly rows: readonly RecordedRow[] }[] = [];

  constructor(input: RecordedInput) {
    this.#input = input;
  }

  /** A clock that stands still, as in the recordings; each wait is a tick. */
  clock(nowMs: number): Clock {
    return {
      now: () => nowMs,
      sleep: async (_ms, options) => {
        await Promise.resolve();
        options?.signal?.throwIfAborted();
        this.tick += 1;
      },
    };
  }

  get afe(): AfeClient {
    return {
      createJob: async (request) => this.#createJob(request),
      getJobs: async (filter) => this.#matching(filter),
      getNumJobs: async (filter) => this.#matching(filter).length,
      getHostQueueEntries: async ({ jobIds }) => jobIds.map((jobId) => anEntry({ id: jobId, jobId })),
      abortHostQueueEntries: unexpected,
      getHosts: unexpected,
      getLabels: unexpected,
      getHostAttribute: unexpected,
      setHostAttribute: unexpected,
    };
  }

  get tko(): TkoClient {
    return {
      getDetailedTestViews: async ({ jobIds }) =>
        this.#jobs
          .filter(({ job }) => jobIds.includes(job.id))
          .flatMap(({ job, rows }) => rows.map((row, index) => viewOf(job, row, index))),
    };
  }

  #createJob(request: JobRequest): number {
    const failure = this.#input.rpc_failures[String(this.created.length)];
    this.created.push({ ...request, tick: this.tick });
    if (failure !== undefined) throw errorOf(failure);
    const test = request.name.slice(request.name.lastIndexOf('/') + 1);
    const attempt = this.#jobs.filter(({ job }) => job.name === request.name).length;
    const attempts = this.#input.tests[test] ?? [];
    const delay = this.#input.finish_ticks.find(([[name, number]]) => name === test && number === attempt)?.[1] ?? 0;
    const id = 1000 + this.#jobs.length;
    const job: Job = {
      id,
      name: request.name,
      owner: 'tester',
      parentJobId: request.parentJobId ?? null,
      priority: request.priority,
      createdOnMs: null,
      keyvals: {},
      dependencies: request.dependencies ?? [],
      controlFile: request.controlFile,
    };
    // A job made while waiting finishes before the next poll, not during the one under way.
    const finishTick = attempt === 0 ? delay : Math.max(delay, this.tick + 1);
    this.#jobs.push({ job, finishTick, rows: attempts[attempt] ?? attempts.at(-1) ?? [] });
    return id;
  }

  #matching({ ids, parentJobId, state }: JobFilter): Job[] {
    return this.#jobs
      .filter(({ job }) => ids === undefined || ids.includes(job.id))
      .filter(({ job }) => parentJobId === undefined || job.parentJobId === parentJobId)
      .filter(({ finishTick }) => state !== 'finished' || finishTick <= this.tick)
      .map(({ job }) => job);
  }
}

function viewOf(job: Job, row: RecordedRow, index: number): TestView {
  return {
    testIdx: index,
    testName: row.test_name,
    status: row.status,
    reason: row.reason,
    subdir: row.subdir,
    hostname: row.hostname,
    jobTag: `${String(job.id)}-${job.owner}/${row.hostname}`,
    jobId: job.id,
    jobName: job.name,
    startedMs: createLabTime('UTC').parse(row.test_started_time),
    finishedMs: createLabTime('UTC').parse(row.test_finished_time),
    invalid: false,
    jobKeyvals: {},
    attributes: {},
  };
}

function errorOf({ class: remoteName, message }: { readonly class: string; readonly message: string }): RpcError {
  const failure = { method: 'create_job', message: message.replace(/^ValidationError: /u, '') };
  if (remoteName === 'NoEligibleHostException') return new NoEligibleHostError(failure);
  if (remoteName === 'ValidationError') return new ValidationError(failure);
  return new RpcError({ ...failure, remoteName });
}

function unexpected(): never {
  throw new Error('No recorded run calls this');
}
