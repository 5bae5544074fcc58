import { LabDescriptionError } from './errors.js';
import type { LabEvent } from './lab/lab-events.js';
import type { LabState } from './lab/lab-state.js';
import type { LabJob } from './lab/model.js';
import type { Timeline } from './timeline.js';
import type { LabJobView } from './views.js';
import { statusOf, viewJob } from './views.js';

/** What became of one job, from its creation to its end. */
export interface LabJobHistory {
  /** As it is now. */
  readonly job: LabJobView;
  /** What happened to it, in order. */
  readonly events: readonly LabEvent[];
  /**
   * False when earlier events of the job are forgotten: the lab remembers its latest 10,000 events, those of all jobs
   * together.
   */
  readonly complete: boolean;
  /** The job that it retries. */
  readonly retryOf: number | null;
  /** The jobs that retry it. */
  readonly retriedBy: readonly number[];
  /** A line for the job, and one for each event. */
  toString(): string;
}

/** @throws LabDescriptionError when there is no such job */
export function jobHistory(state: LabState, timeline: Timeline, jobId: number): LabJobHistory {
  const job = state.jobs.get(jobId);
  if (job === undefined) throw new LabDescriptionError(`the lab has no job ${jobId}`);
  const events = timeline.events.filter((event) => 'jobId' in event && event.jobId === jobId);
  const view = viewJob(job);
  const history = {
    job: view,
    events,
    complete: view.entries.length === 0 || events.some(({ type }) => type === 'job-queued'),
    retryOf: retriedJob(job),
    retriedBy: [...state.jobs.from(jobId + 1)].filter((other) => retriedJob(other) === jobId).map(({ id }) => id),
  };
  return { ...history, toString: () => describeHistory(history, timeline) };
}

function retriedJob(job: LabJob): number | null {
  const id = Number(job.keyvals.get('retry_original_job_id') ?? Number.NaN);
  return Number.isSafeInteger(id) ? id : null;
}

function describeHistory(history: Omit<LabJobHistory, 'toString'>, timeline: Timeline): string {
  const { job, events, complete, retryOf, retriedBy } = history;
  const retries = [
    ...(retryOf === null ? [] : [`retries job ${retryOf}`]),
    ...retriedBy.map((id) => `retried by job ${id}`),
  ];
  return [
    [`job ${job.id} ${job.name} (attempt ${job.attempt}): ${statusOf(job)}`, ...retries].join(', '),
    ...(complete ? [] : ['  (what happened before is forgotten)']),
    ...events.map((event) => `  ${timeline.line(event)}`),
  ].join('\n');
}
