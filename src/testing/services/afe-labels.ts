import type { LabState } from '../lab/lab-state.js';
import type { LabHostRecord, LabLabel } from '../lab/model.js';
import { labelsIndexed } from './afe-indexes.js';
import type { AfeParts } from './afe-parts.js';
import { hostTable, labelTable } from './afe-parts.js';
import { checkFields, checkName, flagOf, recordOf, recordsOf } from './afe-records.js';
import { filterRows, isFilter, select } from './filters.js';
import type { JsonObject } from './json-values.js';
import { toList } from './json-values.js';
import { isTruthy, pythonStr } from './python.js';
import { RpcError, validationError } from './rpc-error.js';
import type { RpcMethod } from './rpc-method.js';

/** The methods about labels, and about which hosts have them. */
export function labelMethods({ state, simulation, models, answers }: AfeParts): Readonly<Record<string, RpcMethod>> {
  const labels = labelTable(state);
  const hosts = hostTable(state);
  const give = (given: readonly LabLabel[], to: readonly LabHostRecord[]) => {
    for (const host of to) for (const label of given) state.addLabel(host, label);
    simulation.lookForHosts();
  };
  const take = (taken: readonly LabLabel[], from: readonly LabHostRecord[]) => {
    for (const host of from) for (const label of taken) state.removeLabel(host, label);
  };
  const addHosts = (label: LabLabel, named: JsonObject) => {
    const chosen = recordsOf(hosts, named['hosts']);
    if (label.platform) checkNoPlatform(chosen);
    give([label], chosen);
  };
  const removeHosts: RpcMethod = {
    required: ['id', 'hosts'],
    run: ({ named }) => {
      const chosen = recordsOf(hosts, named['hosts']);
      take([recordOf(labels, named['id'])], chosen);
    },
  };
  const removeLabels: RpcMethod = {
    required: ['id', 'labels'],
    run: ({ named }) => {
      const host = recordOf(hosts, named['id']);
      take(recordsOf(labels, named['labels']), [host]);
    },
  };
  return {
    get_labels: {
      optional: ['exclude_filters'],
      takesOthers: true,
      run: ({ named, others }) => {
        const excluded = toList(named['exclude_filters'] ?? []).flatMap((filter) =>
          isFilter(filter) ? filterRows(models.labels, state.labels.values(), filter) : [],
        );
        const candidates = labelsIndexed(state, others).filter((label) => !excluded.includes(label));
        return select(models.labels, candidates, others).map((label) => answers.label(label));
      },
    },
    add_label: {
      required: ['name'],
      optional: ['ignore_exception_if_exists'],
      takesOthers: true,
      run: ({ named, others }) => {
        checkFields(others, labelFields);
        const name = pythonStr(named['name']);
        const known = state.label(name);
        if (known !== undefined && isTruthy(named['ignore_exception_if_exists'])) return known.id;
        checkName(labels, name);
        const label = state.ensureLabel(name);
        modify(state, label, others);
        return label.id;
      },
    },
    modify_label: {
      required: ['id'],
      takesOthers: true,
      run: ({ named, others }) => {
        const label = recordOf(labels, named['id']);
        checkFields(others, labelFields);
        modify(state, label, others);
      },
    },
    delete_label: { required: ['id'], run: ({ named }) => state.deleteLabel(recordOf(labels, named['id'])) },
    label_add_hosts: {
      required: ['id', 'hosts'],
      run: ({ named }) => {
        const { id } = named;
        const known = typeof id === 'string' ? state.label(id) : state.labels.byId(Number(id));
        if (known === undefined && typeof id !== 'string') {
          const advice = 'Please specify the argument, id, as a string (label name).';
          throw new RpcError('ValueError', `Label id (${pythonStr(id)}) does not exist. ${advice}`);
        }
        addHosts(known ?? state.ensureLabel(pythonStr(id)), named);
      },
    },
    add_label_to_hosts: {
      required: ['id', 'hosts'],
      run: ({ named }) => addHosts(recordOf(labels, named['id']), named),
    },
    label_remove_hosts: removeHosts,
    remove_label_from_hosts: removeHosts,
    host_add_labels: {
      required: ['id', 'labels'],
      run: ({ named }) => {
        const chosen = recordsOf(labels, named['labels']);
        const platforms = chosen.filter((label) => label.platform).map((label) => label.name);
        if (platforms.length > 1) {
          throw validationError('labels', `Adding more than one platform label: ${platforms.join(', ')}`, 'u');
        }
        const host = recordOf(hosts, named['id']);
        if (platforms.length === 1) checkNoPlatform([host]);
        give(chosen, [host]);
      },
    },
    add_labels_to_host: {
      required: ['id', 'labels'],
      run: ({ named }) => {
        const chosen = recordsOf(labels, named['labels']);
        give(chosen, [recordOf(hosts, named['id'])]);
      },
    },
    host_remove_labels: removeLabels,
    remove_labels_from_host: removeLabels,
  };
}

const labelFields = ['id', 'name', 'kernel_config', 'platform', 'invalid', 'only_if_needed', 'atomic_group'];

function modify(state: LabState, label: LabLabel, data: JsonObject): void {
  const name = data['name'];
  if (name !== undefined) {
    const newName = pythonStr(name ?? '');
    checkName(labelTable(state), newName, label);
    state.labels.rename(label, () => void (label.name = newName));
  }
  label.platform = flagOf(data, 'platform', label.platform);
  label.onlyIfNeeded = flagOf(data, 'only_if_needed', label.onlyIfNeeded);
  if (data['kernel_config'] !== undefined) label.kernelConfig = pythonStr(data['kernel_config'] ?? '');
}

function checkNoPlatform(hosts: readonly LabHostRecord[]): void {
  const problems = hosts.flatMap((host) => {
    const platforms = [...host.labels].filter((label) => label.platform).map((label) => label.name);
    return platforms.length === 0 ? [] : [`Host ${host.hostname} already has a platform: ${platforms.join(', ')}`];
  });
  if (problems.length > 0) throw validationError('labels', problems.join('; '), 'u');
}
