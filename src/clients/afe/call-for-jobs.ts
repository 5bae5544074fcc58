import { callForList, callForListInBatches, type ListCall } from '../call-for-list.js';
import type { CallOptions } from '../call-options.js';
import type { JobFilter } from './types.js';

/** The jobs of a call whose arguments are the filter's but for its ids and limit, ordered by id. */
export async function callForJobs<T extends { readonly id: number }>(
  call: ListCall<T>,
  filter: Pick<JobFilter, 'ids' | 'limit'>,
  options: CallOptions,
): Promise<readonly T[]> {
  return (await listJobs(call, filter, options)).toSorted((a, b) => a.id - b.id);
}

async function listJobs<T>(
  call: ListCall<T>,
  { ids, limit }: Pick<JobFilter, 'ids' | 'limit'>,
  options: CallOptions,
): Promise<readonly T[]> {
  if (ids?.length === 0) return [];
  if (limit !== undefined) {
    // A limited answer is no larger for many ids, so they need no batches.
    const limited = { ...(ids === undefined ? {} : { id__in: ids }), query_limit: limit, sort_by: ['id'] };
    return await callForList({ ...call, args: { ...call.args, ...limited } }, options);
  }
  if (ids === undefined) return await callForList(call, options);
  return await callForListInBatches(call, { key: 'id__in', values: ids }, options);
}
