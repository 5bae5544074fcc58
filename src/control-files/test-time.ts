/** The values of TIME, fastest first. */
export const testTimes: readonly string[] = ['FAST', 'SHORT', 'MEDIUM', 'LONG', 'LENGTHY'];

/** Whether a text is a TIME, in whatever case. */
export function isTestTime(text: string): boolean {
  return testTimes.includes(text.toUpperCase());
}

/**
 * How slow a TIME is: 0 for FAST to 4 for LENGTHY, in whatever case.
 *
 * @throws RangeError for anything else
 */
export function timeIndex(time: string): number {
  const index = testTimes.indexOf(time.toUpperCase());
  if (index === -1) throw new RangeError(`${JSON.stringify(time)} is not a TIME: ${testTimes.join(', ')}`);
  return index;
}
