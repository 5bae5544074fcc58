/** A crash of a job, with its stack trace or the reason why there is none. */
export interface CrashReport {
  /** `<job id>-<owner>/<host>` */
  readonly jobTag: string;
  /** Path of the crash dump below the job's folder; null when the job's files cannot be looked at. */
  readonly dump: string | null;
  readonly sizeBytes: number;
  /** As `minidump_stackwalk` prints it, its beginning only where it is very long; null when there is none. */
  readonly stack: string | null;
  /** The functions at the top of the crashed thread, see {@link crashSignature}; null when they are not known. */
  readonly signature: string | null;
  /** Why there is no stack, in one line; null when there is one. */
  readonly problem: string | null;
}
