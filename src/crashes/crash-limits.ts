/** How much is done about the crashes of one job. */
export interface CrashLimits {
  /**
   * How many dumps of a job are symbolicated.
   *
   * @defaultValue 20
   */
  readonly maxDumps: number;
  /**
   * How large a dump may be, in bytes.
   *
   * @defaultValue 52,428,800 (50 MiB)
   */
  readonly maxDumpBytes: number;
  /**
   * How much of a stack trace is reported, in bytes of UTF-8. The file beside the dump holds all of it.
   *
   * @defaultValue 262,144 (256 KiB)
   */
  readonly maxStackBytes: number;
}

/** Fills in the defaults. */
export function resolveCrashLimits(limits: Partial<CrashLimits> = {}): CrashLimits {
  return {
    maxDumps: limits.maxDumps ?? 20,
    maxDumpBytes: limits.maxDumpBytes ?? 50 * 1024 * 1024,
    maxStackBytes: limits.maxStackBytes ?? 256 * 1024,
  };
}
