import type { EntryStatus, LabHostRecord, LabJob, LabLabel, TaskName } from './model.js';
import { isProvisionable } from './model.js';

/** What a host goes through before a job, in order. Provisioning leaves a host as clean as a reset does. */
export function tasksBefore(job: LabJob, host: LabHostRecord, mustProvision: boolean): readonly TaskName[] {
  if (mustProvision || missingVersions(job, host).length > 0) return ['Provision'];
  if (job.runReset) return ['Reset'];
  const needsCleanup = job.rebootBefore === always || (job.rebootBefore === ifDirty && host.dirty);
  return [...(needsCleanup ? (['Cleanup'] as const) : []), ...(job.runVerify ? (['Verify'] as const) : [])];
}

/** What a host goes through after a job that ran to its end. */
export function taskAfter(job: LabJob, passed: boolean): TaskName | undefined {
  return job.rebootAfter === always || (job.rebootAfter === ifAllPassed && passed) ? 'Cleanup' : undefined;
}

/** What a host needs that was stopped in the middle of something. */
export function taskAfterStop(status: EntryStatus): TaskName | undefined {
  switch (status) {
    case 'Provisioning':
      return 'Repair';
    case 'Cleaning':
    case 'Verifying':
    case 'Resetting':
    case 'Running':
      return 'Cleanup';
    default:
      return undefined;
  }
}

/** The versions that a job asks for. */
export function versionsOf(job: LabJob): readonly LabLabel[] {
  return job.dependencies.filter((label) => isProvisionable(label.name));
}

export function missingVersions(job: LabJob, host: LabHostRecord): readonly LabLabel[] {
  return versionsOf(job).filter((label) => !host.labels.has(label));
}

/** Of the numbers that `reboot_before` and `reboot_after` have. */
const ifDirty = 1;
const ifAllPassed = 1;
const always = 2;
