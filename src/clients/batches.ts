/** How many ids go into one request: more would make answers of tens of megabytes. */
const batchSize = 100;

/** The values without repetitions, in batches as the servers are asked for them. */
export function inBatches<T>(values: readonly T[]): readonly (readonly T[])[] {
  const distinct = [...new Set(values)];
  const batches: T[][] = [];
  for (let at = 0; at < distinct.length; at += batchSize) batches.push(distinct.slice(at, at + batchSize));
  return batches;
}
