import { defaultLabTimeZone } from '../../clients/lab-time.js';
import { priorities } from '../../suite/priority.js';
import type { EventSettings } from '../config/types.js';
import { numberOption } from '../number-option.js';
import type { SuiteTask } from '../task.js';
import { timedEvent } from './timed-event.js';
import { zoneOption } from './zone-option.js';
import type { SchedulerEvent } from './types.js';

/** Options of {@link nightlyEvent} and {@link weeklyEvent}. */
export interface TimedEventOptions {
  /**
   * The IANA zone of the hours and days.
   *
   * @defaultValue `'America/Los_Angeles'`
   */
  readonly timeZone?: string | undefined;
  /**
   * How long after it was due an occurrence is still handled, in ms (C2).
   *
   * @defaultValue nightly: 24 hours; weekly: 7 days
   */
  readonly catchUpMs?: number | undefined;
}

/**
 * `nightly`: a task is due once a day, at its hour, and tests the latest build of each branch of the day before.
 *
 * @throws SchedulerOptionError for a time zone that is not known, or a time to catch up that cannot work
 */
export function nightlyEvent({
  timeZone = defaultLabTimeZone,
  catchUpMs = dayMs,
}: TimedEventOptions = {}): SchedulerEvent {
  const days = zoneOption('timeZone', timeZone);
  numberOption('catchUpMs', catchUpMs, { min: 1 });
  return timedEvent({
    keyword: 'nightly',
    priority: priorities.Daily,
    timeoutMins: 24 * 60,
    catchUpMs,
    buildsWithinMs: dayMs,
    slots(tasks, range, settings) {
      const hours = new Set(tasks.map((task) => hourOf(task, settings)));
      const slots = [...hours].flatMap((hour) =>
        days.moments(hour, range).map(({ ms, date }) => ({ ms, slot: hour, id: `${date} ${clockHour(hour)}` })),
      );
      return slots.sort((a, b) => a.ms - b.ms || a.slot - b.slot);
    },
    slotAt: (ms) => ({ ms, slot: days.hourOf(ms), id: days.format(ms) }),
    skips(task, hour, settings) {
      const own = hourOf(task, settings);
      if (hour === null || hour === own) return null;
      return { code: 'wrong-hour', text: `it is run at ${clockHour(own)}` };
    },
  });
}

const dayMs = 24 * 3600_000;

function hourOf({ hour }: SuiteTask, settings: EventSettings): number {
  return hour ?? settings.hour ?? 21;
}

/** `21:00` */
export function clockHour(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}
