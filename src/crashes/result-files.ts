import { DynamicSuiteError } from '../errors.js';
import { excerpt } from '../transport/excerpt.js';

/**
 * Where the files are that jobs left behind; {@link resultFilesInFolder} is a ready-made one.
 *
 * A job is named by its tag, `<job id>-<owner>/<host>`, a file by its path below the job's folder, with `/` between the
 * parts. Everything rejects with {@link ResultFilesError} where a tag or a path is not such a name, or something cannot
 * be read, and with `signal.reason` when aborted.
 */
export interface ResultFiles {
  /** All files of a job, in no particular order; none when the job left nothing. */
  list(jobTag: string, options?: ReadOptions): Promise<readonly ResultFile[]>;
  /** The beginning of a file, at most `maxBytes` of it. */
  read(jobTag: string, path: string, options: ReadOptions & { readonly maxBytes: number }): Promise<Uint8Array>;
  /** Puts a file beside those of a job, whole or not at all; left out where results can only be read. */
  write?(jobTag: string, path: string, content: string): Promise<void>;
}

/** A file of a job. */
export interface ResultFile {
  /** Below the job's folder, e.g. `logging_UserCrash/sysinfo/var/spool/crash/crasher.dmp`. */
  readonly path: string;
  readonly sizeBytes: number;
}

/** Options of the calls that read. */
export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
}

/** A job's files cannot be reached: a name that cannot be one, or the `cause` says why. */
export class ResultFilesError extends DynamicSuiteError {
  readonly jobTag: string;
  /** Below the job's folder; null for the folder itself. */
  readonly path: string | null;

  constructor(details: {
    readonly jobTag: string;
    readonly path?: string | undefined;
    readonly problem: string;
    readonly cause?: unknown;
  }) {
    const { jobTag, path, problem, cause } = details;
    const what = path === undefined ? 'the results' : excerpt(path);
    const why = cause instanceof Error ? `${problem}: ${excerpt(cause.message)}` : problem;
    super('ERR_RESULT_FILES', `${what} of job ${excerpt(jobTag)}: ${why}`, cause === undefined ? {} : { cause });
    this.jobTag = jobTag;
    this.path = path ?? null;
  }
}
