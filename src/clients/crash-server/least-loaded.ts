import type { CallOptions } from '../call-options.js';
import { chooseLeastLoaded, loadDeadlineMs } from '../dev-server/least-loaded.js';
import { healthReport } from '../dev-server/server-health.js';
import { NoCrashServerError } from './errors.js';
import type { CrashServerClient } from './types.js';

/**
 * The crash server that has most to spare: all are asked side by side how they are doing, those above 80 % of CPU or
 * 80 MiB/s of network are left out, and of the others the one with the least disk traffic is taken.
 *
 * Rejects with {@link NoCrashServerError} when none is left.
 *
 * @param options - `deadlineMs`: how long a server may take to answer; 2,000 by default
 */
export async function leastLoadedCrashServer(
  servers: readonly CrashServerClient[],
  options: CallOptions = {},
): Promise<CrashServerClient> {
  const { signal, deadlineMs = loadDeadlineMs } = options;
  const reports = await Promise.all(servers.map((server) => healthReport(server, { signal, deadlineMs })));
  signal?.throwIfAborted();
  const { chosen, unfit } = chooseLeastLoaded(reports);
  if (chosen === undefined) throw new NoCrashServerError(unfit);
  return chosen;
}
