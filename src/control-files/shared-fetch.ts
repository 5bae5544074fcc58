import { onAbort } from '../runtime/abort.js';

/** One fetch that many ask for. Each asker can leave; when the last has left, the fetch is aborted. */
export class SharedFetch<Value> {
  readonly #controller = new AbortController();
  readonly #result: Promise<Value>;
  #askers = 0;

  /** Starts the fetch. Whoever starts it has to `join` it in the same turn. */
  constructor(fetch: (signal: AbortSignal) => Promise<Value>) {
    // In a later turn, so that a fetch that throws at once rejects like any other.
    this.#result = Promise.resolve().then(() => fetch(this.#controller.signal));
  }

  /** Nobody waits for it any more, so that it comes to nothing. */
  get isAbandoned(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Rejects with `signal.reason` when aborted; for the last asker only once the fetch has come to its end. */
  join(signal: AbortSignal | undefined): Promise<Value> {
    this.#askers++;
    return new Promise((resolve, reject) => {
      let stopListening = () => {};
      const settle = (act: () => void) => {
        stopListening();
        if (signal?.aborted === true) reject(signal.reason);
        else act();
      };
      this.#result.then(
        (value) => settle(() => resolve(value)),
        (error: unknown) => settle(() => reject(error)),
      );
      stopListening = onAbort(signal, () => {
        if (--this.#askers > 0) reject(signal?.reason);
        else this.#controller.abort(signal?.reason);
      });
    });
  }
}
