import type { LabState } from '../lab/lab-state.js';
import type { LabUser } from '../lab/model.js';
import { checkUserAccess } from './access.js';
import type { AfeParts } from './afe-parts.js';
import { userTable } from './afe-parts.js';
import { checkFields, checkName, recordOf } from './afe-records.js';
import { select } from './filters.js';
import { toInt } from './json-values.js';
import { pythonStr } from './python.js';
import { validationError } from './rpc-error.js';
import type { RpcMethod } from './rpc-method.js';

/** The methods about users. Whoever calls is one from then on. */
export function userMethods({ state, models, answers }: AfeParts): Readonly<Record<string, RpcMethod>> {
  return {
    get_users: {
      takesOthers: true,
      run: ({ others }) => select(models.users, state.users.values(), others).map((user) => answers.user(user)),
    },
    add_user: {
      required: ['login'],
      optional: ['access_level'],
      run: ({ named }, user) => {
        const login = pythonStr(named['login'] ?? '');
        checkName(userTable(state), login);
        const accessLevel = toInt(named['access_level'] ?? 0);
        checkUserAccess(state, user, login);
        return state.ensureUser(login, accessLevel).id;
      },
    },
    modify_user: {
      required: ['id'],
      takesOthers: true,
      run: ({ named, others }, user) => {
        const changed = recordOf(userTable(state), named['id']);
        checkFields(others, userFields);
        if (others['login'] !== undefined && others['login'] !== changed.login) throw cannotRename(changed);
        const accessLevel = toInt(others['access_level'] ?? changed.accessLevel);
        checkUserAccess(state, user, changed.login);
        changed.accessLevel = accessLevel;
      },
    },
    delete_user: { required: ['id'], run: ({ named }) => deleteUser(state, named['id']) },
  };
}

const userFields = [
  ...['id', 'login', 'access_level', 'reboot_before', 'reboot_after', 'drone_set', 'show_experimental'],
];

function deleteUser(state: LabState, id: unknown): void {
  state.deleteUser(recordOf(userTable(state), id));
}

/** The service would; but a login is also what jobs know their owner by. */
function cannotRename({ login }: LabUser) {
  return validationError('login', `The embedded lab cannot rename the user ${login}`);
}
