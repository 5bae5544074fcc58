import type { CrashServerClient } from '../clients/crash-server/types.js';
import { allOrNone } from '../runtime/abort.js';
import { holdingClock, systemClock, type Clock } from '../runtime/clock.js';
import { createLimit, type Limit } from '../runtime/limit.js';
import { silentLogger, type Logger } from '../runtime/logger.js';
import { resolveCrashLimits, type CrashLimits } from './crash-limits.js';
import type { CrashReport } from './crash-report.js';
import { CrashServerPool } from './crash-server-pool.js';
import { crashSignature } from './crash-signature.js';
import { findCrashes, type FoundDump } from './find-crashes.js';
import { problemOf } from './problem.js';
import type { ResultFiles } from './result-files.js';
import { Symbolicator, type SymbolicationJob } from './symbolicator.js';

/** Options of {@link createCrashReporter}. */
export interface CrashReporterOptions {
  /** Where the jobs' files are, e.g. `resultFilesInFolder({ root })`. */
  readonly resultFiles: ResultFiles;
  /**
   * Who makes stack traces of crash dumps. Of several the one with the least load is taken, job by job; each may be
   * passed over while it has too much to do.
   *
   * @defaultValue nobody: crashes are reported without a stack, unless one lies beside the dump
   */
  readonly crashServer?: CrashServerClient | readonly CrashServerClient[] | undefined;
  /** @defaultValue the computer's clock */
  readonly clock?: Clock | undefined;
  /** @defaultValue a logger that drops everything */
  readonly logger?: Logger | undefined;
  /** What is left out keeps its default. */
  readonly limits?: Partial<CrashLimits> | undefined;
  /**
   * How many dumps are worked on at a time, those of all jobs together.
   *
   * @defaultValue 2
   */
  readonly concurrency?: number | undefined;
  /**
   * How long the crashes of one job may take, in milliseconds. Dumps whose turn has not come by then have no stack.
   *
   * @defaultValue 600,000 (10 minutes)
   */
  readonly timePerJobMs?: number | undefined;
  /**
   * After how many failures in a row a crash server is not asked again: it cannot be reached, is too slow, or answers
   * nonsense. What it says of a dump or a build is no such failure.
   *
   * @defaultValue 3
   */
  readonly maxServerFailures?: number | undefined;
}

/** Finds the crashes of jobs and has them symbolicated. Serves the jobs of one suite, side by side or in turn. */
export interface CrashReporter {
  /**
   * The crashes of a job that has finished, in the order of their paths, and after them those that were too many or too
   * large; none when it left no crash dump.
   *
   * A dump with a stack beside it, `<dump>.txt`, is reported with that one and symbolicated no second time; a new stack
   * is put there. Whatever fails, a report says so in its `problem`. Rejects with `signal.reason` when aborted, and
   * with nothing else.
   *
   * @param job - `jobTag`: `<job id>-<owner>/<host>`; `build`: the job's keyval of that name, whose debug symbols are
   * needed, null when it has none
   */
  collect(
    job: { readonly jobTag: string; readonly build: string | null },
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<readonly CrashReport[]>;
}

/** A {@link CrashReporter}. Starts nothing until it is asked. */
export function createCrashReporter(options: CrashReporterOptions): CrashReporter {
  return new Reporter(options);
}

class Reporter implements CrashReporter {
  readonly #files: ResultFiles;
  readonly #pool: CrashServerPool;
  readonly #symbolicator: Symbolicator;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #limits: CrashLimits;
  readonly #limit: Limit;
  readonly #timePerJobMs: number;

  constructor(options: CrashReporterOptions) {
    const { resultFiles: files, crashServer = [], clock = systemClock, logger = silentLogger } = options;
    const servers = 'url' in crashServer ? [crashServer] : crashServer;
    const pool = new CrashServerPool(servers, { maxFailures: options.maxServerFailures ?? 3, logger });
    const limits = resolveCrashLimits(options.limits);
    this.#files = files;
    this.#pool = pool;
    this.#symbolicator = new Symbolicator({ files, pool, clock, logger, limits });
    this.#clock = clock;
    this.#logger = logger;
    this.#limits = limits;
    this.#limit = createLimit(options.concurrency ?? 2, clock);
    this.#timePerJobMs = options.timePerJobMs ?? 600_000;
  }

  async collect(
    job: { readonly jobTag: string; readonly build: string | null },
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<readonly CrashReport[]> {
    const { signal } = options;
    const { jobTag } = job;
    try {
      signal?.throwIfAborted();
      const deadline = this.#clock.now() + this.#timePerJobMs;
      const files = await holdingClock(this.#clock, () => this.#files.list(jobTag, { signal }));
      const { dumps, leftOut } = findCrashes(files, this.#limits);
      let server: Promise<CrashServerClient> | undefined;
      const symbolicationJob: SymbolicationJob = {
        ...job,
        leftMs: () => deadline - this.#clock.now(),
        server: () => (server ??= this.#pool.pick(signal)),
      };
      const tasks = dumps.map((dump) => (ownSignal: AbortSignal) => {
        return this.#limit.run(() => this.#report(symbolicationJob, dump, ownSignal), { signal: ownSignal });
      });
      const reports = await allOrNone(tasks, signal);
      const others = leftOut.map(({ path, sizeBytes, problem }) => {
        return { ...withoutStack(jobTag, problem), dump: path, sizeBytes };
      });
      return [...reports, ...others];
    } catch (error) {
      signal?.throwIfAborted();
      this.#logger.warn('The crashes of a job cannot be collected', { jobTag, error });
      return [withoutStack(jobTag, problemOf(error))];
    }
  }

  /** Rejects with `signal.reason` when aborted, and with nothing else. */
  async #report(job: SymbolicationJob, dump: FoundDump, signal: AbortSignal): Promise<CrashReport> {
    const { jobTag } = job;
    const about = { dump: dump.path, sizeBytes: dump.sizeBytes };
    try {
      const stack = await this.#symbolicator.stackOf(job, dump, signal);
      return { jobTag, ...about, stack, signature: crashSignature(stack), problem: null };
    } catch (error) {
      signal.throwIfAborted();
      this.#logger.debug('A crash has no stack', { jobTag, dump: dump.path, error });
      return { ...withoutStack(jobTag, problemOf(error)), ...about };
    }
  }
}

function withoutStack(jobTag: string, problem: string): CrashReport {
  return { jobTag, dump: null, sizeBytes: 0, stack: null, signature: null, problem };
}
