import { describe } from '../../suite/argument-checks.js';
import { SchedulerOptionError } from '../scheduler-option-error.js';
import { localDays, type LocalDays } from './local-days.js';

/** The days of a time zone that an option names. Throws {@link SchedulerOptionError} for one that is not known. */
export function zoneOption(option: string, timeZone: string): LocalDays {
  try {
    return localDays(timeZone);
  } catch (cause) {
    const problem = `expected an IANA time zone such as "America/Los_Angeles", found ${describe(timeZone)}`;
    throw new SchedulerOptionError(option, problem, { cause });
  }
}
