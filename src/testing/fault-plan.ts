import { LabDescriptionError } from './errors.js';
import type { LabFault, LabFaultHandle, LabFaults } from './fault.js';
import { checkFault } from './fault-checks.js';
import type { ServiceName } from './http/lab-http.js';
import { drawnNumber } from './lab/stable-hash.js';

/** Keeps the faults of a lab and decides which call is hit by which. */
export class FaultPlan implements LabFaults {
  readonly #now: () => number;
  readonly #seed: number;
  #seen = new Map<string, number>();
  #faults: readonly ActiveFault[] = [];
  #added = 0;

  /** @param options - `now` is the time on the lab's clock */
  constructor(options: { readonly now: () => number; readonly seed: number }) {
    this.#now = options.now;
    this.#seed = options.seed;
  }

  /** Those that may still hit a call. */
  get active(): readonly LabFaultHandle[] {
    const nowMs = this.#now();
    return this.#faults.filter(({ untilMs }) => nowMs < untilMs);
  }

  add(fault: LabFault): LabFaultHandle {
    checkFault(fault);
    const seen = this.#seen.get(keyOf(fault.service, fault.method)) ?? 0;
    const { at = seen + 1, fromMs, untilMs } = fault;
    if (at <= seen) throw new LabDescriptionError(`a fault at call ${at} comes too late: there were ${seen} already`);
    const nowMs = this.#now();
    const isOpenEnded = fault.probability !== undefined || fromMs !== undefined || untilMs !== undefined;
    const active = this.#activate({
      fault: { ...fault },
      number: ++this.#added,
      at,
      limit: fault.count ?? (isOpenEnded ? Infinity : 1),
      fromMs: nowMs + (fromMs ?? 0),
      untilMs: nowMs + (untilMs ?? Infinity),
      hits: 0,
    });
    if (active.limit > 0) this.#faults = [...this.#faults, active];
    return active;
  }

  clear(): void {
    this.#faults = [];
  }

  /** Counts a call and says what happens to it. */
  next(service: ServiceName, method: string): LabFault | undefined {
    const nowMs = this.#now();
    const [ownNumber] = countsOf(service, method).map((key) => this.#count(key));
    const hit = this.#faults.find((active) => {
      const { fault, at, fromMs, untilMs } = active;
      if (fault.service !== undefined && fault.service !== service) return false;
      if (fault.method !== undefined && fault.method !== method) return false;
      if (nowMs < fromMs || nowMs >= untilMs) return false;
      const number = this.#seen.get(keyOf(fault.service, fault.method)) ?? 0;
      if (number < at) return false;
      const { probability = 1 } = fault;
      return (
        probability >= 1 || drawnNumber([this.#seed, active.number, service, method, ownNumber ?? 0]) < probability
      );
    });
    if (hit === undefined) return undefined;
    hit.hits++;
    if (hit.hits >= hit.limit) hit.remove();
    return hit.fault;
  }

  #activate(fault: Omit<ActiveFault, 'remove'>): ActiveFault {
    const active: ActiveFault = {
      ...fault,
      remove: () => {
        this.#faults = this.#faults.filter((other) => other !== active);
      },
    };
    return active;
  }

  #count(key: string): number {
    const number = (this.#seen.get(key) ?? 0) + 1;
    this.#seen.set(key, number);
    return number;
  }

  /** What it remembers, for a snapshot; not copied. */
  save(): SavedFaults {
    const faults = this.#faults.map((active) => ({ ...active }));
    return { seen: this.#seen, added: this.#added, faults };
  }

  load({ seen, added, faults }: SavedFaults): void {
    this.#seen = seen;
    this.#added = added;
    this.#faults = faults.map((fault) => this.#activate(fault));
  }
}

interface ActiveFault extends LabFaultHandle {
  /** Among all that were ever added: two faults of one probability hit different calls. */
  readonly number: number;
  readonly at: number;
  readonly limit: number;
  /** On the lab's clock. */
  readonly fromMs: number;
  readonly untilMs: number;
  hits: number;
}

/** All counts in which a call takes part, that of its service and method first. */
function countsOf(service: ServiceName, method: string): readonly string[] {
  return [keyOf(service, method), keyOf(service, undefined), keyOf(undefined, method), keyOf(undefined, undefined)];
}

function keyOf(service: ServiceName | undefined, method: string | undefined): string {
  return method === undefined ? (service ?? '') : `${service ?? ''} ${method}`;
}

/** What a snapshot keeps of it. */
export interface SavedFaults {
  readonly seen: Map<string, number>;
  readonly added: number;
  readonly faults: readonly Omit<ActiveFault, 'remove'>[];
}
