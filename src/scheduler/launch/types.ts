import type { CallOptions } from '../../clients/call-options.js';
import { DynamicSuiteError } from '../../errors.js';

/** A suite that is to be started, once. Plain data, so that it can be kept and carried elsewhere. */
export interface SuiteLaunch {
  /** Its identity: two launches with the same key are the same one (C1). */
  readonly key: string;
  readonly suite: string;
  /** Without `board:`. */
  readonly board: string;
  /** Version prefix → build, e.g. `{ 'cros-version': 'x86-alex-release/R20-2057.0.9' }`. */
  readonly builds: Readonly<Record<string, string>>;
  /** The build whose tests are run. */
  readonly testSourceBuild: string;
  /** Without `pool:`; null: any host of the board. */
  readonly pool: string | null;
  readonly num: number | null;
  /** 10 (weekly) to 70 (commit queue). */
  readonly priority: number;
  /** How long the lab may take, in minutes. */
  readonly timeoutMins: number;
  /** With it the suite job also waits for the results of its tests. */
  readonly fileBugs: boolean;
  readonly jobRetry: boolean;
  /** The task and the event that it comes from. */
  readonly task: string;
  readonly event: string;
  /** When it was due, in ms since the epoch. */
  readonly dueMs: number;
}

/** A suite that was started. */
export interface StartedSuite {
  /** The suite job at the AFE; null where the suite runs without one. */
  readonly jobId: number | null;
}

/** Starts suites: through the AFE, in this process, or on a queue. It never waits for a suite's end. */
export interface Launcher {
  /**
   * Starts a suite and resolves when it is certain to have been started.
   *
   * Rejects with `LaunchRefusedError` when it can never be started, with `LaunchInDoubtError` when nobody knows whether
   * it was; any other error says that it was not, and may be at another time. Aborted, it rejects with `signal.reason`,
   * and then nobody knows either.
   */
  launch(launch: SuiteLaunch, options?: CallOptions): Promise<StartedSuite>;
  /**
   * Looks for a suite whose launch came to no known end, because the answer was lost or the process was killed. Null:
   * it is not there, though a request that is still under way may yet bring it.
   *
   * @param request - `sinceMs`: when it was first tried, in ms since the epoch
   */
  find(launch: SuiteLaunch, request: { readonly sinceMs: number }, options?: CallOptions): Promise<StartedSuite | null>;
  /**
   * Takes up the suites that an earlier process had started here and did not come to the end of. For whoever begins to
   * use the launcher, once.
   *
   * @defaultValue suites do not depend on the process that has started them
   */
  resume?(options?: CallOptions): Promise<void>;
  /**
   * Resolves when nothing that was started runs in this process any more. Aborted, it stops what runs and rejects.
   *
   * @defaultValue nothing runs in this process
   */
  settled?(options?: CallOptions): Promise<void>;
}

/** A suite that can never be started as it is: no such control file, an argument that the lab refuses. */
export class LaunchRefusedError extends DynamicSuiteError {
  readonly key: string;

  constructor(launch: SuiteLaunch, reason: string, options?: { readonly cause?: unknown }) {
    super('ERR_LAUNCH_REFUSED', `suite ${launch.suite} cannot be run on ${launch.board}: ${reason}`, options);
    this.key = launch.key;
  }
}

/** Nobody knows whether a suite was started. `Launcher.find` looks for it. */
export class LaunchInDoubtError extends DynamicSuiteError {
  readonly key: string;

  constructor(launch: SuiteLaunch, options?: { readonly cause?: unknown }) {
    super(
      'ERR_LAUNCH_IN_DOUBT',
      `it is not known whether suite ${launch.suite} was started on ${launch.board}`,
      options,
    );
    this.key = launch.key;
  }
}
