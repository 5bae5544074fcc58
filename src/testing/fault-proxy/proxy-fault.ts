/**
 * What a fault proxy can do to a request.
 *
 * The server does not see the request:
 * - `drop-before`, `reset-before`: the connection ends, in the ordinary way or by a reset
 * - `stall-before`: silence, until the caller gives up
 * - `status-502`, `status-503`: the page of a front server whose service is down
 * - `html-500`: the page of a service that fell over before it ran the call
 *
 * The server has acted, and its answer does not come:
 * - `drop-after`, `reset-after`, `stall-after`: the same after the server's answer
 * - `status-504`: the page of a front server that had no patience with its service
 *
 * The server's answer comes, in a way:
 * - `trickle`: byte by byte, `delayMs` between two
 * - `truncate`: the first half of its body, then the connection ends; an empty one is dropped
 * - `corrupt`: with the highest bit of some bytes turned over, the first one always. No JSON, page or compressed data
 *   survives it; what nobody could notice, such as another digit in an id, it does not do
 * - `delay`: the request reaches the server `delayMs` later, whether the caller still waits or not
 *
 * The network doubles the request: the server gets it twice, one after the other.
 * - `duplicate`: the answer to the first comes back
 * - `duplicate-second`: the answer to the second comes back
 */
export type ProxyFaultKind = (typeof proxyFaultKinds)[number];

/** Every {@link ProxyFaultKind}. */
export const proxyFaultKinds = [
  'drop-before',
  'drop-after',
  'reset-before',
  'reset-after',
  'stall-before',
  'stall-after',
  'status-502',
  'status-503',
  'status-504',
  'html-500',
  'trickle',
  'truncate',
  'corrupt',
  'delay',
  'duplicate',
  'duplicate-second',
] as const;

/** Something that goes wrong with requests on their way through a fault proxy. */
export interface ProxyFault {
  /** Of several kinds each hit is one, by lot. */
  readonly kind: ProxyFaultKind | readonly ProxyFaultKind[];
  /**
   * The RPC method that the request's body names, e.g. `create_job`.
   *
   * @defaultValue any, and none
   */
  readonly method?: string | undefined;
  /**
   * What the path of the request begins with, e.g. `/afe/` or `/stage`.
   *
   * @defaultValue anything
   */
  readonly path?: string | undefined;
  /**
   * The first of the matching requests that it may hit, counted from 1 since the fault was added.
   *
   * @defaultValue 1: the next one
   */
  readonly at?: number | undefined;
  /**
   * How many matching requests in a row it may hit.
   *
   * @defaultValue 1, or without end where there is a `probability`
   */
  readonly count?: number | undefined;
  /**
   * With which probability it hits each of them, 0 to 1. Whether it does depends on the proxy's `seed` and on the number
   * of the request alone.
   *
   * @defaultValue 1
   */
  readonly probability?: number | undefined;
  /**
   * For `delay` and `trickle`, in milliseconds.
   *
   * @defaultValue 100 for `delay`, 1 for `trickle`
   */
  readonly delayMs?: number | undefined;
}
