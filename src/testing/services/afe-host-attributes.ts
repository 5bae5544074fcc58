import { checkHostAccess } from './access.js';
import { hostsIndexed } from './afe-indexes.js';
import type { AfeParts } from './afe-parts.js';
import { select } from './filters.js';
import { pythonStr } from './python.js';
import { RpcError } from './rpc-error.js';
import type { RpcMethod } from './rpc-method.js';

/** The methods about the attributes of hosts. */
export function hostAttributeMethods({ state, models }: AfeParts): Readonly<Record<string, RpcMethod>> {
  return {
    get_host_attribute: {
      required: ['attribute'],
      takesOthers: true,
      run: ({ named, others }) => {
        const attribute = pythonStr(named['attribute']);
        return select(models.hosts, hostsIndexed(state, others), others).flatMap((host) => {
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
        const hosts = select(models.hosts, hostsIndexed(state, others), others);
        checkHostAccess(state, user, hosts);
        const attribute = pythonStr(named['attribute']);
        for (const host of hosts) {
          if (named['value'] === null) host.attributes.delete(attribute);
          else state.setAttribute(host, attribute, pythonStr(named['value']));
        }
      },
    },
  };
}
