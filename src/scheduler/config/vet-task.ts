import { describe } from '../../suite/argument-checks.js';
import type { SuiteTask } from '../task.js';
import { eventKeyword, unknownEvent } from './event-keywords.js';
import {
  boardNames,
  branchSpecs,
  buildTypes,
  crosBuild,
  dayOfWeek,
  flag,
  hourOfDay,
  oneOf,
  poolName,
  Refusal,
  suiteName,
  taskName,
  wholeNumber,
  type FieldRule,
} from './field-rules.js';

export type TaskField = keyof SuiteTask;

/** What is wrong with a field of a task. */
export interface TaskFault {
  readonly field: TaskField;
  readonly reason: string;
}

export interface VetTaskOptions {
  /** The keywords of all events there are. */
  readonly events: readonly string[];
  /** What a field is called where it was written. */
  readonly nameOf: (field: TaskField) => string;
}

/**
 * The rules for a task, wherever it comes from.
 *
 * @param draft - field → value; undefined and null count as absent
 * @returns the task, or what is wrong with it, at least one fault
 */
export function vetTask(
  draft: Readonly<Partial<Record<TaskField, unknown>>>,
  options: VetTaskOptions,
): { readonly task: SuiteTask } | { readonly faults: readonly TaskFault[] } {
  const faults: TaskFault[] = [];
  const read = <Value>(field: TaskField, rule: FieldRule<Value>): Value => {
    const given = draft[field];
    if (given === undefined || given === null) {
      if (requiredFields.has(field)) faults.push({ field, reason: 'is missing' });
      return rule.byDefault;
    }
    const value = rule.read(given);
    if (!(value instanceof Refusal)) return value;
    faults.push({ field, reason: value.reason });
    return rule.byDefault;
  };
  const task: SuiteTask = {
    name: read('name', taskName),
    suite: read('suite', suiteName),
    runOn: read('runOn', eventOf(options.events)),
    branchSpecs: read('branchSpecs', branchSpecs),
    buildTypes: read('buildTypes', buildTypes),
    pool: read('pool', poolName),
    boards: read('boards', boardNames),
    num: read('num', anyNumber),
    hour: read('hour', hourOfDay),
    day: read('day', dayOfWeek),
    fileBugs: read('fileBugs', flag),
    jobRetry: read('jobRetry', flag),
    crosBuildSpec: read('crosBuildSpec', crosBuild),
    firmwareRwBuildSpec: read('firmwareRwBuildSpec', firmwareSource),
    testSource: read('testSource', testSource),
    buildPolicy: read('buildPolicy', buildPolicy),
    line: read('line', anyNumber),
  };
  // Whether fields fit together can be said only of fields that are well-formed.
  if (faults.length === 0) faults.push(...contradictions(task, options.nameOf));
  return faults.length === 0 ? { task } : { faults };
}

const anyNumber = wholeNumber('a whole number of at most 15 digits', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
const firmwareSource = oneOf(['firmware', 'cros'], null);
const testSource = oneOf(['firmware_rw', 'cros'], null);
const buildPolicy = oneOf(['oldest-first', 'newest-first', 'newest-only'], 'oldest-first');
const requiredFields: ReadonlySet<TaskField> = new Set(['name', 'suite', 'runOn']);

function eventOf(known: readonly string[]): FieldRule<string> {
  return {
    byDefault: '',
    read(value) {
      if (typeof value !== 'string') return new Refusal(`expected the keyword of an event, found ${describe(value)}`);
      return eventKeyword(value, known) ?? new Refusal(unknownEvent(value, known));
    },
  };
}

function contradictions(task: SuiteTask, nameOf: (field: TaskField) => string): TaskFault[] {
  const faults: TaskFault[] = [];
  const refuse = (field: TaskField, reason: string) => faults.push({ field, reason });
  const { runOn, hour, day, crosBuildSpec, firmwareRwBuildSpec, testSource: source } = task;
  if (hour !== null && runOn !== 'nightly') refuse('hour', `is for nightly tasks only, and this one is of ${runOn}`);
  if (day !== null && runOn !== 'weekly') refuse('day', `is for weekly tasks only, and this one is of ${runOn}`);
  const isOfFirmware = task.branchSpecs.includes('firmware');
  if (crosBuildSpec !== null && firmwareRwBuildSpec !== null) {
    refuse('firmwareRwBuildSpec', `cannot be together with "${nameOf('crosBuildSpec')}"`);
  } else if (crosBuildSpec !== null && !isOfFirmware) {
    refuse('crosBuildSpec', `goes with a firmware build: "${nameOf('branchSpecs')}" must name "firmware"`);
  } else if (firmwareRwBuildSpec !== null && isOfFirmware) {
    const branches = nameOf('branchSpecs');
    refuse('firmwareRwBuildSpec', `goes with a ChromeOS build, but "${branches}" names "firmware"`);
  }
  const paired = (['crosBuildSpec', 'firmwareRwBuildSpec'] as const).find((field) => task[field] !== null);
  if (paired !== undefined && source === null) {
    refuse('testSource', `is missing: with "${nameOf(paired)}" it must be "firmware_rw" or "cros"`);
  }
  return faults;
}
