import type { SuiteTask } from '../task.js';
import type { IniValue, IniValues } from './ini-values.js';
import { faultsAt, keyFaults, problemOf, type SectionFault } from './read-section.js';
import { booleanOrText, itemsOrText, numberOrText } from './read-text.js';
import { keyOf, taskKeys, type KeyedField } from './task-keys.js';
import type { ConfigProblem } from './types.js';
import { vetTask, type TaskField } from './vet-task.js';

/**
 * The task that a section describes, or what is wrong with it.
 *
 * @param events - the keywords of all events there are
 */
export function readTask(
  section: IniValues,
  events: readonly string[],
): { readonly task: SuiteTask } | { readonly problem: ConfigProblem } {
  const { values } = section;
  const chosen = chosenKeys(values);
  const faults = [...keyFaults(values, allKeys), ...chosen.faults];
  const isWhole = [...values.values()].every(({ fault }) => fault === null);
  // Of a value that could not be put together it would be said that it is missing.
  if (!isWhole) return { problem: problemOf(section, faults) };
  const nameOf = (field: TaskField) => chosen.keys.get(field) ?? keyOf(field);
  const vetted = vetTask(draftOf(section, chosen.keys), { events, nameOf });
  if ('task' in vetted && faults.length === 0) return vetted;
  const wrong = 'faults' in vetted ? vetted.faults : [];
  const named = wrong.map(({ field, reason }) => ({ key: nameOf(field), reason }));
  return { problem: problemOf(section, [...faults, ...faultsAt(section, named)]) };
}

const fields = Object.keys(taskKeys).filter((field): field is KeyedField => Object.hasOwn(taskKeys, field));
const allKeys = fields.flatMap((field) => taskKeys[field]);

/** The key that says each field; of two names for one, that of the section itself goes over that of `[DEFAULT]`. */
function chosenKeys(values: ReadonlyMap<string, IniValue>): {
  readonly keys: ReadonlyMap<TaskField, string>;
  readonly faults: readonly SectionFault[];
} {
  const keys = new Map<TaskField, string>();
  const faults: SectionFault[] = [];
  for (const field of fields) {
    const given = taskKeys[field].filter((key) => values.has(key));
    const own = given.filter((key) => values.get(key)?.isInherited === false);
    const [key, other] = own.length > 0 ? own : given;
    if (key !== undefined) keys.set(field, key);
    const line = other === undefined ? undefined : values.get(other)?.line;
    if (line !== undefined)
      faults.push({ line, reason: `"${other}": is another name of "${key}", which is there, too` });
  }
  return { keys, faults };
}

function draftOf(section: IniValues, keys: ReadonlyMap<TaskField, string>): Partial<Record<TaskField, unknown>> {
  const draft: Partial<Record<TaskField, unknown>> = { name: section.name, line: section.line };
  for (const field of fields) {
    const value = section.values.get(keys.get(field) ?? '');
    if (value !== undefined) draft[field] = readers[field](value.text);
  }
  return draft;
}

/** A reader gives back what it cannot read, for the rules to refuse. */
const readers: Readonly<Record<KeyedField, (text: string) => unknown>> = {
  suite: textOrNothing,
  runOn: textOrNothing,
  // An empty item is a spec that is none; no text at all is no spec.
  branchSpecs: (text) => (text === '' ? [] : text.split(',').map((item) => item.trim())),
  buildTypes: itemsOrText,
  buildPolicy: (text) => text,
  pool: textOrNothing,
  boards: itemsOrText,
  num: numberOrText,
  hour: numberOrText,
  day: numberOrText,
  fileBugs: booleanOrText,
  jobRetry: booleanOrText,
  crosBuildSpec: textOrNothing,
  firmwareRwBuildSpec: textOrNothing,
  testSource: textOrNothing,
};

/** An empty value is none. */
function textOrNothing(text: string): string | null {
  return text === '' ? null : text;
}
