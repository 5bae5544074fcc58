import type { LabState } from '../lab/lab-state.js';
import type { LabAclGroup } from '../lab/model.js';
import { checkGroupAccess } from './access.js';
import type { AfeParts } from './afe-parts.js';
import { groupTable, hostTable, userTable } from './afe-parts.js';
import { checkFields, checkName, recordOf, recordsOf } from './afe-records.js';
import { select } from './filters.js';
import type { JsonObject } from './json-values.js';
import { pythonStr } from './python.js';
import { RpcError } from './rpc-error.js';
import type { RpcMethod } from './rpc-method.js';

/** The methods about ACL groups: who may use which hosts. */
export function aclGroupMethods({ state, simulation, models, answers }: AfeParts): Readonly<Record<string, RpcMethod>> {
  const groups = groupTable(state);
  const ownGroup = (id: unknown, user: string): LabAclGroup => {
    const group = recordOf(groups, id);
    checkGroupAccess(state, user, group);
    return group;
  };
  const settle = () => {
    settleHosts(state);
    simulation.lookForHosts();
  };
  return {
    get_acl_groups: {
      takesOthers: true,
      run: ({ others }) =>
        select(models.aclGroups, state.aclGroups.values(), others).map((group) => answers.aclGroup(group)),
    },
    add_acl_group: {
      required: ['name'],
      optional: ['description'],
      run: ({ named }, user) => {
        const name = pythonStr(named['name'] ?? '');
        checkName(groups, name);
        const group = state.ensureAclGroup(name);
        group.description = pythonStr(named['description'] ?? '');
        addIfEmpty(state, group, user);
        return group.id;
      },
    },
    modify_acl_group: {
      required: ['id'],
      takesOthers: true,
      run: ({ named, others }, user) => {
        const group = ownGroup(named['id'], user);
        checkFields(others, ['id', 'name', 'description']);
        modify(state, group, others);
        addIfEmpty(state, group, user);
      },
    },
    delete_acl_group: {
      required: ['id'],
      run: ({ named }, user) => {
        const group = recordOf(groups, named['id']);
        if (group === state.everyone) throw new RpcError('AclAccessViolation', "You cannot delete 'Everyone'!");
        checkGroupAccess(state, user, group);
        for (const host of [...group.hosts]) state.removeFromGroup(group, host);
        state.aclGroups.delete(group);
        settle();
      },
    },
    acl_group_add_users: {
      required: ['id', 'users'],
      run: ({ named }, user) => {
        const group = ownGroup(named['id'], user);
        for (const member of recordsOf(userTable(state), named['users'])) group.users.set(member.login, member);
        simulation.lookForHosts();
      },
    },
    acl_group_remove_users: {
      required: ['id', 'users'],
      run: ({ named }, user) => {
        const group = ownGroup(named['id'], user);
        for (const { login } of recordsOf(userTable(state), named['users'])) group.users.delete(login);
        addIfEmpty(state, group, user);
      },
    },
    acl_group_add_hosts: {
      required: ['id', 'hosts'],
      run: ({ named }, user) => {
        const group = ownGroup(named['id'], user);
        for (const host of recordsOf(hostTable(state), named['hosts'])) state.addToGroup(group, host);
        settle();
      },
    },
    acl_group_remove_hosts: {
      required: ['id', 'hosts'],
      run: ({ named }, user) => {
        const group = ownGroup(named['id'], user);
        for (const host of recordsOf(hostTable(state), named['hosts'])) state.removeFromGroup(group, host);
        settle();
      },
    },
  };
}

function modify(state: LabState, group: LabAclGroup, data: JsonObject): void {
  if (data['name'] !== undefined) {
    const name = pythonStr(data['name'] ?? '');
    checkName(groupTable(state), name, group);
    state.aclGroups.rename(group, () => void (group.name = name));
  }
  if (data['description'] !== undefined) group.description = pythonStr(data['description'] ?? '');
}

/** Nobody could change a group without members. */
function addIfEmpty(state: LabState, group: LabAclGroup, login: string): void {
  if (group.users.size === 0) group.users.set(login, state.ensureUser(login));
}

/** A host is open to everyone exactly as long as it is in no other group. */
function settleHosts(state: LabState): void {
  const { everyone } = state;
  for (const host of state.hosts.values()) {
    if (host.acls.size === 0) state.addToGroup(everyone, host);
    else if (host.acls.size > 1 && host.acls.has(everyone)) state.removeFromGroup(everyone, host);
  }
}
