import { allOrNone } from '../runtime/abort.js';
import { inBatches } from './batches.js';
import type { JsonRpcService, RpcCallOptions } from './json-rpc-service.js';
import { wireReader, type WireReader } from './wire-reader.js';

/** A call that is answered with a list. */
export interface ListCall<T> {
  readonly service: JsonRpcService;
  readonly method: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly read: (wire: WireReader) => T;
}

export async function callForList<T>(call: ListCall<T>, options: RpcCallOptions): Promise<readonly T[]> {
  const { service, method, args, read } = call;
  return wireReader(await service.call(method, args, options), method).list(read);
}

/** As {@link callForList}, with the values of one argument divided over as many calls as they need; none needs none. */
export async function callForListInBatches<T>(
  call: ListCall<T>,
  divided: { readonly key: string; readonly values: readonly (number | string)[] },
  options: RpcCallOptions,
): Promise<readonly T[]> {
  const tasks = inBatches(divided.values).map((batch) => async (signal: AbortSignal) => {
    const args = { ...call.args, [divided.key]: batch };
    return await callForList({ ...call, args }, { ...options, signal });
  });
  return (await allOrNone(tasks, options.signal)).flat();
}
