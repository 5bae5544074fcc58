import { SchedulerOptionError } from './scheduler-option-error.js';

/**
 * A number of at least `min`, and a finite one unless Infinity means something there. Throws
 * {@link SchedulerOptionError} for anything else.
 */
export function numberOption(
  option: string,
  value: number,
  { min, isWhole = false, mayBeInfinite = false }: NumberRule,
): number {
  const isNumber = typeof value === 'number' && value >= min;
  const fits = value === Infinity ? mayBeInfinite : !isWhole || Number.isSafeInteger(value);
  if (isNumber && fits) return value;
  const what = `${isWhole ? 'a whole number' : 'a number'} of at least ${min}${mayBeInfinite ? ', or Infinity' : ''}`;
  throw new SchedulerOptionError(option, `expected ${what}, found ${String(value)}`);
}

interface NumberRule {
  readonly min: number;
  /** @defaultValue false */
  readonly isWhole?: boolean;
  /** @defaultValue false */
  readonly mayBeInfinite?: boolean;
}
