import type { CallOptions } from '../call-options.js';
import type { ServerHealth } from '../dev-server/server-health.js';
import { NoCrashServerError, type UnfitCrashServer } from './errors.js';
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
  const reports = await Promise.all(servers.map((server) => askForHealth(server, { signal, deadlineMs })));
  signal?.throwIfAborted();
  const { chosen, unfit } = chooseLeastLoaded(reports);
  if (chosen === undefined) throw new NoCrashServerError(unfit);
  return chosen;
}

/** What a server says of itself, or why it says nothing. */
export interface HealthReport<Server> {
  readonly server: Server;
  readonly health: ServerHealth | { readonly problem: string };
}

/** Which server to take, and why not the others that cannot be taken; of equals the first. */
export function chooseLeastLoaded<Server extends { readonly url: string }>(
  reports: readonly HealthReport<Server>[],
): { readonly chosen: Server | undefined; readonly unfit: readonly UnfitCrashServer[] } {
  const unfit: UnfitCrashServer[] = [];
  let chosen: Server | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const { server, health } of reports) {
    const answered = !('problem' in health);
    const problem = answered ? overload(health) : health.problem;
    if (problem !== undefined) {
      unfit.push({ url: server.url, problem, answered });
    } else if (answered && health.diskBytesPerSecond !== null && health.diskBytesPerSecond < least) {
      chosen = server;
      least = health.diskBytesPerSecond;
    }
  }
  return { chosen, unfit };
}

const loadDeadlineMs = 2_000;
const maxCpuPercent = 80;
const maxNetworkBytesPerSecond = 80 * 1024 * 1024;

/** A server that does not say how much it has to do is not taken. */
function overload(health: ServerHealth): string | undefined {
  const { cpuPercent, networkBytesPerSecond, diskBytesPerSecond } = health;
  if (cpuPercent === null || networkBytesPerSecond === null || diskBytesPerSecond === null) {
    return 'does not say how much it has to do';
  }
  if (cpuPercent > maxCpuPercent) return `its CPU is at ${cpuPercent} %`;
  if (networkBytesPerSecond > maxNetworkBytesPerSecond) {
    return `its network is at ${(networkBytesPerSecond / 1024 / 1024).toFixed(1)} MiB/s`;
  }
  return undefined;
}

async function askForHealth(server: CrashServerClient, options: CallOptions): Promise<HealthReport<CrashServerClient>> {
  try {
    return { server, health: await server.checkHealth(options) };
  } catch (error) {
    return { server, health: { problem: error instanceof Error ? error.message : 'does not answer' } };
  }
}
