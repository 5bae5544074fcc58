import { excerpt } from '../transport/excerpt.js';
import type { Host, Label } from './afe/types.js';
import { isUsableHost } from './afe/usable-host.js';
import type { LabCheckItem } from './lab-check.js';

/** What the hosts of a lab are worth, by board and by pool. */
export function countHosts(
  labels: readonly Label[],
  hosts: readonly Host[],
): { readonly boards: LabCheckItem; readonly pools: LabCheckItem } {
  return { boards: boardsItem(tally('board:', labels, hosts), hosts), pools: poolsItem(tally('pool:', labels, hosts)) };
}

interface Group {
  /** Without the prefix. */
  readonly name: string;
  readonly hosts: number;
  readonly usable: number;
}

/** The labels of a prefix, by name; a label of a host counts although the list of labels lacks it. */
function tally(prefix: string, labels: readonly Label[], hosts: readonly Host[]): readonly Group[] {
  const groups = new Map<string, { hosts: number; usable: number }>();
  for (const { name } of labels) if (name.startsWith(prefix)) groups.set(name, { hosts: 0, usable: 0 });
  for (const host of hosts) {
    for (const label of new Set(host.labels)) {
      if (!label.startsWith(prefix)) continue;
      const group = groups.get(label) ?? { hosts: 0, usable: 0 };
      groups.set(label, { hosts: group.hosts + 1, usable: group.usable + (isUsableHost(host) ? 1 : 0) });
    }
  }
  return [...groups]
    .map(([label, counts]) => ({ name: excerpt(label.slice(prefix.length), 60), ...counts }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function boardsItem(boards: readonly Group[], hosts: readonly Host[]): LabCheckItem {
  const name = 'boards';
  if (boards.length === 0) {
    const hint = 'label the hosts with "board:..." in the AFE, or see whether "afe" is the lab that is meant';
    return { name, status: 'failed', message: `none: no label begins with "board:" (${hosts.length} hosts)`, hint };
  }
  const message = listed(boards);
  const idle = boards.filter(({ usable }) => usable === 0);
  if (idle.length === boards.length) {
    return { name, status: 'failed', message, hint: 'no board has a usable host: unlock or repair hosts in the AFE' };
  }
  if (idle.length === 0) return { name, status: 'ok', message, hint: null };
  return { name, status: 'warning', message, hint: `suites cannot run on ${namesOf(idle)}: unlock or repair hosts` };
}

function poolsItem(pools: readonly Group[]): LabCheckItem {
  const name = 'pools';
  if (pools.length === 0) {
    const hint = 'label hosts with "pool:..." in the AFE, or run suites without a pool';
    return { name, status: 'warning', message: 'none: no label begins with "pool:"', hint };
  }
  const message = listed(pools);
  const idle = pools.filter(({ usable }) => usable === 0);
  if (idle.length === 0) return { name, status: 'ok', message, hint: null };
  return { name, status: 'warning', message, hint: `suites cannot run in ${namesOf(idle)}: unlock or repair hosts` };
}

const maxListed = 10;

function listed(groups: readonly Group[]): string {
  const shown = groups.slice(0, maxListed).map(({ name, usable, hosts }) => `${name} ${usable} of ${hosts}`);
  const more = groups.length > maxListed ? `, and ${groups.length - maxListed} more` : '';
  return `usable hosts: ${shown.join(', ')}${more}`;
}

function namesOf(groups: readonly Group[]): string {
  const more = groups.length > maxListed ? ', ...' : '';
  return `${groups
    .slice(0, maxListed)
    .map(({ name }) => name)
    .join(', ')}${more}`;
}
