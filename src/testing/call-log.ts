import type { ServiceName } from './http/lab-http.js';

/** How often the lab's services were called, those calls included that a fault kept from them. */
export class CallLog {
  readonly #byMethod = new Map<string, number>();
  readonly #unexpected = new Map<string, number>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  /** Calls of an RPC method, or of an endpoint of the dev server and crash server together. */
  count(method: string): number {
    return this.#byMethod.get(method) ?? 0;
  }

  /** Every method that was called, with the number of calls. */
  byMethod(): ReadonlyMap<string, number> {
    return new Map(this.#byMethod);
  }

  /** `<service>.<method>` of calls to what the lab does not have. */
  unexpected(): ReadonlyMap<string, number> {
    return new Map(this.#unexpected);
  }

  record(service: ServiceName, method: string, known: boolean): void {
    this.#total++;
    increment(this.#byMethod, method);
    if (!known) increment(this.#unexpected, `${service}.${method}`);
  }
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
