import type { ServiceName } from './http/lab-http.js';

/** Something that goes wrong with requests to the lab. */
export interface LabFault {
  /** @defaultValue all of them */
  readonly service?: ServiceName | undefined;
  /**
   * An RPC method, an endpoint of the dev server or crash server, or `current` of the status page.
   *
   * @defaultValue any
   */
  readonly method?: string | undefined;
  /**
   * The first call that it may hit: the number of the call among those of the same service and method, counted from 1
   * since the lab started.
   *
   * @defaultValue the next one
   */
  readonly at?: number | undefined;
  /**
   * How many calls it hits. Of several faults that fit a call the one that was added first hits it.
   *
   * @defaultValue 1; with `probability`, `fromMs` or `untilMs` as many as there are
   */
  readonly count?: number | undefined;
  /**
   * The share of the calls that it hits, 0 to 1. The lab's seed, the service, the method and the number of the call
   * decide which.
   *
   * @defaultValue 1
   */
  readonly probability?: number | undefined;
  /**
   * When it begins: milliseconds on the lab's clock from the time at which the fault is added.
   *
   * @defaultValue 0
   */
  readonly fromMs?: number | undefined;
  /**
   * When it is over, counted as `fromMs`; a call at that very time is not hit.
   *
   * @defaultValue never
   */
  readonly untilMs?: number | undefined;
  readonly kind: FaultKind;
  /** With `delay`, and only with it: how late the answer is, in milliseconds on the lab's clock. */
  readonly delayMs?: number | undefined;
}

/**
 * - `refuse`: the connection ends before the server saw the request
 * - `lose-answer`: the server acts, and the connection ends before the answer
 * - `502`, `503`, `504`: the front server's page; the service does not see the request
 * - `html`: an HTTP 500 with the service's HTML page; it did not act
 * - `garbage`: an HTTP 200 whose body is neither JSON nor a page; it did not act
 * - `truncate`: the server acts, and half of its answer comes as if that were all
 * - `delay`: the server acts at once and answers `delayMs` later; in process, a client whose time-out is shorter gives
 *   up after it on the lab's clock, while time-outs over HTTP are real time
 * - `stall`: no answer, ever; in process the client's time-out comes when it is due on the lab's clock
 */
export type FaultKind =
  'refuse' | 'lose-answer' | '502' | '503' | '504' | 'html' | 'garbage' | 'truncate' | 'delay' | 'stall';

/** The faults of a lab. They hit calls in process and over HTTP alike. */
export interface LabFaults {
  /**
   * Has something go wrong from now on.
   *
   * @throws LabDescriptionError for a fault that makes no sense, or a call `at` that has been made already
   */
  add(fault: LabFault): LabFaultHandle;
  /** Takes back all faults. */
  clear(): void;
}

/** A fault that was added. */
export interface LabFaultHandle {
  readonly fault: LabFault;
  /** How many calls it has hit. */
  readonly hits: number;
  /** Takes it back; what it has hit stays hit. */
  remove(): void;
}
