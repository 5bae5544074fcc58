import type { FaultKind } from './fault.js';
import type { ServiceName } from './http/lab-http.js';

/** The calls of the lab's services, those included that a fault kept from them. */
export interface CallLog {
  readonly total: number;
  /** Calls of an RPC method, or of an endpoint of the other servers together. */
  count(method: string): number;
  /** Every method that was called, with the number of calls. */
  byMethod(): ReadonlyMap<string, number>;
  /** The size of a method's requests and answers, or of all. */
  bytes(method?: string): CallBytes;
  /** `<service>.<method>` of calls to what the lab does not have. */
  unexpected(): ReadonlyMap<string, number>;
  /**
   * The calls that were kept, the oldest first: the latest ones up to the limit of the option `callLog`.
   *
   * @param filter - only those of a service, of a method
   * @throws LabDescriptionError when the lab was started without the option `callLog`
   */
  entries(filter?: CallFilter): readonly CallEntry[];
}

export interface CallFilter {
  readonly service?: ServiceName | undefined;
  readonly method?: string | undefined;
}

/** Sizes in bytes, as they are before any compression and without headers. */
export interface CallBytes {
  /** Paths with their queries, and bodies. */
  readonly requestBytes: number;
  readonly responseBytes: number;
}

/** One call. */
export interface CallEntry extends CallBytes {
  /** Counted from 1 over all services since the lab started. */
  readonly number: number;
  /** When it came, on the lab's clock. */
  readonly atMs: number;
  readonly service: ServiceName;
  /** An RPC method, or an endpoint; empty for a request that names none. */
  readonly method: string;
  /** The login that an RPC came with; null where there was none, or on the other servers. */
  readonly user: string | null;
  /**
   * The arguments: of an RPC the keywords, or the list where there are positional ones; elsewhere the parameters of
   * query and form. Long texts and lists are cut, deep values left out. Undefined where they could not be read.
   */
  readonly params: unknown;
  /** `error` is any answer that says so, by its status or in its body; `under-way` has not been answered yet. */
  readonly outcome: CallOutcome;
  /** The class of the error that an RPC answered, e.g. `ValidationError`. */
  readonly error?: string | undefined;
  /** Of the answer; null where there was none. */
  readonly status: number | null;
}

/** A call that a fault hit has the fault's kind as its outcome. */
export type CallOutcome = 'ok' | 'error' | 'under-way' | FaultKind;
