import type { UnfitServer } from './errors.js';
import type { HealthReport, ServerHealth } from './server-health.js';

/** How long a server may take to say how much it has to do, in milliseconds. */
export const loadDeadlineMs = 2_000;

/**
 * Which server to take, and why not the others that cannot be taken: those above 80 % of CPU or 80 MiB/s of network are
 * left out, and of the others the one with the least disk traffic is taken; of equals the first.
 */
export function chooseLeastLoaded<Server extends { readonly url: string }>(
  reports: readonly HealthReport<Server>[],
): { readonly chosen: Server | undefined; readonly unfit: readonly UnfitServer[] } {
  const unfit: UnfitServer[] = [];
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
