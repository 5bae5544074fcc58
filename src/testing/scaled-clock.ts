import { systemClock, type Clock } from '../index.js';

/** Options of {@link scaledClock}. */
export interface ScaledClockOptions {
  /** How many seconds of the lab pass in one real second, e.g. 60 for a minute a second. Above 0. */
  readonly speed: number;
  /**
   * The first `now()`, in ms since the epoch.
   *
   * @defaultValue the computer's time
   */
  readonly startMs?: number | undefined;
}

/**
 * Real time, only faster: for watching a lab at work, and for labs that other processes look at, which cannot share a
 * virtual clock. Not deterministic.
 */
export function scaledClock({ speed, startMs = systemClock.now() }: ScaledClockOptions): Clock {
  if (!(speed > 0 && Number.isFinite(speed)))
    throw new RangeError(`speed: expected a number above 0, found ${String(speed)}`);
  const realStartMs = systemClock.now();
  return {
    now: () => startMs + (systemClock.now() - realStartMs) * speed,
    sleep: (ms, options) => systemClock.sleep(ms / speed, options),
  };
}
