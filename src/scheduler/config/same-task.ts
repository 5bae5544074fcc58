import type { SuiteTask } from '../task.js';

/**
 * What two tasks have in common when they are the same (C6): everything but the name, and the place where they were
 * written. The order of boards, branches and types does not count.
 */
export function substanceOf(task: SuiteTask): string {
  const substance: SuiteTask = {
    ...task,
    name: '',
    line: null,
    branchSpecs: [...task.branchSpecs].sort(),
    buildTypes: [...task.buildTypes].sort(),
    boards: [...task.boards].sort(),
  };
  return JSON.stringify(Object.entries(substance).sort(([a], [b]) => (a < b ? -1 : 1)));
}
