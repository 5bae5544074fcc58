/** How long things take in the lab, in milliseconds. */
export interface LabDurations {
  /**
   * From a change to the turn of the scheduler that acts on it: queued jobs start, aborts happen.
   *
   * @defaultValue 10 s
   */
  readonly schedulerMs: number;
  /** @defaultValue 8 min */
  readonly provisionMs: number;
  /**
   * What a host needs before a job when it has the right versions already.
   *
   * @defaultValue 30 s
   */
  readonly resetMs: number;
  /**
   * A look at whether a host works: before jobs with `run_verify` and without `run_reset`, or by request.
   *
   * @defaultValue 30 s
   */
  readonly verifyMs: number;
  /**
   * The reboot around jobs that ask for one, and after an abort.
   *
   * @defaultValue 1 min
   */
  readonly cleanupMs: number;
  /**
   * What a host needs after it failed to be verified, reset, cleaned or provisioned.
   *
   * @defaultValue 10 min
   */
  readonly repairMs: number;
  /** @defaultValue 5 s */
  readonly gatherMs: number;
  /** @defaultValue 5 s */
  readonly parseMs: number;
}

export function resolveDurations({
  schedulerMs = 10_000,
  provisionMs = 8 * 60_000,
  resetMs = 30_000,
  verifyMs = 30_000,
  cleanupMs = 60_000,
  repairMs = 10 * 60_000,
  gatherMs = 5_000,
  parseMs = 5_000,
}: Partial<LabDurations> = {}): LabDurations {
  return { schedulerMs, provisionMs, resetMs, verifyMs, cleanupMs, repairMs, gatherMs, parseMs };
}
