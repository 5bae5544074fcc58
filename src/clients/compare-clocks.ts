import type { LabCheckItem } from './lab-check.js';
import type { LabTime } from './lab-time.js';

/**
 * Whether a server's wall clock agrees with ours in the lab's zone; if not, whether the zone or a clock is wrong.
 *
 * Wall clocks are compared, not times: in the hour that comes twice a year a wall clock stands for two times.
 *
 * @param serverText - `YYYY-MM-DD HH:MM`, seconds or not, without a zone
 * @returns null for a text that is not such a time
 */
export function compareClocks(details: {
  readonly serverText: string;
  readonly nowMs: number;
  readonly labTime: LabTime;
  readonly timeZone: string;
}): Omit<LabCheckItem, 'name'> | null {
  const { serverText, nowMs, labTime, timeZone } = details;
  const serverMs = wallClock(serverText);
  const oursMs = wallClock(labTime.format(nowMs));
  if (serverMs === null || oursMs === null) return null;
  const apartMins = Math.round((serverMs - oursMs) / 60_000);
  if (Math.abs(apartMins) <= toleranceMins) {
    return { status: 'ok', message: `reads ${serverText}, as it should in ${timeZone}`, hint: null };
  }

  const direction = apartMins > 0 ? 'ahead of' : 'behind';
  const message = `reads ${serverText}, ${duration(Math.abs(apartMins))} ${direction} ours in ${timeZone}`;
  const utcMins = (serverMs - Math.floor(nowMs / 60_000) * 60_000) / 60_000;
  const offsetMins = Math.round(utcMins / 30) * 30;
  const isOffset = Math.abs(utcMins - offsetMins) <= toleranceMins && offsetMins >= -12 * 60 && offsetMins <= 14 * 60;
  if (isOffset) {
    const hint = `set "timeZone" to the lab's zone: one that is at ${offset(offsetMins)} now would fit`;
    return { status: 'failed', message, hint };
  }
  return { status: 'warning', message, hint: 'have the clocks of this computer and of the AFE set right (NTP)' };
}

/** More than rounding and a slow answer make up; far less than the search for the job of a lost answer allows for. */
const toleranceMins = 5;

/** A wall clock as the UTC time that reads the same, without its seconds: the AFE gives none. */
function wallClock(text: string): number | null {
  const match = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})/.exec(text);
  if (match === null) return null;
  const ms = Date.parse(`${match[1]}T${match[2]}:00Z`);
  return Number.isNaN(ms) ? null : ms;
}

function duration(mins: number): string {
  if (mins < 60) return `${mins} min`;
  const hours = Math.floor(mins / 60);
  return mins % 60 === 0 ? `${hours} h` : `${hours} h ${mins % 60} min`;
}

/** e.g. `UTC-08:00` */
function offset(mins: number): string {
  const [hours, rest] = [Math.floor(Math.abs(mins) / 60), Math.abs(mins) % 60];
  return `UTC${mins < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
}
