import type { AfeClient, Job } from '../clients/afe/types.js';
import { requestKeyval } from '../clients/afe/wire-requests.js';
import type { CallOptions } from '../clients/call-options.js';
import type { TkoClient } from '../clients/tko/types.js';
import type { FinishedJob } from '../results/test-result.js';

/** Children of a suite job that the suite does not know. */
export interface Strangers {
  /** Of jobs of the suite: the network has sent a request twice. */
  readonly doubles: readonly Job[];
  /** By somebody else. */
  readonly added: readonly Job[];
}

/**
 * Finds out which jobs of a suite have finished, with one small call as long as none has, and three more, in
 * batches, when some have.
 */
export class FinishedJobs {
  readonly #afe: AfeClient;
  readonly #tko: TkoClient;
  readonly #parentJobId: number | null;
  readonly #isRepeat: (job: Job) => boolean;
  /** Finished children that need no second look: collected, or known to be no result. */
  readonly #done = new Set<number>();
  /** Children that are there twice, and no results whenever they finish. */
  readonly #doubles = new Set<number>();
  /** Each of our jobs carries a value that only a double of it carries too. */
  readonly #requests = new Set<string>();
  #more = false;
  #count = 0;

  /**
   * @param parentJobId - null: the suite has no job, and its jobs are asked for by id
   * @param isRepeat - whether a job would be one more for an attempt of ours
   */
  constructor(
    lab: { readonly afe: AfeClient; readonly tko: TkoClient },
    parentJobId: number | null,
    isRepeat: (job: Job) => boolean,
  ) {
    this.#isRepeat = isRepeat;
    this.#afe = lab.afe;
    this.#tko = lab.tko;
    this.#parentJobId = parentJobId;
  }

  /**
   * Jobs that have finished since the last call, with their entries and rows: at most a hundred, and `more` says whether
   * to ask again at once. When it rejects nothing is lost: the next call finds the same jobs.
   *
   * Children that are not among the open ones were added by somebody else, and count too; a child without host queue
   * entries is the remains of a `create_job` that failed, and no result, and neither is a double of our own.
   *
   * @param open - ids of the jobs that are waited for
   */
  async collect(
    open: ReadonlySet<number>,
    options?: CallOptions,
  ): Promise<{ readonly finished: readonly FinishedJob[]; readonly more: boolean }> {
    const jobs = await this.#someFinished(open, options);
    if (jobs.length === 0) return { finished: [], more: false };
    const jobIds = jobs.map((job) => job.id);
    const [entries, views] = await Promise.all([
      this.#afe.getHostQueueEntries({ jobIds }, options),
      this.#tko.getDetailedTestViews({ jobIds }, options),
    ]);
    const entriesOf = groupByJob(entries);
    const viewsOf = groupByJob(views);
    const finished: FinishedJob[] = [];
    for (const job of jobs) if (open.has(job.id)) this.#noteRequest(job);
    for (const job of jobs) {
      const { id, name, owner } = job;
      this.#done.add(id);
      if (!open.has(id) && (this.#doubles.has(id) || this.#isDouble(job))) continue;
      const ofJob = { id, name, owner, entries: entriesOf.get(id) ?? [], views: viewsOf.get(id) ?? [] };
      if (open.has(id) || ofJob.entries.length > 0) finished.push(ofJob);
    }
    this.#more = jobs.length >= pageSize;
    return { finished, more: this.#more };
  }

  /**
   * Children of the suite job that are neither in `known` nor done with: doubles of our own, which the network made by
   * sending a request twice, and jobs that somebody else added. Doubles are passed over from now on.
   */
  async strangers(known: ReadonlySet<number>, options?: CallOptions): Promise<Strangers> {
    if (this.#parentJobId === null) return { doubles: [], added: [] };
    const filter = { parentJobId: this.#parentJobId };
    const seen = new Set([...known, ...this.#done, ...this.#doubles]);
    if ((await this.#afe.getNumJobs(filter, options)) <= seen.size) return { doubles: [], added: [] };
    const children = await this.#afe.getJobs(filter, options);
    for (const job of children) if (known.has(job.id)) this.#noteRequest(job);
    const strangers = children.filter((job) => !seen.has(job.id));
    const doubles = strangers.filter((job) => this.#isDouble(job));
    for (const { id } of doubles) this.#doubles.add(id);
    return { doubles, added: strangers.filter((job) => !this.#doubles.has(job.id)) };
  }

  async #someFinished(open: ReadonlySet<number>, options?: CallOptions): Promise<Job[]> {
    const parentJobId = this.#parentJobId;
    const ids = [...open];
    const ours = parentJobId === null ? { ids } : { parentJobId };
    // After a full page it is known that there may be more; otherwise a small call finds out whether there is anything.
    if (!this.#more) this.#count = await this.#afe.getNumJobs({ ...ours, state }, options);
    const doneAmongCounted = parentJobId === null ? 0 : this.#done.size;
    if (this.#count <= doneAmongCounted) return [];
    const page = this.#unseen(await this.#afe.getJobs({ ids, state, limit: pageSize }, options));
    const accountedFor = page.length >= pageSize || this.#count <= doneAmongCounted + page.length;
    if (accountedFor || parentJobId === null) return page;
    return this.#unseen(await this.#afe.getJobs({ parentJobId, state }, options));
  }

  #noteRequest({ keyvals }: Job): void {
    const request = keyvals[requestKeyval];
    if (request !== undefined) this.#requests.add(request);
  }

  #isDouble(job: Job): boolean {
    const request = job.keyvals[requestKeyval];
    if (request === undefined) return false;
    // A request that a killed process had under way may come true after its successor has looked and sent its own.
    return this.#requests.has(request) || this.#isRepeat(job);
  }

  #unseen(jobs: readonly Job[]): Job[] {
    return jobs.filter((job) => !this.#done.has(job.id));
  }
}

const state = 'finished';
const pageSize = 100;

function groupByJob<T extends { readonly jobId: number }>(items: readonly T[]): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const group = groups.get(item.jobId);
    if (group === undefined) groups.set(item.jobId, [item]);
    else group.push(item);
  }
  return groups;
}
