import type { Host } from '../../clients/afe/types.js';
import type { HostCounts } from '../decide/facts.js';

/** Counts the hosts of each board, and of each board and pool. Locked and broken ones count too: they may come back. */
export function countHosts(hosts: readonly Pick<Host, 'labels'>[]): HostCounts {
  const counts = new Map<string, number>();
  const add = (key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const { labels } of hosts) {
    const boards = named(labels, 'board:');
    const pools = named(labels, 'pool:');
    for (const board of boards) {
      add(board);
      for (const pool of pools) add(`${board}\n${pool}`);
    }
  }
  return { count: (board, pool) => counts.get(pool === null ? board : `${board}\n${pool}`) ?? 0 };
}

function named(labels: readonly string[], prefix: string): readonly string[] {
  return labels.filter((label) => label.startsWith(prefix)).map((label) => label.slice(prefix.length));
}
