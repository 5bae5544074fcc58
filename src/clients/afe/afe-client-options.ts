import type { RpcClientOptions } from '../rpc-client-options.js';
import type { DoubledJobEvent } from './create-once.js';

export interface HttpAfeClientOptions extends RpcClientOptions {
  /**
   * Makes the value of the keyval `dynamic_suite_request` of each job; no two may be the same in a lab.
   *
   * @defaultValue `crypto.randomUUID`
   */
  readonly newId?: (() => string) | undefined;
  /**
   * How long one try of `createSuiteJob` may take, in milliseconds of real time: the AFE stages the build before it
   * answers.
   *
   * @defaultValue 1,200,000 (20 minutes)
   */
  readonly suiteJobTimeoutMs?: number | undefined;
  /** Told when a job turns out to exist more than once, e.g. since the network sent a request twice. */
  readonly onDoubledJob?: ((event: DoubledJobEvent) => void) | undefined;
}
