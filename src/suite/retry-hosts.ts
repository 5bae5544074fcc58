import type { AfeClient, JobRequest } from '../clients/afe/types.js';
import { failureKind } from '../results/failure-kind.js';
import type { Announcer } from './announcer.js';
import type { JobLedger, LedgerTest } from './job-ledger.js';
import { otherHosts } from './other-hosts.js';

/** Finds hosts for the retries of tests that the infrastructure failed. */
export class RetryHosts {
  readonly #afe: AfeClient;
  readonly #board: string;
  readonly #ledger: JobLedger;
  readonly #announcer: Announcer;
  readonly #hostsOfJobs = new Map<number, readonly string[]>();

  /** @param board - `board:NAME` */
  constructor(
    board: string,
    parts: { readonly afe: AfeClient; readonly ledger: JobLedger; readonly announcer: Announcer },
  ) {
    this.#board = board;
    this.#afe = parts.afe;
    this.#ledger = parts.ledger;
    this.#announcer = parts.announcer;
  }

  /**
   * The hosts to bind the next job of a test to; none when any host will do, since no host is known to have failed it, or
   * has to do, since there is no other. One question to the AFE, which has no way to exclude a host.
   */
  async choose(
    test: LedgerTest,
    { dependencies = [], metaHosts = [] }: JobRequest,
    signal: AbortSignal | undefined,
  ): Promise<readonly string[]> {
    const failed = hostsThatFailed(test);
    if (failed.size === 0) return [];
    try {
      const hosts = await this.#afe.getHosts({ labels: [this.#board] }, { signal });
      return otherHosts({ hosts, dependencies, failed, bound: this.#bound(), count: metaHosts.length });
    } catch (error) {
      signal?.throwIfAborted();
      const problem = error instanceof Error ? error.message : String(error);
      this.#announcer.warn('hosts-unknown', `${test.name} is tried again on any host, not on another: ${problem}`);
      return [];
    }
  }

  /** Enters that a job has been bound to hosts. */
  bind(jobId: number, hosts: readonly string[]): void {
    if (hosts.length > 0) this.#hostsOfJobs.set(jobId, hosts);
  }

  #bound(): ReadonlyMap<string, number> {
    const bound = new Map<string, number>();
    for (const [jobId, hosts] of this.#hostsOfJobs) {
      if (!this.#ledger.open.has(jobId)) this.#hostsOfJobs.delete(jobId);
      else for (const host of hosts) bound.set(host, (bound.get(host) ?? 0) + 1);
    }
    return bound;
  }
}

function hostsThatFailed({ jobs }: LedgerTest): ReadonlySet<string> {
  const failed = jobs.filter(({ results }) => failureKind(results) === 'infrastructure');
  // A job of several hosts has the names of all of them in one.
  const names = failed.flatMap(({ results }) => results.flatMap(({ hostname }) => hostname?.split(',') ?? []));
  return new Set(names.filter((name) => name !== ''));
}
