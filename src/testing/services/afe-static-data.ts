import { isProvisionable } from '../lab/model.js';
import { rebootAfter, rebootBefore } from './afe-answers.js';
import type { AfeParts } from './afe-parts.js';
import { priorities } from './create-job.js';
import type { Model } from './filters.js';
import { select } from './filters.js';
import { RpcError } from './rpc-error.js';
import type { RpcMethod } from './rpc-method.js';

/** The methods about the service itself, and about tables that a lab leaves empty. */
export function staticDataMethods(parts: AfeParts): Readonly<Record<string, RpcMethod>> {
  const { simulation, time } = parts;
  return {
    get_static_data: { run: (_, user) => staticData(parts, user) },
    get_atomic_groups: { takesOthers: true, run: ({ others }) => select(atomicGroups, [], others) },
    get_servers: {
      optional: ['hostname', 'role', 'status'],
      run: () => {
        const advice = 'Please try retrieve servers from global config.';
        throw new RpcError('RPCException', `Server database is not enabled. ${advice}`);
      },
    },
    get_server_time: { run: () => time.text(simulation.now).slice(0, -':00'.length) },
    formatted_now: { run: () => time.text(simulation.now) },
    get_motd: { run: () => '' },
    echo: { optional: ['data'], run: ({ named }) => named['data'] ?? '' },
  };
}

const atomicGroups: Model<object> = {
  fields: {},
  alsoKnown: ['description', 'hostqueueentry', 'id', 'invalid', 'label', 'max_number_of_machines', 'name'],
};

function staticData({ state, models, answers }: AfeParts, login: string): object {
  const labels = [...state.labels.values()].filter((label) => !isProvisionable(label.name));
  return {
    priorities: [...priorities].map(([name, priority]) => [priority, name]),
    default_priority: 'Default',
    max_schedulable_priority: priorities.get('Default'),
    users: select(models.users, state.users.values(), { sort_by: ['login'] }).map((user) => answers.user(user)),
    labels: select(models.labels, labels, { sort_by: ['-platform', 'name'] }).map((label) => answers.label(label)),
    atomic_groups: [],
    tests: [],
    profilers: [],
    current_user: answers.user(state.ensureUser(login)),
    host_statuses: [
      ...['Cleaning', 'Pending', 'Provisioning', 'Ready', 'Repair Failed', 'Repairing', 'Resetting', 'Running'],
      'Verifying',
    ],
    job_statuses: [...Object.keys(statusDictionary), 'Cleaning'].sort(),
    job_timeout_mins_default: '1440',
    job_max_runtime_mins_default: '1440',
    parse_failed_repair_default: true,
    reboot_before_options: rebootBefore,
    reboot_after_options: rebootAfter,
    motd: '',
    drone_sets_enabled: false,
    drone_sets: [null],
    parameterized_jobs: false,
    status_dictionary: statusDictionary,
    wmatrix_url: '',
    is_moblab: false,
  };
}

const statusDictionary: Readonly<Record<string, string>> = {
  Aborted: 'Aborted',
  Verifying: 'Verifying Host',
  Provisioning: 'Provisioning Host',
  Pending: 'Waiting on other hosts',
  Running: 'Running autoserv',
  Completed: 'Autoserv completed',
  Failed: 'Failed to complete',
  Queued: 'Queued',
  Starting: "Next in host's queue",
  Stopped: 'Other host(s) failed verify',
  Parsing: 'Awaiting parse of final results',
  Gathering: 'Gathering log files',
  Template: 'Template job for recurring run',
  Waiting: 'Waiting for scheduler action',
  Archiving: 'Archiving results',
  Resetting: 'Resetting hosts',
};
