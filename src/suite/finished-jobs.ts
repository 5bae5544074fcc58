import type { AfeClient, Job } from '../clients/afe/types.js';
import type { CallOptions } from '../clients/call-options.js';
import type { TkoClient } from '../clients/tko/types.js';
import type { FinishedJob } from '../results/test-result.js';

/**
 * Finds out which jobs of a suite have finished, with one small call as long as none has, and three more, in
 * batches, when some have.
 */
export class FinishedJobs {
  readonly #afe: AfeClient;
  readonly #tko: TkoClient;
  readonly #parentJobId: number | null;
  /** Finished children that need no second look: collected, or known to be no result. */
  readonly #done = new Set<number>();

  /** @param parentJobId - null: the suite has no job, and its jobs are asked for by id */
  constructor(lab: { readonly afe: AfeClient; readonly tko: TkoClient }, parentJobId: number | null) {
    this.#afe = lab.afe;
    this.#tko = lab.tko;
    this.#parentJobId = parentJobId;
  }

  /**
   * The jobs that have finished since the last call, with their entries and rows. When it rejects nothing is lost: the
   * next call finds the same jobs.
   *
   * Children that are not among the open ones were added by somebody else, and count too; only a child without host
   * queue entries is the remains of a `create_job` that failed, and no result.
   *
   * @param open - ids of the jobs that are waited for
   */
  async collect(open: ReadonlySet<number>, options?: CallOptions): Promise<FinishedJob[]> {
    const jobs = await this.#finished(open, options);
    if (jobs.length === 0) return [];
    const jobIds = jobs.map((job) => job.id);
    const [entries, views] = await Promise.all([
      this.#afe.getHostQueueEntries({ jobIds }, options),
      this.#tko.getDetailedTestViews({ jobIds }, options),
    ]);
    const entriesOf = groupByJob(entries);
    const viewsOf = groupByJob(views);
    const finished: FinishedJob[] = [];
    for (const { id, name, owner } of jobs) {
      this.#done.add(id);
      const ofJob = { id, name, owner, entries: entriesOf.get(id) ?? [], views: viewsOf.get(id) ?? [] };
      if (open.has(id) || ofJob.entries.length > 0) finished.push(ofJob);
    }
    return finished;
  }

  /** Children of the suite job that are neither in `known` nor done with: jobs that somebody else added. */
  async strangers(known: ReadonlySet<number>, options?: CallOptions): Promise<Job[]> {
    if (this.#parentJobId === null) return [];
    const filter = { parentJobId: this.#parentJobId };
    const seen = new Set([...known, ...this.#done]);
    if ((await this.#afe.getNumJobs(filter, options)) <= seen.size) return [];
    const children = await this.#afe.getJobs(filter, options);
    return children.filter((job) => !seen.has(job.id));
  }

  async #finished(open: ReadonlySet<number>, options?: CallOptions): Promise<Job[]> {
    const state = 'finished';
    const ids = [...open];
    if (this.#parentJobId === null) {
      if ((await this.#afe.getNumJobs({ ids, state }, options)) === 0) return [];
      return this.#unseen(await this.#afe.getJobs({ ids, state }, options));
    }
    const parentJobId = this.#parentJobId;
    const count = await this.#afe.getNumJobs({ parentJobId, state }, options);
    if (count <= this.#done.size) return [];
    const ours = this.#unseen(await this.#afe.getJobs({ ids, state }, options));
    if (count <= this.#done.size + ours.length) return ours;
    return this.#unseen(await this.#afe.getJobs({ parentJobId, state }, options));
  }

  #unseen(jobs: readonly Job[]): Job[] {
    return jobs.filter((job) => !this.#done.has(job.id));
  }
}

function groupByJob<T extends { readonly jobId: number }>(items: readonly T[]): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const group = groups.get(item.jobId);
    if (group === undefined) groups.set(item.jobId, [item]);
    else group.push(item);
  }
  return groups;
}
