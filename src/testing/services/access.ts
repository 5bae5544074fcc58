import type { LabState } from '../lab/lab-state.js';
import type { LabEntry, LabHostRecord } from '../lab/model.js';
import { RpcError } from './rpc-error.js';

/** Everyone may use the hosts of the group Everyone; all others are for superusers. */
export function checkHostAccess(state: LabState, login: string, hosts: Iterable<LabHostRecord>): void {
  for (const host of hosts) {
    if (mayUseHost(state, login, host)) continue;
    throw new RpcError('AclAccessViolation', `${login} does not have access to ${host.hostname}`);
  }
}

export function mayUseHost(state: LabState, login: string, host: LabHostRecord): boolean {
  return host.acls.includes('Everyone') || isSuperuser(state, login);
}

/** Jobs are aborted by their owner or a superuser. */
export function checkAbortAccess(state: LabState, login: string, entries: readonly LabEntry[]): void {
  if (isSuperuser(state, login)) return;
  const foreign = entries.filter((entry) => entry.job.owner !== login);
  if (foreign.length === 0) return;
  const names = foreign.map((entry) => `${entry.job.id}-${entry.job.owner}/${placeOf(entry)}`);
  throw new RpcError('AclAccessViolation', `You cannot abort the following job entries: ${names.join(', ')}`);
}

function isSuperuser(state: LabState, login: string): boolean {
  return (state.users.get(login)?.accessLevel ?? 0) >= 100;
}

function placeOf(entry: LabEntry): string {
  const place = entry.host?.hostname ?? entry.metaHost?.name;
  if (place === undefined) throw new RpcError('AssertionError', 'no host, meta_host or atomic group!');
  return place;
}
