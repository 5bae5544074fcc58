import { isUsableHost } from '../clients/afe/usable-host.js';
import type { AfeClient, Host } from '../clients/afe/types.js';
import type { CallOptions } from '../clients/call-options.js';

/** What {@link lookForHosts} found. */
export interface FoundHosts {
  /** How many usable hosts have all of the labels. */
  readonly usable: number;
  /** Why there is none; null when there is one. */
  readonly reason: string | null;
}

/**
 * How many usable hosts have all of the given labels, and why there is none (S11). One question to the AFE.
 *
 * @param labels - the board's label first, then the pool's and the suite's dependencies
 */
export async function lookForHosts(
  afe: AfeClient,
  labels: readonly [board: string, ...others: string[]],
  options?: CallOptions,
): Promise<FoundHosts> {
  const hosts = await afe.getHosts({ labels: labels.slice(0, 1) }, options);
  const fit = hosts.filter((host) => isUsableHost(host) && labels.every((label) => host.labels.includes(label)));
  return { usable: fit.length, reason: reasonForNoHost(hosts, labels) };
}

/** Why no usable host has all of the given labels, given all hosts of the board; null when one has. */
export function reasonForNoHost(
  hostsOfBoard: readonly Host[],
  labels: readonly [board: string, ...others: string[]],
): string | null {
  const [board, ...others] = labels;
  if (hostsOfBoard.length === 0) return `No host has the label ${board}`;
  let candidates = hostsOfBoard;
  for (const label of others) {
    const remaining = candidates.filter((host) => host.labels.includes(label));
    if (remaining.length === 0) return `None of the ${hosts(candidates)} with ${board} has the label ${label}`;
    candidates = remaining;
  }
  if (candidates.some(isUsableHost)) return null;
  const states = candidates.map((host) => `${host.hostname}: ${stateOf(host)}`).slice(0, 5);
  const more = candidates.length > states.length ? ', ...' : '';
  return `None of the ${hosts(candidates)} with ${labels.join(', ')} is usable (${states.join(', ')}${more})`;
}

function stateOf(host: Host): string {
  if (!host.locked) return host.status;
  return host.lockReason === '' ? 'locked' : `locked, ${host.lockReason}`;
}

function hosts(list: readonly Host[]): string {
  return list.length === 1 ? '1 host' : `${String(list.length)} hosts`;
}
