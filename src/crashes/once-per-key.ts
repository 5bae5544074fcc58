import { createLimit, type Limit } from '../runtime/limit.js';

/**
 * Does a thing once for each key, however many ask for it side by side: one does it, the others wait for the outcome.
 *
 * A success holds for good, and so does a failure that `isFinal`; after another failure the next in line tries again.
 */
export class OncePerKey {
  readonly #isFinal: (failure: unknown) => boolean;
  readonly #known = new Map<string, Known>();

  constructor(isFinal: (failure: unknown) => boolean) {
    this.#isFinal = isFinal;
  }

  /** Rejects with `signal.reason` when aborted in line. */
  async do(key: string, work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    let known = this.#known.get(key);
    if (known === undefined) {
      known = { turn: createLimit(1), outcome: undefined };
      this.#known.set(key, known);
    }
    const { turn } = known;
    const outcome = await turn.run(async () => (known.outcome ??= await this.#outcomeOf(work)), { signal });
    if ('failure' in outcome) throw outcome.failure;
  }

  async #outcomeOf(work: () => Promise<void>): Promise<Outcome> {
    try {
      await work();
      return {};
    } catch (failure) {
      if (!this.#isFinal(failure)) throw failure;
      return { failure };
    }
  }
}

interface Known {
  readonly turn: Limit;
  outcome: Outcome | undefined;
}

/** With a failure or none. */
type Outcome = { readonly failure: unknown } | Record<string, never>;
