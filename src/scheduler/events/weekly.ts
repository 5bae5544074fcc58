import { defaultLabTimeZone } from '../../clients/lab-time.js';
import { priorities } from '../../suite/priority.js';
import type { EventSettings } from '../config/types.js';
import { numberOption } from '../number-option.js';
import type { SuiteTask } from '../task.js';
import { dayNames } from './local-days.js';
import { clockHour, type TimedEventOptions } from './nightly.js';
import { timedEvent } from './timed-event.js';
import { zoneOption } from './zone-option.js';
import type { SchedulerEvent } from './types.js';

/**
 * `weekly`: a task is due once a week, on its day, at the hour of the event, and tests the latest build of each branch of
 * the week before.
 *
 * @throws SchedulerOptionError for a time zone that is not known, or a time to catch up that cannot work
 */
export function weeklyEvent({
  timeZone = defaultLabTimeZone,
  catchUpMs = weekMs,
}: TimedEventOptions = {}): SchedulerEvent {
  const days = zoneOption('timeZone', timeZone);
  numberOption('catchUpMs', catchUpMs, { min: 1 });
  return timedEvent({
    keyword: 'weekly',
    priority: priorities.Weekly,
    timeoutMins: 7 * 24 * 60,
    catchUpMs,
    buildsWithinMs: weekMs,
    slots(tasks, range, settings) {
      if (tasks.length === 0) return [];
      const { hour = 23 } = settings;
      return days
        .moments(hour, range)
        .map(({ ms, date, day }) => ({ ms, slot: day, id: `${dayNames[day] ?? ''} ${date} ${clockHour(hour)}` }));
    },
    slotAt(ms) {
      const day = days.dayOf(ms);
      return { ms, slot: day, id: `${dayNames[day] ?? ''} ${days.format(ms)}` };
    },
    skips(task, day, settings) {
      const own = dayOf(task, settings);
      if (day === null || day === own) return null;
      return { code: 'wrong-day', text: `it is run on ${dayNames[own] ?? ''}` };
    },
  });
}

const weekMs = 7 * 24 * 3600_000;

function dayOf({ day }: SuiteTask, settings: EventSettings): number {
  return day ?? settings.day ?? 5;
}
