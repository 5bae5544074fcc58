import { defaultLabTimeZone } from '../../clients/lab-time.js';
import { holdingClock, systemClock, type Clock } from '../../runtime/clock.js';
import { describe } from '../../suite/argument-checks.js';
import { SchedulerOptionError } from '../scheduler-option-error.js';
import { ownEvent, type OwnEventOptions } from './own-event.js';
import { timedEvent, type Slot } from './timed-event.js';
import type { SchedulerEvent } from './types.js';
import { zoneOption } from './zone-option.js';

/** Options of {@link cronEvent}. */
export interface CronEventOptions extends OwnEventOptions {
  /**
   * Five fields: minute, hour, day of the month, month, day of the week; e.g. `0 6,18 * * 1-5`. A time that is left out
   * when clocks are put forward comes right after them, unless the expression has another one in the hour before.
   */
  readonly cron: string;
  /**
   * The IANA zone of its hours and days.
   *
   * @defaultValue `'America/Los_Angeles'`
   */
  readonly timeZone?: string | undefined;
  /** Is held while the reader of cron expressions is loaded. @defaultValue the computer's clock */
  readonly clock?: Clock | undefined;
}

/**
 * An event of one's own that goes by a cron expression.
 *
 * Rejects with `SchedulerOptionError` for an expression or a time zone that cannot be read, or another value that cannot
 * work.
 */
export async function cronEvent(options: CronEventOptions): Promise<SchedulerEvent> {
  const { cron, timeZone = defaultLabTimeZone, clock = systemClock } = options;
  const event = ownEvent(options);
  const days = zoneOption('timeZone', timeZone);
  const nextAfter = await readCron(cron, timeZone, clock);
  const slotAt = (ms: number): Slot => ({ ms, slot: null, id: days.format(ms) });
  return timedEvent({
    ...event,
    slots(tasks, { afterMs, upToMs }) {
      const slots: Slot[] = [];
      let ms = tasks.length === 0 ? null : nextAfter(afterMs);
      while (ms !== null && ms <= upToMs) {
        slots.push(slotAt(ms));
        ms = nextAfter(ms);
      }
      return slots;
    },
    slotAt,
    skips: () => null,
  });
}

async function readCron(cron: string, timeZone: string, clock: Clock): Promise<(afterMs: number) => number | null> {
  const { Cron } = await holdingClock(clock, () => import('croner'));
  try {
    const expression = new Cron(cron, { timezone: timeZone, paused: true, mode: '5-part' });
    const nextAfter = (ms: number) => expression.nextRun(new Date(ms))?.getTime() ?? null;
    return nextAfter;
  } catch (cause) {
    const problem = `expected a cron expression of five fields, found ${describe(cron)}`;
    throw new SchedulerOptionError('cron', problem, { cause });
  }
}
