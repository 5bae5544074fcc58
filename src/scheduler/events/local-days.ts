import { createLabTime } from '../../clients/lab-time.js';
import type { TimeRange } from './types.js';

/** The days and hours of a time zone. */
export interface LocalDays {
  /**
   * The moments in a range at which it is a given hour, each day once, from the first on. On the day when clocks are put
   * forward over that hour it is as much later as they are moved; of an hour that comes twice it is the first (C7).
   */
  moments(hour: number, range: TimeRange): readonly LocalMoment[];
  /** e.g. `2026-01-05 21:00` */
  format(ms: number): string;
  /** The hour of the day, 0 to 23. */
  hourOf(ms: number): number;
  /** The day of the week, 0 (Monday) to 6. */
  dayOf(ms: number): number;
}

interface LocalMoment {
  readonly ms: number;
  /** `2026-01-05` */
  readonly date: string;
  /** 0 (Monday) to 6. */
  readonly day: number;
}

/** @throws RangeError for a time zone that is not known */
export function localDays(timeZone: string): LocalDays {
  const time = createLabTime(timeZone);
  return {
    moments(hour, { afterMs, upToMs }) {
      if (upToMs <= afterMs) return [];
      const moments: LocalMoment[] = [];
      // A zone is less than a day away from UTC: one day more on both sides has all that may lie in the range.
      for (let day = Math.floor(afterMs / dayMs) - 1; day <= Math.floor(upToMs / dayMs) + 1; day += 1) {
        const date = new Date(day * dayMs).toISOString().slice(0, 10);
        const ms = time.parse(`${date} ${String(hour).padStart(2, '0')}:00:00`);
        if (ms !== null && ms > afterMs && ms <= upToMs) moments.push({ ms, date, day: dayOfWeek(day) });
      }
      return moments;
    },
    format: (ms) => time.format(ms).slice(0, 16),
    hourOf: (ms) => Number(time.format(ms).slice(11, 13)),
    dayOf: (ms) => dayOfWeek(Date.parse(`${time.format(ms).slice(0, 10)}T00:00:00Z`) / dayMs),
  };
}

const dayMs = 24 * 3600_000;

/** By the day of the week, 0 (Monday) to 6. */
export const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** The first of January 1970 was a Thursday. */
function dayOfWeek(daysSinceEpoch: number): number {
  return (((daysSinceEpoch + 3) % 7) + 7) % 7;
}
