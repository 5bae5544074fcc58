/** How much is reported of one suite. */
export interface ReportLimits {
  /**
   * How many failures of a suite are reported: when everything fails, the first ones say it.
   *
   * @defaultValue 50
   */
  readonly maxReports: number;
  /**
   * How many failures of a suite with the same anchor are reported.
   *
   * @defaultValue 3
   */
  readonly maxReportsPerAnchor: number;
  /**
   * How long the report of one failure may take, in milliseconds.
   *
   * @defaultValue 60,000 (a minute)
   */
  readonly timePerReportMs: number;
  /**
   * How long the end of the suite waits for the reports that are left, in milliseconds.
   *
   * @defaultValue 600,000 (10 minutes)
   */
  readonly timeAtEndMs: number;
  /**
   * After how many reports in a row that failed no other is tried.
   *
   * @defaultValue 3
   */
  readonly maxFailures: number;
}

/** Fills in the defaults. */
export function resolveReportLimits(limits: Partial<ReportLimits> = {}): ReportLimits {
  return {
    maxReports: limits.maxReports ?? 50,
    maxReportsPerAnchor: limits.maxReportsPerAnchor ?? 3,
    timePerReportMs: limits.timePerReportMs ?? 60_000,
    timeAtEndMs: limits.timeAtEndMs ?? 600_000,
    maxFailures: limits.maxFailures ?? 3,
  };
}

/** Keeps account of the reports of a suite, and of those that are left out. */
export class ReportBudget {
  readonly #limits: ReportLimits;
  readonly #perAnchor = new Map<string, number>();
  readonly #leftOut = new Map<string, number>();
  #reports = 0;
  #failuresInARow = 0;

  constructor(limits: ReportLimits) {
    this.#limits = limits;
  }

  /** Whether one more failure of this anchor is reported; enters it as reported or as left out. */
  take(anchor: string): boolean {
    const { maxReports, maxReportsPerAnchor } = this.#limits;
    const ofAnchor = this.#perAnchor.get(anchor) ?? 0;
    if (ofAnchor >= maxReportsPerAnchor) return this.#leave(`beyond ${String(maxReportsPerAnchor)} of one kind`);
    if (this.#reports >= maxReports) return this.#leave(`beyond ${String(maxReports)} in a suite`);
    this.#perAnchor.set(anchor, ofAnchor + 1);
    this.#reports += 1;
    return true;
  }

  /** Whether a report that was taken is tried now; enters it as left out when too many before it failed. */
  mayTry(): boolean {
    const { maxFailures } = this.#limits;
    return this.#failuresInARow < maxFailures || this.#leave(`since ${String(maxFailures)} in a row failed`);
  }

  /** Enters one more that is left out because the suite is at its end and so is the time. */
  outOfTime(): void {
    this.#leave('since the suite could wait no longer');
  }

  /** Enters one more that is left out because the wait for the suite was stopped. */
  stopped(): void {
    this.#leave('since the wait was stopped');
  }

  succeeded(): void {
    this.#failuresInARow = 0;
  }

  failed(): void {
    this.#failuresInARow += 1;
  }

  /** What has been left out since the last call, in one line; null for nothing. */
  tellLeftOut(): string | null {
    const why = [...this.#leftOut].map(([reason, number]) => `${String(number)} ${reason}`);
    this.#leftOut.clear();
    return why.length === 0 ? null : `Failures that are not reported: ${why.join(', ')}`;
  }

  #leave(why: string): false {
    this.#leftOut.set(why, (this.#leftOut.get(why) ?? 0) + 1);
    return false;
  }
}
