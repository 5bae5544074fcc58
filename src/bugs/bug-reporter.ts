import type { Clock } from '../runtime/clock.js';
import type { FailureReport } from './failure-report.js';

/** Options of a report. */
export interface ReportOptions {
  /** Aborted when the suite is, or when the report has taken too long. */
  readonly signal: AbortSignal;
  /**
   * The suite's clock. A reporter that does real input or output on it holds it meanwhile (`clock.hold?.()`): a virtual
   * clock would otherwise jump over the report.
   */
  readonly clock: Clock;
}

/** What became of a report. */
export interface FiledReport {
  /** The bug that the failure is kept in, where there is one. */
  readonly bugId?: string | undefined;
  /** How often the failure has been seen, this time included; 1 for a new bug. */
  readonly count?: number | undefined;
}

/**
 * Tells of the failures of a suite, one after the other: files a bug, sends an e-mail, calls a web hook.
 *
 * What it does with failures that it has been told of before is its own business; `bugTrackerReporter` finds the bug by
 * the report's `anchor`. It need not retry, limit itself to a number, or be quick: the suite goes on meanwhile, and
 * whatever the reporter throws becomes a warning.
 */
export interface BugReporter {
  /** Tells of a failure. Resolves to null when nobody was told, as in a dry run. */
  report(failure: FailureReport, options: ReportOptions): Promise<FiledReport | null>;
}

/**
 * What a reporter resolved to, when it is what the port promises.
 *
 * @throws TypeError when it is not: nobody can tell then whether anybody was told
 */
export function checkFiledReport(given: unknown): FiledReport | null {
  if (given === null) return null;
  if (typeof given !== 'object') throw new TypeError('the reporter gave neither an object nor null');
  const { bugId, count } = given as { readonly [Key in keyof FiledReport]: unknown };
  if (bugId !== undefined && !(typeof bugId === 'string' && /^[\x21-\x7e]{1,200}$/.test(bugId)))
    throw new TypeError('the reporter gave a bugId that is not 1 to 200 printable ASCII characters without spaces');
  if (count !== undefined && !(typeof count === 'number' && Number.isSafeInteger(count) && count > 0))
    throw new TypeError('the reporter gave a count that is not a whole number above 0');
  return { bugId, count };
}
