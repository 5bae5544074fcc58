import type { Host } from './types.js';

/** Whether jobs can come to run on a host: it is not locked, and not given up by its repairs. */
export function isUsableHost(host: Host): boolean {
  return !host.locked && !brokenStates.has(host.status);
}

const brokenStates: ReadonlySet<string> = new Set(['Repair Failed', 'Dead', 'Repairing']);
