import type { LabState } from '../lab/lab-state.js';
import type { LabHostRecord } from '../lab/model.js';
import type { LocalTime } from '../lab/local-time.js';
import type { Simulation } from '../lab/simulation.js';
import { checkHostAccess } from './access.js';
import type { AfeAnswers } from './afe-answers.js';
import type { AfeModels } from './afe-models.js';
import type { Filter } from './filters.js';
import { count, isFilter, select } from './filters.js';
import type { JsonObject } from './json-values.js';
import { toList } from './json-values.js';
import { isTruthy, pythonRepr, pythonStr } from './python.js';
import { RpcError, validationError } from './rpc-error.js';
import type { RpcMethod } from './rpc-method.js';

export interface AfeParts {
  readonly state: LabState;
  readonly simulation: Simulation;
  readonly models: AfeModels;
  readonly answers: AfeAnswers;
  readonly time: LocalTime;
}

/** The methods about labels, hosts and their attributes. */
export function hostMethods(parts: AfeParts): Readonly<Record<string, RpcMethod>> {
  const { state, models, answers } = parts;
  const hostsWhere = (filter: Filter) => select(models.hosts, state.hosts.values(), filter);
  return {
    get_labels: {
      optional: ['exclude_filters'],
      takesOthers: true,
      run: ({ others }) => select(models.labels, state.labels.values(), others).map((label) => answers.label(label)),
    },
    add_label: {
      required: ['name'],
      optional: ['ignore_exception_if_exists'],
      takesOthers: true,
      run: ({ named, others }) => addLabel(state, named, others),
    },
    get_hosts: {
      optional: hostOptions,
      takesOthers: true,
      run: ({ named, others }) =>
        select(models.hosts, hostsWithLabels(state, named['multiple_labels']), others).map((host) =>
          isTruthy(named['include_current_job']) ? answers.hostWithWork(host) : answers.host(host),
        ),
    },
    get_num_hosts: {
      optional: hostOptions.filter((option) => option !== 'include_current_job'),
      takesOthers: true,
      run: ({ named, others }) => count(models.hosts, hostsWithLabels(state, named['multiple_labels']), others),
    },
    get_host_attribute: {
      required: ['attribute'],
      takesOthers: true,
      run: ({ named, others }) => {
        const attribute = pythonStr(named['attribute']);
        return hostsWhere(others).flatMap((host) => {
          const found = host.attributes.get(attribute);
          return found === undefined ? [] : [{ attribute, host: host.hostname, ...found }];
        });
      },
    },
    set_host_attribute: {
      required: ['attribute', 'value'],
      takesOthers: true,
      run: ({ named, others }, user) => {
        if (Object.keys(others).length === 0) throw new RpcError('AssertionError', '');
        const hosts = hostsWhere(others);
        checkHostAccess(state, user, hosts);
        const attribute = pythonStr(named['attribute']);
        for (const host of hosts) {
          if (named['value'] === null) host.attributes.delete(attribute);
          else state.setAttribute(host, attribute, pythonStr(named['value']));
        }
      },
    },
    modify_host: {
      required: ['id'],
      takesOthers: true,
      run: ({ named, others }, user) => {
        const host = hostOf(state, named['id']);
        checkHostAccess(state, user, [host]);
        modifyHost(parts, host, others, user);
      },
    },
    modify_hosts: {
      required: ['host_filter_data', 'update_data'],
      run: ({ named }, user) => {
        const { host_filter_data: filter, update_data: update } = named;
        if (!isFilter(filter) || !isFilter(update)) throw new RpcError('TypeError', 'a mapping is needed');
        const hosts = hostsWhere(filter);
        checkHostAccess(state, user, hosts);
        for (const host of hosts) modifyHost(parts, host, update, user);
      },
    },
    host_add_labels: {
      required: ['id', 'labels'],
      run: ({ named }) => {
        const host = hostOf(state, named['id']);
        for (const label of labelsOf(state, named['labels'])) state.addLabel(host, label);
        parts.simulation.lookForHosts();
      },
    },
    host_remove_labels: {
      required: ['id', 'labels'],
      run: ({ named }) => {
        const host = hostOf(state, named['id']);
        for (const label of labelsOf(state, named['labels'])) state.removeLabel(host, label);
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

function hostsWithLabels(state: LabState, multipleLabels: unknown): readonly LabHostRecord[] {
  const hosts = [...state.hosts.values()];
  if (multipleLabels === undefined || multipleLabels === null) return hosts;
  const labels = toList(multipleLabels).map((name) => state.label(pythonStr(name)));
  return hosts.filter((host) => labels.every((label) => label !== undefined && host.labels.has(label)));
}

function addLabel(state: LabState, named: JsonObject, others: JsonObject): number {
  const name = pythonStr(named['name']);
  const known = state.label(name);
  if (known !== undefined && !isTruthy(named['ignore_exception_if_exists'])) {
    throw validationError('name', `This value must be unique (${name})`);
  }
  return (known ?? state.ensureLabel(name, isTruthy(others['platform'] ?? false))).id;
}

function modifyHost(
  { state, simulation, time }: AfeParts,
  host: LabHostRecord,
  update: JsonObject,
  user: string,
): void {
  if ('status' in update) throw validationError('status', 'Host status can not be modified by the frontend.');
  if (!('locked' in update)) return;
  const { hostname, lock } = host;
  if (isTruthy(update['locked'])) {
    if (lock !== undefined) {
      const since = `${lock.by} on ${time.text(lock.atMs)}`;
      throw validationError('locked', `Host ${hostname} already locked by ${since}.`, 'u');
    }
    if (!isTruthy(update['lock_reason'])) {
      throw validationError('locked', `Please provide a reason for locking Host ${hostname}`, 'u');
    }
    host.lock = { by: user, atMs: simulation.now, reason: pythonStr(update['lock_reason']) };
  } else {
    if (lock === undefined) throw validationError('locked', `Host ${hostname} already unlocked.`, 'u');
    host.lock = undefined;
    simulation.lookForHosts();
  }
  state.updateFree(host);
}

export function hostOf(state: LabState, id: unknown): LabHostRecord {
  const host =
    typeof id === 'number'
      ? [...state.hosts.values()].find((candidate) => candidate.id === id)
      : state.hosts.get(pythonStr(id));
  if (host !== undefined) return host;
  const lookup = typeof id === 'number' ? 'id' : 'hostname';
  throw new RpcError(
    'DoesNotExist',
    `Host matching query does not exist. Lookup parameters were {'${lookup}': ${pythonRepr(id)}}`,
  );
}

function labelsOf(state: LabState, names: unknown) {
  return toList(names).map((name) => {
    const label = state.label(pythonStr(name));
    if (label !== undefined) return label;
    throw new RpcError('DoesNotExist', `The following labels do not exist: ${pythonStr(name)}`);
  });
}
