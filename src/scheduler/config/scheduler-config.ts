import { describe } from '../../suite/argument-checks.js';
import type { SuiteTask } from '../task.js';
import { builtInEvents, knownEvents, unknownEvent } from './event-keywords.js';
import { eventFields, vetEventSettings } from './event-settings.js';
import { substanceOf } from './same-task.js';
import { SchedulerConfigError } from './scheduler-config-error.js';
import { refuseUnknown, taskAt, type SuiteTaskOptions } from './suite-task.js';
import type { EventSettings, SchedulerConfig } from './types.js';

/** A configuration that is written in TypeScript. */
export interface SchedulerConfigOptions {
  /** Tasks as `suiteTask` makes them, or what it makes them of. */
  readonly tasks: readonly SuiteTaskOptions[];
  /**
   * Settings by the keyword of the event. The keyword of an event of your own that a task runs on has to be here, if
   * only with `{}`: any other is taken for a slip of the pen.
   *
   * @defaultValue none
   */
  readonly events?: Readonly<Record<string, EventSettings>> | undefined;
}

/**
 * The configuration of a scheduler without a file, by the same rules. It never changes.
 *
 * @throws SchedulerConfigError for a task or a setting that is wrong, two tasks of one name, and two tasks that differ in
 * nothing else (C6); `field` names it, e.g. `tasks[2].hour`
 */
export function schedulerConfig(options: SchedulerConfigOptions): SchedulerConfig {
  const { tasks: given, events: settings = {} } = options;
  if (!Array.isArray(given)) {
    throw new SchedulerConfigError(`expected a list of tasks, found ${describe(given)}`, { field: 'tasks' });
  }
  const known = knownEvents(Object.keys(settings));
  const tasks = given.map((task: SuiteTaskOptions, index) => taskAt(task, known, `tasks[${index}].`));
  refuseRepeated(tasks);
  return { tasks, events: vettedEvents(settings, tasks), problems: [] };
}

function refuseRepeated(tasks: readonly SuiteTask[]): void {
  const names = new Map<string, number>();
  const substances = new Map<string, number>();
  for (const [index, task] of tasks.entries()) {
    const substance = substanceOf(task);
    const namesake = names.get(task.name);
    if (namesake !== undefined) {
      const problem = `must be unique, but tasks[${namesake}] has it, too`;
      throw new SchedulerConfigError(problem, { field: `tasks[${index}].name` });
    }
    const same = substances.get(substance);
    if (same !== undefined) {
      throw new SchedulerConfigError(`does the same as tasks[${same}]`, { field: `tasks[${index}]` });
    }
    names.set(task.name, index);
    substances.set(substance, index);
  }
}

function vettedEvents(
  given: Readonly<Record<string, EventSettings>>,
  tasks: readonly SuiteTask[],
): Readonly<Record<string, EventSettings>> {
  const used = new Set([...builtInEvents, ...tasks.map(({ runOn }) => runOn)]);
  const entries = Object.entries(given).map(([keyword, settings]): [string, EventSettings] => {
    const field = `events.${keyword}`;
    if (!used.has(keyword)) {
      throw new SchedulerConfigError(`no task runs on it; ${unknownEvent(keyword, [...used])}`, { field });
    }
    if (typeof settings !== 'object' || settings === null) {
      throw new SchedulerConfigError(`expected settings, found ${describe(settings)}`, { field });
    }
    refuseUnknown(settings, eventFields(keyword), `${field}.`);
    const vetted = vetEventSettings({ ...settings });
    if ('settings' in vetted) return [keyword, vetted.settings];
    const [fault] = vetted.faults;
    throw new SchedulerConfigError(fault?.reason ?? 'is wrong', { field: `${field}.${fault?.field ?? ''}` });
  });
  return Object.fromEntries(entries);
}
