import { dayOfWeek, flag, hourOfDay, Refusal, type FieldRule } from './field-rules.js';
import type { EventSettings } from './types.js';

export type EventField = keyof EventSettings;

/** What is wrong with a setting of an event. */
export interface EventFault {
  readonly field: EventField;
  readonly reason: string;
}

/** The settings that an event has. What those of one's own do with a setting is up to them, so that they have all. */
export function eventFields(keyword: string): readonly EventField[] {
  return builtInFields.get(keyword) ?? ['hour', 'day', 'alwaysHandle'];
}

/**
 * The rules for the settings of an event, wherever they come from.
 *
 * @param draft - field → value; undefined counts as absent
 * @returns the settings, or what is wrong with them, at least one fault
 */
export function vetEventSettings(
  draft: Readonly<Partial<Record<EventField, unknown>>>,
): { readonly settings: EventSettings } | { readonly faults: readonly EventFault[] } {
  const faults: EventFault[] = [];
  const read = <Value>(field: EventField, rule: FieldRule<Value>): Value | undefined => {
    const given = draft[field];
    const value = given === undefined ? undefined : rule.read(given);
    if (!(value instanceof Refusal)) return value;
    faults.push({ field, reason: value.reason });
    return undefined;
  };
  const hour = read('hour', hourOfDay) ?? undefined;
  const day = read('day', dayOfWeek) ?? undefined;
  const alwaysHandle = read('alwaysHandle', flag);
  if (faults.length > 0) return { faults };
  return {
    settings: {
      ...(hour === undefined ? {} : { hour }),
      ...(day === undefined ? {} : { day }),
      ...(alwaysHandle === undefined ? {} : { alwaysHandle }),
    },
  };
}

const builtInFields: ReadonlyMap<string, readonly EventField[]> = new Map([
  ['nightly', ['hour', 'alwaysHandle']],
  ['weekly', ['day', 'hour', 'alwaysHandle']],
  ['new_build', ['alwaysHandle']],
  ['new_chrome', ['alwaysHandle']],
]);
