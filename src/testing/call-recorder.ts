import type { CallBytes, CallEntry, CallFilter, CallLog, CallOutcome } from './call-log.js';
import { LabDescriptionError } from './errors.js';
import type { LabRequest, LabResponse, ServiceName } from './http/lab-http.js';
import { errorOf, readArguments } from './call-reading.js';

/** A call that has come, as it is known before it is carried out. */
export interface NewCall {
  readonly atMs: number;
  readonly service: ServiceName;
  readonly method: string;
  /** Whether the lab has the method. */
  readonly known: boolean;
  readonly request: LabRequest;
}

/** Counts calls, and keeps the latest of them: a few for whoever asks what went wrong, more on request. */
export class CallRecorder implements CallLog {
  readonly #counts = new Map<string, Count>();
  readonly #unexpected = new Map<string, number>();
  readonly #sum: Count = { calls: 0, requestBytes: 0, responseBytes: 0 };
  readonly #limit: number | undefined;
  #latest: KeptCall[] = [];

  /** @param limit - how many calls to keep with their arguments; undefined for none */
  constructor(limit: number | undefined) {
    if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0)) {
      throw new LabDescriptionError(`callLog.limit: expected a whole number above 0, found ${String(limit)}`);
    }
    this.#limit = limit;
  }

  get total(): number {
    return this.#sum.calls;
  }

  count(method: string): number {
    return this.#counts.get(method)?.calls ?? 0;
  }

  byMethod(): ReadonlyMap<string, number> {
    return new Map([...this.#counts].map(([method, { calls }]) => [method, calls]));
  }

  bytes(method?: string): CallBytes {
    const count = method === undefined ? this.#sum : this.#counts.get(method);
    return { requestBytes: count?.requestBytes ?? 0, responseBytes: count?.responseBytes ?? 0 };
  }

  unexpected(): ReadonlyMap<string, number> {
    return new Map(this.#unexpected);
  }

  entries({ service, method }: CallFilter = {}): readonly CallEntry[] {
    if (this.#limit === undefined) {
      throw new LabDescriptionError('the lab keeps no calls: start it with embeddedLab({ callLog: {} })');
    }
    return this.#latest
      .slice(-this.#limit)
      .filter((call) => service === undefined || call.service === service)
      .filter((call) => method === undefined || call.method === method)
      .map((call) => ({ ...call }));
  }

  /** The latest calls of all, without their arguments where no log was asked for. */
  latest(): readonly CallEntry[] {
    return this.#latest.slice(-keptAlways);
  }

  /** Counts a call. The result is to be told how the call ended; a call that never ends stays under way. */
  begin(call: NewCall): (outcome: CallOutcome, response?: LabResponse) => void {
    const { atMs, service, method, known, request } = call;
    const count = this.#countOf(method);
    const requestBytes = request.target.length + request.body.length;
    for (const sum of [this.#sum, count]) {
      sum.calls++;
      sum.requestBytes += requestBytes;
    }
    if (!known) {
      const name = `${service}.${method}`;
      this.#unexpected.set(name, (this.#unexpected.get(name) ?? 0) + 1);
    }
    const told = this.#limit === undefined ? untold : readArguments(service, request);
    const start = { outcome: 'under-way', status: null, responseBytes: 0 } as const;
    const kept: KeptCall = { number: this.total, atMs, service, method, ...told, ...start, requestBytes };
    this.#keep(kept);
    return (outcome, response) => {
      kept.outcome = outcome;
      if (response === undefined) return;
      kept.status = response.status;
      kept.responseBytes = response.body.length;
      const error = errorOf(service, response);
      if (error !== undefined) kept.error = error;
      if (outcome === 'ok' && (error !== undefined || response.status >= 400)) kept.outcome = 'error';
      for (const sum of [this.#sum, count]) sum.responseBytes += response.body.length;
    };
  }

  #countOf(method: string): Count {
    const known = this.#counts.get(method);
    if (known !== undefined) return known;
    const count = { calls: 0, requestBytes: 0, responseBytes: 0 };
    this.#counts.set(method, count);
    return count;
  }

  #keep(call: KeptCall): void {
    this.#latest.push(call);
    const limit = Math.max(this.#limit ?? 0, keptAlways);
    if (this.#latest.length > 2 * limit) this.#latest = this.#latest.slice(-limit);
  }
}

interface Count {
  calls: number;
  requestBytes: number;
  responseBytes: number;
}

type KeptCall = { -readonly [Key in keyof CallEntry]: CallEntry[Key] };

const untold = { user: null, params: undefined };

/** For the dump of a test that failed. */
const keptAlways = 30;
