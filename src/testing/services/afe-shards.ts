import type { LabLabel } from '../lab/model.js';
import type { AfeParts } from './afe-parts.js';
import { labelTable } from './afe-parts.js';
import { checkName, doesNotExist, recordOf } from './afe-records.js';
import { select } from './filters.js';
import { pythonStr } from './python.js';
import { RpcError } from './rpc-error.js';
import type { RpcMethod } from './rpc-method.js';

/**
 * The methods about shards, the servers that run the jobs of some boards. A shard takes hosts and jobs over when it
 * reports for the first time, which none does in the lab: they stay where they are.
 */
export function shardMethods({ state, models, answers }: AfeParts): Readonly<Record<string, RpcMethod>> {
  const { shards } = state;
  return {
    get_shards: {
      takesOthers: true,
      run: ({ others }) => select(models.shards, shards.values(), others).map((shard) => answers.shard(shard)),
    },
    add_shard: {
      required: ['hostname', 'labels'],
      run: ({ named }) => {
        const labels = pythonStr(named['labels'])
          .split(',')
          .map((name) => boardLabel(name));
        const hostname = pythonStr(named['hostname'] ?? '');
        checkName({ noun: 'Shard', nameField: 'hostname', rows: shards }, hostname);
        return shards.add((id) => ({ id, hostname, labels })).id;
      },
    },
    delete_shard: {
      required: ['hostname'],
      run: ({ named }) => {
        const hostname = pythonStr(named['hostname']);
        const shard = shards.get(hostname);
        if (shard === undefined) throw doesNotExist('Shard', 'hostname', hostname);
        shards.delete(shard);
      },
    },
  };

  function boardLabel(name: string): LabLabel {
    if (!name.startsWith('board:')) throw new RpcError('RPCException', 'Sharding only supports `board:.*` label.');
    const label = recordOf(labelTable(state), name);
    for (const shard of shards.values()) {
      if (!shard.labels.includes(label)) continue;
      throw new RpcError('RPCException', `${label.name} is already on shard ${shard.hostname}`);
    }
    return label;
  }
}
