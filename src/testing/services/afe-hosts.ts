import type { LabState } from '../lab/lab-state.js';
import type { LabHostRecord } from '../lab/model.js';
import { isComplete } from '../lab/model.js';
import { checkHostAccess } from './access.js';
import { protections } from './afe-answers.js';
import { hostsIndexed } from './afe-indexes.js';
import type { AfeParts } from './afe-parts.js';
import { hostTable } from './afe-parts.js';
import { checkFields, checkName, flagOf, recordOf } from './afe-records.js';
import type { Filter } from './filters.js';
import { count, isFilter, select } from './filters.js';
import type { JsonObject } from './json-values.js';
import { toInt, toList } from './json-values.js';
import { isTruthy, pythonStr } from './python.js';
import { notAnInteger, RpcError, validationError } from './rpc-error.js';
import type { RpcMethod } from './rpc-method.js';

/** The methods about hosts. */
export function hostMethods(parts: AfeParts): Readonly<Record<string, RpcMethod>> {
  const { state, simulation, models, answers } = parts;
  return {
    get_hosts: {
      optional: hostOptions,
      takesOthers: true,
      run: ({ named, others }) =>
        select(models.hosts, hostCandidates(state, named, others), others).map((host) =>
          isTruthy(named['include_current_job']) ? answers.hostWithWork(host) : answers.host(host),
        ),
    },
    get_num_hosts: {
      optional: hostOptions.filter((option) => option !== 'include_current_job'),
      takesOthers: true,
      run: ({ named, others }) => count(models.hosts, hostCandidates(state, named, others), others),
    },
    add_host: {
      required: ['hostname'],
      optional: ['status', 'locked', 'lock_reason', 'protection'],
      run: ({ named }, user) => addHost(parts, named, user),
    },
    modify_host: {
      required: ['id'],
      takesOthers: true,
      run: ({ named, others }, user) => {
        checkStatus(others);
        const host = recordOf(hostTable(state), named['id']);
        checkLocking(parts, host, others);
        modify(parts, host, others, user);
      },
    },
    modify_hosts: {
      required: ['host_filter_data', 'update_data'],
      run: ({ named }, user) => {
        const { host_filter_data: filter, update_data: update } = named;
        if (!isFilter(filter) || !isFilter(update)) throw new RpcError('TypeError', 'a mapping is needed');
        checkStatus(update);
        const hosts = select(models.hosts, hostsIndexed(state, filter), filter);
        for (const host of hosts) checkLocking(parts, host, update);
        for (const host of hosts) modify(parts, host, update, user);
      },
    },
    delete_host: {
      required: ['id'],
      run: ({ named }, user) => {
        const host = recordOf(hostTable(state), named['id']);
        checkHostAccess(state, user, [host]);
        const open = [...state.jobs.unpacked()]
          .flatMap((job) => job.entries)
          .filter((entry) => entry.host === host && !isComplete(entry));
        state.deleteHost(host);
        simulation.abort(open, user);
      },
    },
  };
}

const hostOptions = [
  'multiple_labels',
  'exclude_only_if_needed_labels',
  'exclude_atomic_group_hosts',
  'valid_only',
  'include_current_job',
];

const hostFields = [
  ...['id', 'hostname', 'status', 'invalid', 'locked', 'locked_by', 'lock_time', 'lock_reason', 'protection'],
  ...['leased', 'dirty', 'synch_id', 'shard'],
];

function hostCandidates(state: LabState, named: JsonObject, filter: Filter): readonly LabHostRecord[] {
  const wanted = toList(named['multiple_labels'] ?? []);
  const labels = wanted.map((label) =>
    typeof label === 'number' ? state.labels.byId(label) : state.label(pythonStr(label)),
  );
  const known = labels.filter((label) => label !== undefined);
  if (known.length < wanted.length) return [];
  const candidates = isTruthy(named['valid_only'] ?? true)
    ? hostsIndexed(state, filter, known)
    : state.hosts.withDeleted();
  const hosts = candidates.filter((host) => known.every((label) => host.labels.has(label)));
  if (!isTruthy(named['exclude_only_if_needed_labels'])) return hosts;
  return hosts.filter((host) => ![...host.labels].some((label) => label.onlyIfNeeded));
}

function addHost(parts: AfeParts, named: JsonObject, user: string): number {
  const { state, simulation } = parts;
  const { locked, lock_reason: reason } = named;
  if (isTruthy(locked) && !isTruthy(reason)) {
    throw validationError('locked', 'Please provide a reason for locking when adding host.');
  }
  const hostname = pythonStr(named['hostname'] ?? '').trim();
  checkName(hostTable(state), hostname);
  const protection = protectionOf(named['protection'] ?? 0);
  const host = state.addHost(hostname);
  host.status = pythonStr(named['status'] ?? 'Ready');
  host.protection = protection;
  host.lock = isTruthy(locked) ? { by: user, atMs: simulation.now, reason: pythonStr(reason) } : undefined;
  state.updateFree(host);
  simulation.lookForHosts();
  return host.id;
}

function checkStatus(update: JsonObject): void {
  if ('status' in update) throw validationError('status', 'Host status can not be modified by the frontend.');
}

function checkLocking({ time }: AfeParts, { hostname, lock }: LabHostRecord, update: JsonObject): void {
  const locked = update['locked'] ?? null;
  if (locked === null) return;
  if (!isTruthy(locked)) {
    if (lock === undefined) throw validationError('locked', `Host ${hostname} already unlocked.`, 'u');
    return;
  }
  if (lock !== undefined) {
    const since = `${lock.by} on ${time.text(lock.atMs)}`;
    throw validationError('locked', `Host ${hostname} already locked by ${since}.`, 'u');
  }
  if (!isTruthy(update['lock_reason'])) {
    throw validationError('locked', `Please provide a reason for locking Host ${hostname}`, 'u');
  }
}

/** The service asks for access only when it saves, after everything else has been checked. */
function modify({ state, simulation }: AfeParts, host: LabHostRecord, update: JsonObject, user: string): void {
  checkFields(update, hostFields);
  const hostname = pythonStr(update['hostname'] ?? host.hostname).trim();
  checkName(hostTable(state), hostname, host);
  const protection = protectionOf(update['protection'] ?? host.protection);
  const synchId = update['synch_id'] === undefined ? host.synchId : intOrNull(update['synch_id']);
  checkHostAccess(state, user, [host]);
  if (hostname !== host.hostname) state.hosts.rename(host, () => void (host.hostname = hostname));
  host.protection = protection;
  host.synchId = synchId;
  host.leased = flagOf(update, 'leased', host.leased);
  host.dirty = flagOf(update, 'dirty', host.dirty);
  const isLocked = flagOf(update, 'locked', host.lock !== undefined);
  const reason = pythonStr(update['lock_reason'] ?? host.lock?.reason ?? '');
  host.lock = isLocked ? { ...(host.lock ?? { by: user, atMs: simulation.now }), reason } : undefined;
  state.updateFree(host);
  simulation.lookForHosts();
}

function protectionOf(value: unknown): number {
  const index = typeof value === 'number' ? value : protections.indexOf(pythonStr(value));
  if (index < 0) throw notAnInteger('protection', value);
  return index;
}

function intOrNull(value: unknown): number | null {
  return value === null ? null : toInt(value);
}
