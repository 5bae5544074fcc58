import type { LabTime } from '../lab-time.js';
import type { WireReader } from '../wire-reader.js';
import type { AbortedEntry, Host, HostAttribute, HostQueueEntry, Job, Label } from './types.js';

export function readJob(wire: WireReader, labTime: LabTime): Job {
  return {
    id: wire.field('id').integer(),
    name: wire.field('name').string(),
    owner: wire.field('owner').text(),
    parentJobId: wire.field('parent_job').integerOrNull(),
    priority: wire.field('priority').integerOrNull() ?? 0,
    createdOnMs: labTime.parse(wire.field('created_on').text()),
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
    startedOnMs: labTime.parse(wire.field('started_on').text()),
    finishedOnMs: labTime.parse(wire.field('finished_on').text()),
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

/** The AFE joins a job's labels by commas. */
function splitList(joined: string): readonly string[] {
  return joined
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
