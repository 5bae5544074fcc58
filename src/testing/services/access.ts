import type { LabState } from '../lab/lab-state.js';
import type { LabAclGroup, LabEntry, LabHostRecord } from '../lab/model.js';
import { mayUse } from '../lab/model.js';
import { RpcError } from './rpc-error.js';

/** Hosts are for the members of their groups, and for superusers. */
export function checkHostAccess(state: LabState, login: string, hosts: Iterable<LabHostRecord>): void {
  if (isSuperuser(state, login)) return;
  for (const host of hosts) {
    if (host.deleted || mayUse(login, host)) continue;
    throw new RpcError('AclAccessViolation', `${login} does not have access to ${host.hostname}`);
  }
}

/** Jobs are aborted by their owner, by who has the host in a group of his own, or by a superuser. */
export function checkAbortAccess(state: LabState, login: string, entries: readonly LabEntry[]): void {
  if (isSuperuser(state, login)) return;
  const forbidden = entries.filter(({ job, host }) => job.owner !== login && !hasForHimself(state, login, host));
  if (forbidden.length === 0) return;
  const names = forbidden.map((entry) => `${entry.job.id}-${entry.job.owner}/${placeOf(entry)}`);
  throw new RpcError('AclAccessViolation', `You cannot abort the following job entries: ${names.join(', ')}`);
}

/** Groups are changed by their members, but the one that everybody is in only by a superuser. */
export function checkGroupAccess(state: LabState, login: string, group: LabAclGroup): void {
  if (isSuperuser(state, login)) return;
  if (group === state.everyone) throw new RpcError('AclAccessViolation', "You cannot modify 'Everyone'!");
  if (group.users.has(login)) return;
  throw new RpcError('AclAccessViolation', `You do not have access to ${group.name}`);
}

/** Users are changed by themselves or a superuser. */
export function checkUserAccess(state: LabState, login: string, changed: string): void {
  if (isSuperuser(state, login) || login === changed) return;
  throw new RpcError('AclAccessViolation', `You cannot modify user ${changed}`);
}

function isSuperuser(state: LabState, login: string): boolean {
  return (state.users.get(login)?.accessLevel ?? 0) >= 100;
}

function hasForHimself(state: LabState, login: string, host: LabHostRecord | undefined): boolean {
  return host !== undefined && !host.acls.has(state.everyone) && mayUse(login, host);
}

function placeOf(entry: LabEntry): string {
  const place = entry.host?.hostname ?? entry.metaHost?.name;
  if (place === undefined) throw new RpcError('AssertionError', 'no host, meta_host or atomic group!');
  return place;
}
