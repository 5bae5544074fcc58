import { eventKeyword, unknownEvent } from './event-keywords.js';
import { eventFields, vetEventSettings, type EventField } from './event-settings.js';
import type { IniValue, IniValues } from './ini-values.js';
import { faultsAt, keyFaults, problemOf } from './read-section.js';
import { booleanOrText, numberOrText } from './read-text.js';
import type { ConfigProblem, EventSettings } from './types.js';

/** Whether a section configures an event rather than a task. */
export function isEventSection(name: string): boolean {
  return name.endsWith(suffix);
}

/**
 * What a section such as `[nightly_params]` says of an event, or what is wrong with it.
 *
 * @param events - the keywords of all events there are
 */
export function readEventSettings(
  section: IniValues,
  events: readonly string[],
): { readonly keyword: string; readonly settings: EventSettings } | { readonly problem: ConfigProblem } {
  const name = section.name.slice(0, -suffix.length);
  const keyword = eventKeyword(name, events);
  if (keyword === undefined) {
    return { problem: problemOf(section, [{ line: section.line, reason: unknownEvent(name, events) }]) };
  }
  const fields = eventFields(keyword);
  const keys = fields.map((field) => settingKeys[field]);
  const values = ofEvent(section.values, keys);
  const draft: Partial<Record<EventField, unknown>> = {};
  for (const field of fields) {
    const value = values.get(settingKeys[field]);
    if (value !== undefined && value.fault === null) draft[field] = readers[field](value.text);
  }
  const vetted = vetEventSettings(draft);
  const faults = keyFaults(values, keys);
  if ('settings' in vetted && faults.length === 0) return { keyword, settings: vetted.settings };
  const wrong = 'faults' in vetted ? vetted.faults : [];
  const named = wrong.map(({ field, reason }) => ({ key: settingKeys[field], reason }));
  return { problem: problemOf(section, [...faults, ...faultsAt(section, named)]) };
}

const suffix = '_params';

const settingKeys: Readonly<Record<EventField, string>> = {
  hour: 'hour',
  day: 'day',
  alwaysHandle: 'always_handle',
};

const readers: Readonly<Record<EventField, (text: string) => unknown>> = {
  hour: numberOrText,
  day: numberOrText,
  alwaysHandle: booleanOrText,
};

/** `[DEFAULT]` speaks to the tasks, too: what is no setting of the event is not meant for it. */
function ofEvent(values: ReadonlyMap<string, IniValue>, keys: readonly string[]): ReadonlyMap<string, IniValue> {
  return new Map([...values].filter(([key, { isInherited }]) => !isInherited || keys.includes(key)));
}
