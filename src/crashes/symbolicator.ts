import type { CrashServerClient } from '../clients/crash-server/types.js';
import { holdingClock, type Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';
import type { CrashLimits } from './crash-limits.js';
import type { CrashServerPool } from './crash-server-pool.js';
import { problemWith, type FoundDump } from './find-crashes.js';
import { OncePerKey } from './once-per-key.js';
import type { ResultFiles } from './result-files.js';
import { isServersWord } from './servers-word.js';

/** The job whose dumps are symbolicated. */
export interface SymbolicationJob {
  readonly jobTag: string;
  readonly build: string | null;
  /** How much of the job's time is left. */
  readonly leftMs: () => number;
  /** The crash server for this job, chosen when the first dump needs it. */
  readonly server: () => Promise<CrashServerClient>;
}

/** What a {@link Symbolicator} works with. */
export interface SymbolicatorParts {
  readonly files: ResultFiles;
  readonly pool: CrashServerPool;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: CrashLimits;
}

/** Gets the stack of a dump: the one beside it, else from a crash server, once. Stages the symbols of a build once. */
export class Symbolicator {
  readonly #parts: SymbolicatorParts;
  readonly #staging = new OncePerKey(isServersWord);

  constructor(parts: SymbolicatorParts) {
    this.#parts = parts;
  }

  /** Rejects with whatever went wrong, and with `signal.reason` when aborted. */
  async stackOf(job: SymbolicationJob, dump: FoundDump, signal: AbortSignal): Promise<string> {
    const kept = dump.hasStack ? await this.#keptStack(job.jobTag, dump, signal) : undefined;
    return kept ?? (await this.#newStack(job, dump, signal));
  }

  async #keptStack(jobTag: string, dump: FoundDump, signal: AbortSignal): Promise<string | undefined> {
    const { limits, logger } = this.#parts;
    try {
      const stack = decodeStart(await this.#read(jobTag, dump.stackPath, limits.maxStackBytes, signal));
      return stack.trim() === '' ? undefined : stack;
    } catch (error) {
      signal.throwIfAborted();
      logger.warn('The stack beside a crash dump cannot be read', { jobTag, dump: dump.path, error });
      return undefined;
    }
  }

  async #newStack(job: SymbolicationJob, dump: FoundDump, signal: AbortSignal): Promise<string> {
    const { pool, limits } = this.#parts;
    const { jobTag, build } = job;
    if (pool.isEmpty) throw new Error('no crash server is known');
    if (build === null || build === '') throw new Error('the job does not say which build it ran on');
    const server = await job.server();
    await this.#stage(job, server, build, signal);

    // One byte more, to see that the file has grown since it was listed.
    const bytes = await this.#read(jobTag, dump.path, limits.maxDumpBytes + 1, signal);
    const problem = problemWith({ path: dump.path, sizeBytes: bytes.length }, limits);
    if (problem !== undefined) throw new Error(problem);
    const request = { build, dump: bytes, filename: dump.path.slice(dump.path.lastIndexOf('/') + 1) };
    const options = { signal, deadlineMs: timeLeft(job) };
    const symbolicate = async () => {
      const answer = await server.symbolicate(request, options);
      if (typeof answer !== 'string' || answer.trim() === '')
        throw new Error('the crash server answered with no stack');
      return answer;
    };
    const stack = await pool.ask(server, symbolicate, signal);
    await this.#keep(jobTag, dump, stack, signal);
    return decodeStart(new TextEncoder().encode(stack).subarray(0, limits.maxStackBytes));
  }

  async #stage(job: SymbolicationJob, server: CrashServerClient, build: string, signal: AbortSignal): Promise<void> {
    const stage = () => {
      // Asked for only now: this dump may have waited while another had the symbols staged.
      const options = { signal, deadlineMs: timeLeft(job) };
      return this.#parts.pool.ask(server, () => server.stageSymbols({ build }, options), signal);
    };
    await this.#staging.do(JSON.stringify([server.url, build]), stage, signal);
  }

  /** A stack that cannot be kept is reported all the same. */
  async #keep(jobTag: string, dump: FoundDump, stack: string, signal: AbortSignal): Promise<void> {
    const { files, clock, logger } = this.#parts;
    try {
      await holdingClock(clock, async () => files.write?.(jobTag, dump.stackPath, stack));
    } catch (error) {
      signal.throwIfAborted();
      logger.warn('The stack of a crash cannot be kept', { jobTag, dump: dump.path, error });
    }
  }

  #read(jobTag: string, path: string, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    const { files, clock } = this.#parts;
    return holdingClock(clock, () => files.read(jobTag, path, { maxBytes, signal }));
  }
}

function timeLeft(job: SymbolicationJob): number {
  const leftMs = job.leftMs();
  if (leftMs <= 0) throw new Error('the time for the crashes of this job is over');
  return leftMs;
}

/** The beginning of a text that may be cut in the middle of a character. */
function decodeStart(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes, { stream: true });
}
