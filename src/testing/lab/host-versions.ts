import type { LabState } from './lab-state.js';
import type { LabHostRecord, LabLabel } from './model.js';
import { labelPrefix } from './model.js';

/** Takes away what a host has of the kind that a version label names, before another is put on it. */
export function removeVersion(state: LabState, host: LabHostRecord, version: LabLabel): void {
  const prefix = labelPrefix(version.name);
  for (const label of [...host.labels]) if (label.name.startsWith(prefix)) state.removeLabel(host, label);
  if (prefix === crosVersion) host.attributes.delete(jobRepoUrl);
}

/** Puts a version on a host: its label, and for a build of the system the attribute that says where its packages are. */
export function putVersion(
  state: LabState,
  host: LabHostRecord,
  version: LabLabel,
  urlOf: (build: string) => string,
): void {
  state.addLabel(host, version);
  if (!version.name.startsWith(crosVersion)) return;
  state.setAttribute(host, jobRepoUrl, urlOf(version.name.slice(crosVersion.length)));
}

const crosVersion = 'cros-version:';
const jobRepoUrl = 'job_repo_url';
