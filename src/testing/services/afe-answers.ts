import type { LocalTime } from '../lab/local-time.js';
import type { LabAclGroup, LabEntry, LabHostRecord, LabJob, LabLabel, LabShard, LabUser } from '../lab/model.js';
import { fullStatus, isActive, isComplete } from '../lab/model.js';

/** The AFE's records as it sends them, with all the fields of the real one. */
export class AfeAnswers {
  readonly #time: LocalTime;

  constructor(time: LocalTime) {
    this.#time = time;
  }

  user({ id, login, accessLevel }: LabUser): object {
    return {
      id,
      login,
      access_level: accessLevel,
      show_experimental: false,
      drone_set: null,
      reboot_before: 'If dirty',
      reboot_after: 'Never',
    };
  }

  label({ id, name, platform, kernelConfig, onlyIfNeeded }: LabLabel): object {
    return {
      id,
      name,
      platform,
      invalid: false,
      kernel_config: kernelConfig,
      atomic_group: null,
      only_if_needed: onlyIfNeeded,
    };
  }

  aclGroup({ id, name, description, users, hosts }: LabAclGroup): object {
    return {
      id,
      name,
      description,
      users: byId([...users.values()]).map((user) => user.login),
      hosts: byId([...hosts]).map((host) => host.hostname),
    };
  }

  shard({ id, hostname, labels }: LabShard): object {
    return { id, hostname, labels: labels.map((label) => label.name) };
  }

  host(host: LabHostRecord): object {
    const labels = [...host.labels];
    return {
      ...this.#bareHost(host),
      labels: labels.map((label) => label.name),
      platform: labels.find((label) => label.platform)?.name ?? null,
      acls: byId([...host.acls]).map((group) => group.name),
      attributes: Object.fromEntries([...host.attributes].map(([key, { value }]) => [key, value])),
      atomic_group: null,
    };
  }

  /** For the form that makes a job like another one. */
  hostToClone(host: LabHostRecord): object {
    const platform = [...host.labels].find((label) => label.platform);
    const labels = [...host.labels].filter((label) => label !== platform).map((label) => label.name);
    return { ...this.host(host), labels, other_labels: labels.join(', ') };
  }

  hostWithWork(host: LabHostRecord): object {
    return { ...this.host(host), current_job: host.entry?.job.id ?? null, current_special_task: taskInWork(host) };
  }

  job(job: LabJob): object {
    return {
      ...this.bareJob(job),
      dependencies: job.dependencies.map((label) => label.name).join(),
      keyvals: Object.fromEntries(job.keyvals),
    };
  }

  /** @param resultCounts - how its tests ended, as the results database groups them */
  jobSummary(job: LabJob, resultCounts: object): object {
    const statusCounts: Record<string, number> = {};
    for (const entry of job.entries) {
      const status = fullStatus(entry);
      statusCounts[status] = (statusCounts[status] ?? 0) + 1;
    }
    return { ...this.job(job), status_counts: statusCounts, result_counts: resultCounts };
  }

  entry(entry: LabEntry): object {
    return {
      id: entry.id,
      status: entry.status,
      full_status: fullStatus(entry),
      aborted: entry.aborted,
      active: isActive(entry),
      complete: isComplete(entry),
      deleted: entry.host?.deleted ?? false,
      atomic_group: null,
      execution_subdir: entry.executionSubdir,
      started_on: this.#timeOf(entry.startedMs),
      finished_on: this.#timeOf(entry.finishedMs),
      meta_host: entry.metaHost?.name ?? null,
      host: entry.host === undefined ? null : this.#bareHost(entry.host),
      job: this.bareJob(entry.job),
    };
  }

  /** A host as it stands within other records. */
  hostWithin(host: LabHostRecord): object {
    return this.#bareHost(host);
  }

  #bareHost(host: LabHostRecord): object {
    return {
      id: host.id,
      hostname: host.hostname,
      status: host.status,
      locked: host.lock !== undefined,
      locked_by: host.lock?.by ?? null,
      lock_time: this.#timeOf(host.lock?.atMs),
      lock_reason: host.lock?.reason ?? '',
      protection: protections[host.protection] ?? host.protection,
      leased: host.leased,
      dirty: host.dirty,
      shard: null,
      invalid: host.deleted,
      synch_id: host.synchId,
    };
  }

  /** A job without what other tables say of it. */
  bareJob(job: LabJob): object {
    return {
      id: job.id,
      name: job.name,
      owner: job.owner,
      priority: job.priority,
      control_file: job.controlFile,
      control_type: job.controlType,
      created_on: this.#time.text(job.createdMs),
      parent_job: job.parentId ?? null,
      synch_count: job.synchCount,
      timeout: job.timeoutHours,
      timeout_mins: job.timeoutMins,
      max_runtime_hrs: 72,
      max_runtime_mins: job.maxRuntimeMins,
      test_retry: job.testRetry,
      require_ssp: job.requireSsp,
      run_verify: job.runVerify,
      run_reset: job.runReset,
      reboot_before: rebootBefore[job.rebootBefore] ?? null,
      reboot_after: rebootAfter[job.rebootAfter] ?? null,
      parse_failed_repair: job.parseFailedRepair,
      email_list: job.emailList,
      drone_set: null,
      shard: null,
      parameterized_job: null,
    };
  }

  #timeOf(ms: number | undefined): string | null {
    return ms === undefined ? null : this.#time.text(ms);
  }
}

function taskInWork({ task }: LabHostRecord): string | null {
  return task === undefined ? null : `${task.id}-${task.name.toLowerCase()}`;
}

/** The names behind the numbers that jobs hold. */
export const rebootBefore: readonly string[] = ['Never', 'If dirty', 'Always'];
export const protections: readonly string[] = [
  'No protection',
  'Repair software only',
  'Repair filesystem only',
  'Do not repair',
  'Do not verify',
];
export const rebootAfter: readonly string[] = ['Never', 'If all tests passed', 'Always'];

function byId<Row extends { readonly id: number }>(rows: readonly Row[]): readonly Row[] {
  return [...rows].sort((a, b) => a.id - b.id);
}
