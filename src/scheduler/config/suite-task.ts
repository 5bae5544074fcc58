import { closestName } from '../../clients/closest-name.js';
import { describe } from '../../suite/argument-checks.js';
import type { SuiteTask } from '../task.js';
import { knownEvents } from './event-keywords.js';
import { SchedulerConfigError } from './scheduler-config-error.js';
import { taskKeys } from './task-keys.js';
import { vetTask } from './vet-task.js';

/** What a task is made of. Whatever is left out has its default; a `SuiteTask` is one, too. */
export interface SuiteTaskOptions {
  /** 1 to 200 printable characters; unique among the tasks of a scheduler. */
  readonly name: string;
  /** As in the SUITE line of control files, e.g. `bvt`. */
  readonly suite: string;
  /** The keyword of the event that starts it: `nightly`, `weekly`, `new_build`, `new_chrome`, or that of one of your own. */
  readonly runOn: string;
  /**
   * `factory`, `firmware`, and constraints on milestones such as `>=R18`, `==tot` and `<=tot-2`, all of which must hold.
   *
   * @defaultValue every milestone, but neither factory nor firmware
   */
  readonly branchSpecs?: readonly string[] | undefined;
  /** @defaultValue `['release']` */
  readonly buildTypes?: readonly string[] | undefined;
  /**
   * Without `pool:`.
   *
   * @defaultValue any host of the board
   */
  readonly pool?: string | null | undefined;
  /**
   * Without `board:`.
   *
   * @defaultValue every board that the lab has
   */
  readonly boards?: readonly string[] | undefined;
  /**
   * Handed to the suite, where it has no effect.
   *
   * @defaultValue nothing is handed
   */
  readonly num?: number | null | undefined;
  /**
   * 0 (midnight) to 23; of nightly tasks only.
   *
   * @defaultValue that of the event, 21 unless configured
   */
  readonly hour?: number | null | undefined;
  /**
   * 0 (Monday) to 6 (Sunday); of weekly tasks only.
   *
   * @defaultValue that of the event, 5 unless configured
   */
  readonly day?: number | null | undefined;
  /** @defaultValue false */
  readonly fileBugs?: boolean | undefined;
  /** @defaultValue false */
  readonly jobRetry?: boolean | undefined;
  /**
   * With the branch `firmware`: which ChromeOS build goes with a firmware build, `tot`, `tot-2` or `R50`. Needs
   * `testSource`.
   *
   * @defaultValue none
   */
  readonly crosBuildSpec?: string | null | undefined;
  /**
   * Which firmware goes with a ChromeOS build: the latest of type `firmware`, or that of the latest `release` build
   * (`cros`). Needs `testSource`; not together with `crosBuildSpec`.
   *
   * @defaultValue none
   */
  readonly firmwareRwBuildSpec?: 'firmware' | 'cros' | null | undefined;
  /**
   * Whose tests are run where a suite has two builds.
   *
   * @defaultValue none, for suites that have one
   */
  readonly testSource?: 'firmware_rw' | 'cros' | null | undefined;
  /**
   * Which of several new builds of a branch are tested, and in what order (C10).
   *
   * @defaultValue `'oldest-first'`
   */
  readonly buildPolicy?: SuiteTask['buildPolicy'] | undefined;
  /**
   * The line that it comes from, for whoever reads tasks from a file of another kind.
   *
   * @defaultValue none
   */
  readonly line?: number | null | undefined;
}

/** What else there is when a task is made. */
export interface SuiteTaskSettings {
  /**
   * The keywords of events of your own that `runOn` may name.
   *
   * @defaultValue none but `nightly`, `weekly`, `new_build` and `new_chrome`
   */
  readonly events?: readonly string[] | undefined;
}

/**
 * A task of a scheduler, by the rules that a section of a configuration file has.
 *
 * @throws SchedulerConfigError for a field that is unknown, missing or wrong, or contradicts another; `field` names it
 */
export function suiteTask(options: SuiteTaskOptions, settings: SuiteTaskSettings = {}): SuiteTask {
  return taskAt(options, knownEvents(settings.events), '');
}

/** @param place - what stands before the names of fields in errors, e.g. `tasks[2].` */
export function taskAt(options: SuiteTaskOptions, events: readonly string[], place: string): SuiteTask {
  if (typeof options !== 'object' || options === null) {
    throw new SchedulerConfigError(`expected a task, found ${describe(options)}`, {
      field: place.slice(0, -1) || 'task',
    });
  }
  refuseUnknown(options, knownFields, place);
  const vetted = vetTask({ ...options }, { events, nameOf: (field) => field });
  if ('task' in vetted) return vetted.task;
  const [fault] = vetted.faults;
  throw new SchedulerConfigError(fault?.reason ?? 'is no task', { field: `${place}${fault?.field ?? 'name'}` });
}

/** Callers without types may mistype a name, and it would silently have no effect. */
export function refuseUnknown(given: object, known: readonly string[], place: string): void {
  const unknown = Object.keys(given).find((field) => !known.includes(field));
  if (unknown === undefined) return;
  const meant = closestName(unknown, known);
  const help = meant === undefined ? `known are ${known.join(', ')}` : `did you mean "${meant}"?`;
  throw new SchedulerConfigError(`is not known; ${help}`, { field: `${place}${unknown}` });
}

const knownFields: readonly string[] = ['name', ...Object.keys(taskKeys), 'line'];
