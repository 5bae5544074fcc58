import type { LabHostRecord, LabLabel, LabTask } from './model.js';
import { labelPrefix } from './model.js';
import type { SimulationParts } from './simulation-parts.js';
import { missingVersions, versionsOf } from './task-choice.js';

/** Tells that a host is to get the versions that its entry's job asks for. */
export function beginProvisioning(parts: SimulationParts, task: LabTask): void {
  tell(parts, 'host-provisioning', task, versionsToPut(task));
}

/** Leaves a host with the versions, or without any when it was stopped or failed halfway. */
export function endProvisioning(parts: SimulationParts, task: LabTask): void {
  const { host, entry, success } = task;
  if (entry === undefined) return;
  const labels = success ? versionsToPut(task) : versionsOf(entry.job);
  for (const label of labels) removeVersion(parts, host, label);
  if (!success) return;
  for (const label of labels) putVersion(parts, host, label);
  tell(parts, 'host-provisioned', task, labels);
}

function versionsToPut({ host, entry }: LabTask): readonly LabLabel[] {
  if (entry === undefined) return [];
  const missing = missingVersions(entry.job, host);
  return missing.length > 0 ? missing : versionsOf(entry.job);
}

/** Takes away what a host has of the kind that a version label names. */
function removeVersion({ state }: SimulationParts, host: LabHostRecord, version: LabLabel): void {
  const prefix = labelPrefix(version.name);
  for (const label of [...host.labels]) if (label.name.startsWith(prefix)) state.removeLabel(host, label);
  if (prefix === crosVersion) host.attributes.delete(jobRepoUrl);
}

/** Puts a version on a host: its label, and for a build of the system the attribute that says where its packages are. */
function putVersion({ state, options }: SimulationParts, host: LabHostRecord, version: LabLabel): void {
  state.addLabel(host, version);
  if (!version.name.startsWith(crosVersion)) return;
  state.setAttribute(host, jobRepoUrl, options.jobRepoUrl(version.name.slice(crosVersion.length)));
}

function tell(
  parts: SimulationParts,
  type: 'host-provisioning' | 'host-provisioned',
  { host, entry }: LabTask,
  labels: readonly LabLabel[],
): void {
  if (entry === undefined) return;
  parts.tell({ type, jobId: entry.job.id, host: host.hostname, labels: labels.map((label) => label.name) });
}

const crosVersion = 'cros-version:';
const jobRepoUrl = 'job_repo_url';
