import { NoCrashServerError } from '../clients/crash-server/errors.js';
import { leastLoadedCrashServer } from '../clients/crash-server/least-loaded.js';
import type { CrashServerClient } from '../clients/crash-server/types.js';
import type { Logger } from '../runtime/logger.js';
import { problemOf } from './problem.js';
import { isServersWord } from './servers-word.js';

/**
 * The crash servers that are still worth asking. One that fails several times in a row for reasons of its own is given
 * up, with one warning: no new call is made, so that a dead server cannot hold up every job of a suite.
 */
export class CrashServerPool {
  readonly #servers: readonly CrashServerClient[];
  readonly #maxFailures: number;
  readonly #logger: Logger;
  /** How many failures in a row each server has had. */
  readonly #failures = new Map<string, number>();

  constructor(
    servers: readonly CrashServerClient[],
    options: { readonly maxFailures: number; readonly logger: Logger },
  ) {
    this.#servers = servers;
    this.#maxFailures = options.maxFailures;
    this.#logger = options.logger;
  }

  /** Whether there never was a server. */
  get isEmpty(): boolean {
    return this.#servers.length === 0;
  }

  /** The server that has most to spare. Rejects when none can take a dump. */
  async pick(signal: AbortSignal | undefined): Promise<CrashServerClient> {
    const left = this.#servers.filter((server) => !this.#isGivenUp(server.url));
    if (left.length === 0 && !this.isEmpty) throw new Error('no crash server answers; given up');
    try {
      return await leastLoadedCrashServer(left, { signal });
    } catch (error) {
      signal?.throwIfAborted();
      for (const { url, answered, problem } of error instanceof NoCrashServerError ? error.servers : []) {
        if (!answered) this.#countFailure(url, problem);
      }
      throw error;
    }
  }

  /** A call of a server, counted by how it ends. Rejects at once when the server has been given up. */
  async ask<T>(server: CrashServerClient, call: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#isGivenUp(server.url)) throw new Error(`the crash server ${server.url} does not answer; given up`);
    try {
      const answer = await call();
      this.#failures.delete(server.url);
      return answer;
    } catch (error) {
      signal.throwIfAborted();
      if (isServersWord(error)) this.#failures.delete(server.url);
      else this.#countFailure(server.url, problemOf(error));
      throw error;
    }
  }

  #isGivenUp(url: string): boolean {
    return this.#failuresOf(url) >= this.#maxFailures;
  }

  #failuresOf(url: string): number {
    return this.#failures.get(url) ?? 0;
  }

  #countFailure(url: string, problem: string): void {
    const failures = this.#failuresOf(url) + 1;
    this.#failures.set(url, failures);
    if (failures !== this.#maxFailures) return;
    const message = `The crash server ${url} failed ${failures} times in a row and is given up; crashes have no stack`;
    this.#logger.warn(message, { problem });
  }
}
