import type { ServiceName } from './http/lab-http.js';

/** Something that goes wrong with a request to the lab. */
export interface LabFault {
  readonly service: ServiceName;
  /**
   * An RPC method, or an endpoint of the dev server or crash server.
   *
   * @defaultValue any
   */
  readonly method?: string | undefined;
  /**
   * Which matching call it hits first, counted from 1 since the lab started.
   *
   * @defaultValue the next one
   */
  readonly at?: number | undefined;
  /**
   * How many calls in a row it hits.
   *
   * @defaultValue 1
   */
  readonly count?: number | undefined;
  readonly kind: FaultKind;
}

/**
 * - `refuse`: the connection ends before the server saw the request
 * - `lose-answer`: the server acts, and the connection ends before the answer
 * - `503`: the front server's page; the service does not see the request
 * - `html`: an HTTP 500 with the service's HTML page; it did not act
 * - `garbage`: an HTTP 200 whose body is neither JSON nor a page; it did not act
 * - `stall`: no answer, ever; in memory the client's time-out comes at once
 */
export type FaultKind = 'refuse' | 'lose-answer' | '503' | 'html' | 'garbage' | 'stall';

/** The faults of a lab. They hit calls in process and over HTTP alike. */
export class LabFaults {
  readonly #faults: ActiveFault[] = [];
  readonly #seen = new Map<string, number>();

  add(fault: LabFault): void {
    const seen = this.#seen.get(keyOf(fault.service, fault.method)) ?? 0;
    const first = fault.at ?? seen + 1;
    this.#faults.push({ fault, first, last: first + (fault.count ?? 1) - 1 });
  }

  /** Takes back all faults that have not hit yet. */
  clear(): void {
    this.#faults.length = 0;
  }

  /** Counts a call and says what happens to it; of several faults the one that was added first. */
  next(service: ServiceName, method: string): FaultKind | undefined {
    const ofService = this.#count(keyOf(service, undefined));
    const ofMethod = this.#count(keyOf(service, method));
    const hit = this.#faults.find(({ fault, first, last }) => {
      if (fault.service !== service || (fault.method !== undefined && fault.method !== method)) return false;
      const number = fault.method === undefined ? ofService : ofMethod;
      return number >= first && number <= last;
    });
    return hit?.fault.kind;
  }

  #count(key: string): number {
    const number = (this.#seen.get(key) ?? 0) + 1;
    this.#seen.set(key, number);
    return number;
  }
}

interface ActiveFault {
  readonly fault: LabFault;
  readonly first: number;
  readonly last: number;
}

function keyOf(service: ServiceName, method: string | undefined): string {
  return method === undefined ? service : `${service} ${method}`;
}
