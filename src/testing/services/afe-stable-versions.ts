import type { AfeParts } from './afe-parts.js';
import { doesNotExist } from './afe-records.js';
import { pythonStr } from './python.js';
import type { RpcMethod } from './rpc-method.js';

/** The methods about the version of the system that a board's hosts are repaired with. */
export function stableVersionMethods({ state }: AfeParts): Readonly<Record<string, RpcMethod>> {
  const versions = state.stableVersions;
  return {
    get_stable_version: {
      optional: ['board', 'android'],
      run: ({ named }) =>
        versions.get(pythonStr(named['board'] ?? defaultBoard)) ?? versions.get(defaultBoard) ?? configuredVersion,
    },
    get_all_stable_versions: { run: () => Object.fromEntries(versions) },
    set_stable_version: {
      required: ['version'],
      optional: ['board'],
      run: ({ named }) => void versions.set(pythonStr(named['board'] ?? defaultBoard), pythonStr(named['version'])),
    },
    delete_stable_version: {
      required: ['board'],
      run: ({ named }) => {
        const board = pythonStr(named['board']);
        if (!versions.delete(board)) throw doesNotExist('StableVersion', 'board', board);
      },
    },
  };
}

const defaultBoard = 'DEFAULT';

/** What the recorded service's configuration says for boards without a version of their own. */
const configuredVersion = 'R46-7390.59.0';
