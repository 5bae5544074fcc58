import type { TaskField } from './vet-task.js';

/** The fields of a task that a section says. */
export type KeyedField = Exclude<TaskField, 'name' | 'line'>;

/** What each field is called in a section, the first being the name it goes by. */
export const taskKeys: Readonly<Record<KeyedField, readonly [string, ...string[]]>> = {
  suite: ['suite'],
  runOn: ['run_on'],
  branchSpecs: ['branch_specs', 'branch'],
  buildTypes: ['build_types'],
  buildPolicy: ['build_policy'],
  pool: ['pool'],
  boards: ['boards'],
  num: ['num'],
  hour: ['hour'],
  day: ['day'],
  fileBugs: ['file_bugs'],
  jobRetry: ['job_retry'],
  crosBuildSpec: ['cros_build_spec'],
  firmwareRwBuildSpec: ['firmware_rw_build_spec'],
  testSource: ['test_source'],
};

export function keyOf(field: TaskField): string {
  return field === 'name' || field === 'line' ? field : taskKeys[field][0];
}
