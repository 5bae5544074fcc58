import type { LabEntry, LabTask } from '../lab/model.js';
import { isActive, isComplete } from '../lab/model.js';
import { checkHostAccess } from './access.js';
import { hostDetail } from './afe-host-detail.js';
import { entriesIndexed } from './afe-indexes.js';
import type { AfeParts } from './afe-parts.js';
import { hostTable } from './afe-parts.js';
import { recordOf } from './afe-records.js';
import type { Filter, Model } from './filters.js';
import { count, relation, select } from './filters.js';
import type { RpcMethod } from './rpc-method.js';

/** The methods about what the lab does to hosts besides running jobs on them. */
export function specialTaskMethods(parts: AfeParts): Readonly<Record<string, RpcMethod>> {
  const { state, simulation } = parts;
  const model = taskModel(parts);
  const tasksWhere = (filter: Filter) => select(model, state.tasks.all(), filter);
  const answer = (task: LabTask) => answerTask(parts, task);
  const requestFor = (name: 'Verify' | 'Repair'): RpcMethod => ({
    takesOthers: true,
    run: ({ others }, user) => {
      const hosts = select(parts.models.hosts, state.hosts.values(), others);
      checkHostAccess(state, user, hosts);
      for (const host of hosts) simulation.requestTask(name, host, user);
      return hosts.map((host) => host.hostname).sort();
    },
  });
  const statusTask: RpcMethod = {
    required: ['host_id', 'end_time'],
    run: ({ named }) => {
      const host = recordOf(hostTable(state), named['host_id']);
      const ended = tasksWhere({ host: host.id, is_complete: true, time_finished__lte: named['end_time'] });
      // A success shows that the host worked; only a failed repair shows that it did not.
      const telling = ended.filter((task) => task.success || task.name === 'Repair');
      const [last] = [...telling].sort((a, b) => (b.finishedMs ?? 0) - (a.finishedMs ?? 0) || b.id - a.id);
      return last === undefined ? null : answer(last);
    },
  };
  return {
    get_special_tasks: { takesOthers: true, run: ({ others }) => tasksWhere(others).map(answer) },
    get_num_special_tasks: { takesOthers: true, run: ({ others }) => count(model, state.tasks.all(), others) },
    get_host_special_tasks: {
      required: ['host_id'],
      takesOthers: true,
      run: ({ named, others }) =>
        tasksWhere({ ...others, host: recordOf(hostTable(state), named['host_id']).id }).map(answer),
    },
    get_host_num_special_tasks: {
      required: ['host'],
      takesOthers: true,
      run: ({ named, others }) =>
        count(model, state.tasks.all(), { ...others, host: recordOf(hostTable(state), named['host']).id }),
    },
    abort_special_tasks: {
      takesOthers: true,
      run: ({ others }) => simulation.abortTasks(tasksWhere(others).filter(isRunning)),
    },
    reverify_hosts: requestFor('Verify'),
    repair_hosts: requestFor('Repair'),
    get_status_task: statusTask,
    get_host_status_task: statusTask,
    get_host_queue_entries_and_special_tasks: {
      required: ['host'],
      optional: ['query_start', 'query_limit', 'start_time', 'end_time'],
      run: ({ named }) => {
        const host = recordOf(hostTable(state), named['host']);
        const between = (field: string): Filter => ({
          host: host.id,
          sort_by: ['-id'],
          ...((named['start_time'] ?? null) === null ? {} : { [`${field}__gte`]: named['start_time'] }),
          ...((named['end_time'] ?? null) === null ? {} : { [`${field}__lte`]: named['end_time'] }),
        });
        const entries = select(parts.models.entries, entriesIndexed(parts, {}), between('started_on'));
        return hostDetail(parts, named, entries, tasksWhere(between('time_started')));
      },
    },
  };
}

function isRunning(task: LabTask): boolean {
  return task.startedMs !== undefined && task.finishedMs === undefined;
}

function taskModel({ state, models, time }: AfeParts): Model<LabTask> {
  const timeOf = (ms: number | undefined) => (ms === undefined ? null : time.text(ms));
  return {
    fields: {
      id: { type: 'integer', get: (task) => task.id },
      task: { type: 'text', get: (task) => task.name },
      is_active: { type: 'boolean', get: isRunning },
      is_complete: { type: 'boolean', get: (task) => task.finishedMs !== undefined },
      is_aborted: { type: 'boolean', get: (task) => task.aborted },
      success: { type: 'boolean', get: (task) => task.success },
      time_requested: { type: 'time', get: (task) => timeOf(task.requestedMs) },
      time_started: { type: 'time', get: (task) => timeOf(task.startedMs) },
      time_finished: { type: 'time', get: (task) => timeOf(task.finishedMs) },
      host: relation(
        () => models.hosts,
        (task) => [task.host],
        'host_id',
      ),
      queue_entry: relation(
        () => models.entries,
        (task) => [task.entryId ?? 0].flatMap((id) => state.jobs.entry(id) ?? []),
        'queue_entry_id',
      ),
      requested_by: relation(
        () => models.users,
        (task) => [state.ensureUser(task.requestedBy)],
        'requested_by_id',
      ),
    },
  };
}

function answerTask(parts: AfeParts, task: LabTask): object {
  const timeOf = (ms: number | undefined) => (ms === undefined ? null : parts.time.text(ms));
  const entry = parts.state.jobs.entry(task.entryId ?? 0);
  return {
    id: task.id,
    task: task.name,
    host: parts.answers.hostWithin(task.host),
    queue_entry: entry === undefined ? null : flatEntry(entry, timeOf),
    requested_by: task.requestedBy,
    time_requested: timeOf(task.requestedMs),
    time_started: timeOf(task.startedMs),
    time_finished: timeOf(task.finishedMs),
    is_active: isRunning(task),
    is_complete: task.finishedMs !== undefined,
    is_aborted: task.aborted,
    success: task.success,
  };
}

/** An entry within a task: what it refers to goes by name, or by number where it has none. */
function flatEntry(entry: LabEntry, timeOf: (ms: number | undefined) => string | null): object {
  return {
    id: entry.id,
    job: entry.job.id,
    host: entry.host?.hostname ?? null,
    meta_host: entry.metaHost?.name ?? null,
    status: entry.status,
    active: isActive(entry),
    complete: isComplete(entry),
    aborted: entry.aborted,
    deleted: false,
    atomic_group: null,
    execution_subdir: entry.executionSubdir,
    started_on: timeOf(entry.startedMs),
    finished_on: timeOf(entry.finishedMs),
  };
}
