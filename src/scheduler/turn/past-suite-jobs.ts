import { injectedArguments } from '../../clients/afe/create-suite-job.js';
import type { AfeClient, Job } from '../../clients/afe/types.js';
import type { CallOptions } from '../../clients/call-options.js';
import { launchKey } from '../decide/launch-key.js';
import type { SuiteLaunch } from '../launch/types.js';

/**
 * The suite jobs that the AFE has made lately, whoever asked for them: what a suite is compared with before it is started
 * once more. Read once as a whole, later only what is new (C4).
 */
export class PastSuiteJobs {
  readonly #afe: Pick<AfeClient, 'getJobs'>;
  readonly #withinMs: number;
  readonly #jobs = new Map<number, PastJob>();
  readonly #byIdentity = new Map<string, number>();
  #lastId = 0;
  #sinceMs = -Infinity;

  /** @param withinMs - older jobs do not count */
  constructor(afe: Pick<AfeClient, 'getJobs'>, withinMs: number) {
    this.#afe = afe;
    this.#withinMs = withinMs;
  }

  /** Reads what has been made since the last time, in pages of bounded size, and forgets what has become too old. */
  async refresh(nowMs: number, options?: CallOptions): Promise<void> {
    const sinceMs = nowMs - this.#withinMs;
    // By a clock that was ahead too little was read, and too much forgotten.
    if (sinceMs < this.#sinceMs) this.#lastId = 0;
    this.#sinceMs = sinceMs;
    for (;;) {
      const filter = { nameContains: nameMiddle, createdSinceMs: sinceMs, idAbove: this.#lastId, limit: pageSize };
      const page = await this.#afe.getJobs(filter, options);
      const before = this.#lastId;
      for (const job of page) this.#add(job, nowMs);
      // A server that does not know the filter would tell the same page for ever.
      if (page.length < pageSize || this.#lastId === before) break;
    }
    for (const [id, { createdOnMs, identity }] of this.#jobs) {
      if (createdOnMs >= sinceMs) continue;
      this.#jobs.delete(id);
      if (this.#byIdentity.get(identity) === id) this.#byIdentity.delete(identity);
    }
  }

  /** The suite job that is the one of a launch: the same suite and board on the same builds. */
  jobOf({ key, suite, testSourceBuild }: SuiteLaunch): number | null {
    return this.#byIdentity.get(key) ?? this.#byIdentity.get(`${testSourceBuild}${nameMiddle}${suite}`) ?? null;
  }

  #add(job: Job, nowMs: number): void {
    this.#lastId = Math.max(this.#lastId, job.id);
    const at = job.name.lastIndexOf(nameMiddle);
    if (at <= 0) return;
    const identity = identityOf(job, job.name.slice(at + nameMiddle.length));
    this.#jobs.set(job.id, { createdOnMs: job.createdOnMs ?? nowMs, identity });
    // The latest of several: it is the last to be forgotten.
    this.#byIdentity.set(identity, job.id);
  }
}

interface PastJob {
  readonly createdOnMs: number;
  readonly identity: string;
}

const nameMiddle = '-test_suites/control.';

/** A job carries its control file: a page is a few megabytes at most. */
const pageSize = 200;

/**
 * A suite job says in the head of its control file which board and which builds it is for. One that does not, whatever
 * has made it, is known by its name, which has the build that the tests come from: the whole name, not its beginning.
 */
function identityOf({ name, controlFile }: Job, suite: string): string {
  const injected = injectedArguments(controlFile);
  const board = injected.get('board');
  const builds = injected.get('builds');
  if (typeof board !== 'string' || !isBuilds(builds)) return name;
  return launchKey({ suite, board: board.replace(/^board:/, ''), builds });
}

function isBuilds(value: unknown): value is Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return false;
  const builds = Object.values(value);
  return builds.length > 0 && builds.every((build) => typeof build === 'string');
}
