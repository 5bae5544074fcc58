import type { LabState } from '../lab/lab-state.js';
import type { LocalTime } from '../lab/local-time.js';
import type { LabEntry, LabHostRecord, LabJob, LabLabel, LabUser } from '../lab/model.js';
import { isActive, isComplete } from '../lab/model.js';
import type { Model } from './filters.js';
import { relation } from './filters.js';

export interface AfeModels {
  readonly users: Model<LabUser>;
  readonly labels: Model<LabLabel>;
  readonly hosts: Model<LabHostRecord>;
  readonly jobs: Model<LabJob>;
  readonly entries: Model<LabEntry>;
}

/** What filters can ask of the AFE's tables. */
export function afeModels(state: LabState, time: LocalTime): AfeModels {
  const timeOf = (ms: number | undefined) => (ms === undefined ? null : time.text(ms));

  const users: Model<LabUser> = {
    fields: {
      id: { type: 'integer', get: (user) => user.id },
      login: { type: 'text', get: (user) => user.login },
      access_level: { type: 'integer', get: (user) => user.accessLevel },
    },
    alsoKnown: ['aclgroup', 'drone_set', 'reboot_after', 'reboot_before', 'show_experimental'],
  };

  const labels: Model<LabLabel> = {
    fields: {
      id: { type: 'integer', get: (label) => label.id },
      name: { type: 'text', get: (label) => label.name },
      platform: { type: 'boolean', get: (label) => label.platform },
      invalid: { type: 'boolean', get: () => false },
      only_if_needed: { type: 'boolean', get: () => false },
      kernel_config: { type: 'text', get: () => '' },
      host: relation(
        () => hosts,
        (label) => label.hosts,
      ),
    },
    alsoKnown: ['atomic_group', 'hostqueueentry', 'job', 'shard', 'test'],
  };

  const attributes: Model<{ readonly id: number; readonly attribute: string; readonly value: string }> = {
    fields: {
      id: { type: 'integer', get: (attribute) => attribute.id },
      attribute: { type: 'text', get: (attribute) => attribute.attribute },
      value: { type: 'text', get: (attribute) => attribute.value },
    },
  };

  const hosts: Model<LabHostRecord> = {
    fields: {
      id: { type: 'integer', get: (host) => host.id },
      hostname: { type: 'text', get: (host) => host.hostname },
      status: { type: 'text', get: (host) => host.status },
      locked: { type: 'boolean', get: (host) => host.lock !== undefined },
      lock_reason: { type: 'text', get: (host) => host.lock?.reason ?? '' },
      lock_time: { type: 'time', get: (host) => timeOf(host.lock?.atMs) },
      invalid: { type: 'boolean', get: () => false },
      leased: { type: 'boolean', get: () => true },
      dirty: { type: 'boolean', get: (host) => host.dirty },
      protection: { type: 'integer', get: () => 0 },
      synch_id: { type: 'integer', get: () => null },
      labels: relation(
        () => labels,
        (host) => host.labels,
      ),
      locked_by: relation(
        () => users,
        (host) => (host.lock === undefined ? [] : [state.ensureUser(host.lock.by)]),
        'locked_by_id',
      ),
      hostattribute: relation(
        () => attributes,
        (host) => [...host.attributes].map(([attribute, { id, value }]) => ({ id, attribute, value })),
      ),
      hostqueueentry: relation(
        () => entries,
        (host) => (host.entry === undefined ? [] : [host.entry]),
      ),
    },
    alsoKnown: ['aclgroup', 'ineligiblehostqueue', 'shard', 'specialtask'],
  };

  const keyvals: Model<{ readonly key: string; readonly value: string }> = {
    fields: {
      key: { type: 'text', get: (keyval) => keyval.key },
      value: { type: 'text', get: (keyval) => keyval.value },
    },
  };

  const jobs: Model<LabJob> = {
    fields: {
      id: { type: 'integer', get: (job) => job.id },
      name: { type: 'text', get: (job) => job.name },
      owner: { type: 'text', get: (job) => job.owner },
      control_file: { type: 'text', get: (job) => job.controlFile },
      control_type: { type: 'integer', get: (job) => (job.controlType === 'Server' ? 1 : 2) },
      created_on: { type: 'time', get: (job) => timeOf(job.createdMs) },
      priority: { type: 'integer', get: (job) => job.priority },
      synch_count: { type: 'integer', get: (job) => job.synchCount },
      timeout: { type: 'integer', get: (job) => job.timeoutHours },
      timeout_mins: { type: 'integer', get: (job) => job.timeoutMins },
      max_runtime_mins: { type: 'integer', get: (job) => job.maxRuntimeMins },
      max_runtime_hrs: { type: 'integer', get: () => 72 },
      test_retry: { type: 'integer', get: (job) => job.testRetry },
      run_verify: { type: 'boolean', get: (job) => job.runVerify },
      run_reset: { type: 'boolean', get: (job) => job.runReset },
      require_ssp: { type: 'boolean', get: (job) => job.requireSsp },
      email_list: { type: 'text', get: (job) => job.emailList },
      reboot_before: { type: 'integer', get: (job) => job.rebootBefore },
      reboot_after: { type: 'integer', get: (job) => job.rebootAfter },
      parse_failed_repair: { type: 'boolean', get: (job) => job.parseFailedRepair },
      parent_job: relation(
        () => jobs,
        (job) => (job.parent === undefined ? [] : [job.parent]),
        'parent_job_id',
      ),
      job: relation(
        () => jobs,
        (job) => job.children,
      ),
      dependency_labels: relation(
        () => labels,
        (job) => job.dependencies,
      ),
      hostqueueentry: relation(
        () => entries,
        (job) => job.entries,
      ),
      jobkeyval: relation(
        () => keyvals,
        (job) => [...job.keyvals].map(([key, value]) => ({ key, value })),
      ),
    },
    alsoKnown: ['drone_set', 'ineligiblehostqueue', 'parameterized_job', 'recurringrun', 'shard'],
  };

  const entries: Model<LabEntry> = {
    fields: {
      id: { type: 'integer', get: (entry) => entry.id },
      status: { type: 'text', get: (entry) => entry.status },
      active: { type: 'boolean', get: isActive },
      complete: { type: 'boolean', get: isComplete },
      aborted: { type: 'boolean', get: (entry) => entry.aborted },
      deleted: { type: 'boolean', get: () => false },
      execution_subdir: { type: 'text', get: (entry) => entry.executionSubdir },
      started_on: { type: 'time', get: (entry) => timeOf(entry.startedMs) },
      finished_on: { type: 'time', get: (entry) => timeOf(entry.finishedMs) },
      job: relation(
        () => jobs,
        (entry) => [entry.job],
        'job_id',
      ),
      host: relation(
        () => hosts,
        (entry) => (entry.host === undefined ? [] : [entry.host]),
        'host_id',
      ),
      meta_host: relation(
        () => labels,
        (entry) => (entry.metaHost === undefined ? [] : [entry.metaHost]),
        'meta_host_id',
      ),
    },
    alsoKnown: ['abortedhostqueueentry', 'atomic_group', 'specialtask'],
  };

  return { users, labels, hosts, jobs, entries };
}
