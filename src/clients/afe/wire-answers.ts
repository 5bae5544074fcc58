import type { LabTime } from '../lab-time.js';
import type { WireReader } from '../wire-reader.js';
import type { AclGroup, JobSummary, LabUser, SpecialTask } from './lab-records.js';
import type { AbortedEntry, Host, HostAttribute, HostQueueEntry, Job, Label } from './types.js';

export function readJob(wire: WireReader, labTime: LabTime): Job {
  return {
    id: wire.field('id').integer(),
    name: wire.field('name').string(),
    owner: wire.field('owner').text(),
    parentJobId: wire.field('parent_job').integerOrNull(),
    priority: wire.field('priority').integerOrNull() ?? 0,
    createdOnMs: wire.field('created_on').timeOrNull(labTime),
    keyvals: wire.field('keyvals').dict(),
    dependencies: splitList(wire.field('dependencies').text()),
    controlFile: wire.field('control_file').text(),
  };
}

export function readHostQueueEntry(wire: WireReader, labTime: LabTime): HostQueueEntry {
  return {
    id: wire.field('id').integer(),
    jobId: wire.field('job').field('id').integer(),
    status: wire.field('status').string(),
    complete: wire.field('complete').boolean(),
    active: wire.field('active').boolean(),
    aborted: wire.field('aborted').boolean(),
    executionSubdir: wire.field('execution_subdir').text(),
    startedOnMs: wire.field('started_on').timeOrNull(labTime),
    finishedOnMs: wire.field('finished_on').timeOrNull(labTime),
    hostname: wire.field('host').orNull((host) => host.field('hostname').string()),
    metaHost: wire.field('meta_host').stringOrNull(),
  };
}

export function readAbortedEntry(wire: WireReader): AbortedEntry {
  return {
    entryId: wire.field('HostQueueEntry').integer(),
    jobId: wire.field('Job').integer(),
    jobName: wire.field('Job name').text(),
  };
}

export function readHost(wire: WireReader): Host {
  return {
    id: wire.field('id').integer(),
    hostname: wire.field('hostname').string(),
    status: wire.field('status').string(),
    locked: wire.field('locked').boolean(),
    lockReason: wire.field('lock_reason').text(),
    labels: wire.field('labels').strings(),
    attributes: wire.field('attributes').dict(),
  };
}

export function readLabel(wire: WireReader): Label {
  return { id: wire.field('id').integer(), name: wire.field('name').string() };
}

export function readHostAttribute(wire: WireReader): HostAttribute {
  return {
    hostname: wire.field('host').string(),
    attribute: wire.field('attribute').string(),
    value: wire.field('value').text(),
  };
}

export function readJobSummary(wire: WireReader, labTime: LabTime): JobSummary {
  const counts = wire.field('status_counts').entries((count) => count.integer());
  return { ...readJob(wire, labTime), statusCounts: Object.fromEntries(counts) };
}

export function readLabUser(wire: WireReader): LabUser {
  return {
    id: wire.field('id').integer(),
    login: wire.field('login').string(),
    accessLevel: wire.field('access_level').integer(),
  };
}

export function readAclGroup(wire: WireReader): AclGroup {
  return {
    id: wire.field('id').integer(),
    name: wire.field('name').string(),
    description: wire.field('description').text(),
    users: wire.field('users').strings(),
    hosts: wire.field('hosts').strings(),
  };
}

export function readSpecialTask(wire: WireReader, labTime: LabTime): SpecialTask {
  return {
    id: wire.field('id').integer(),
    task: wire.field('task').string(),
    hostname: wire.field('host').field('hostname').string(),
    entryId: wire.field('queue_entry').orNull((entry) => entry.field('id').integer()),
    requestedBy: wire.field('requested_by').text(),
    requestedOnMs: wire.field('time_requested').timeOrNull(labTime),
    startedOnMs: wire.field('time_started').timeOrNull(labTime),
    finishedOnMs: wire.field('time_finished').timeOrNull(labTime),
    active: wire.field('is_active').boolean(),
    complete: wire.field('is_complete').boolean(),
    aborted: wire.field('is_aborted').boolean(),
    success: wire.field('success').boolean(),
  };
}

/** The AFE tells its time without the seconds: the beginning of the minute. */
export function readServerTime(wire: WireReader, labTime: LabTime): number {
  const ms = labTime.parse(`${wire.string()}:00`);
  if (ms === null) throw wire.refusal('a time without seconds');
  return ms;
}

/** The AFE joins a job's labels by commas. */
function splitList(joined: string): readonly string[] {
  return joined
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
