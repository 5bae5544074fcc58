import { backOffMs } from '../backlog/back-off.js';

/** Something that does not work at the moment. */
export interface Problem {
  /** `AFE`, `builds`, `event nightly`, `configuration`, ... */
  readonly where: string;
  readonly message: string;
  readonly sinceMs: number;
  /** How often in a row it has failed. */
  readonly failures: number;
  /** When it is tried again, in ms since the epoch. */
  readonly nextTryMs: number;
}

/** What does not work, how long it has not, and when it is worth trying again: a repeated failure backs off and stays visible. */
export class Problems {
  readonly #byPlace = new Map<string, Problem>();
  /** The places that somebody has been told of. */
  readonly #told = new Set<string>();

  failed(where: string, message: string, nowMs: number): void {
    const before = this.#byPlace.get(where);
    const failures = (before?.failures ?? 0) + 1;
    const nextTryMs = nowMs + backOffMs(failures);
    this.#byPlace.set(where, { where, message, sinceMs: before?.sinceMs ?? nowMs, failures, nextTryMs });
  }

  /** @returns whether it did not work before */
  worked(where: string): boolean {
    return this.#byPlace.delete(where);
  }

  /** Whether it is too early to try again. A clock that was put back is no reason to wait longer than usual. */
  isWaiting(where: string, nowMs: number): boolean {
    const problem = this.#byPlace.get(where);
    if (problem === undefined) return false;
    return nowMs < problem.nextTryMs && nowMs >= problem.nextTryMs - backOffMs(problem.failures);
  }

  /** What may have failed because of something else that works again is tried at once. */
  tryAllAgain(): void {
    for (const [where, problem] of this.#byPlace) this.#byPlace.set(where, { ...problem, nextTryMs: 0 });
  }

  get(where: string): Problem | undefined {
    return this.#byPlace.get(where);
  }

  all(): readonly Problem[] {
    return [...this.#byPlace.values()];
  }

  /** What has stopped to work, and what works again, since this was asked the last time. */
  changes(): { readonly arisen: readonly Problem[]; readonly mended: readonly string[] } {
    const arisen = this.all().filter(({ where }) => !this.#told.has(where));
    const mended = [...this.#told].filter((where) => !this.#byPlace.has(where));
    for (const { where } of arisen) this.#told.add(where);
    for (const where of mended) this.#told.delete(where);
    return { arisen, mended };
  }

  /** The same problems, for somebody whose tries are not to count. */
  copy(): Problems {
    const copy = new Problems();
    for (const [where, problem] of this.#byPlace) copy.#byPlace.set(where, problem);
    return copy;
  }
}
