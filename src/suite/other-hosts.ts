import type { Host } from '../clients/afe/types.js';
import { isUsableHost } from '../clients/afe/usable-host.js';
import { isVersionLabel } from './labels.js';

/** What {@link otherHosts} needs to know. */
export interface OtherHostsFacts {
  /** Hosts of the board. */
  readonly hosts: readonly Host[];
  /** What the job asks of a host. */
  readonly dependencies: readonly string[];
  /** Hosts that failed the test before. */
  readonly failed: ReadonlySet<string>;
  /** How many open jobs have been bound to a host by its name. */
  readonly bound: ReadonlyMap<string, number>;
  /** How many hosts the job needs. */
  readonly count: number;
}

/**
 * The hosts to which a job is bound so that it does not come to one that failed it: usable ones that have all the labels
 * it asks for, ready ones first, and of these the ones that fewest others have been bound to. None when there are not
 * enough.
 */
export function otherHosts({ hosts, dependencies, failed, bound, count }: OtherHostsFacts): readonly string[] {
  // What the lab puts on a host before a job, the host need not have.
  const needed = dependencies.filter((label) => !isVersionLabel(label));
  const candidates = hosts.filter(
    (host) => !failed.has(host.hostname) && isUsableHost(host) && needed.every((label) => host.labels.includes(label)),
  );
  if (candidates.length < count) return [];
  const cost = ({ status, hostname }: Host) => (bound.get(hostname) ?? 0) * 2 + (status === 'Ready' ? 0 : 1);
  return candidates
    .toSorted((a, b) => cost(a) - cost(b))
    .slice(0, count)
    .map(({ hostname }) => hostname);
}
