import type { TestPredicate } from '../control-files/predicates.js';
import type { SuiteJob } from '../results/suite-job.js';
import type { FailureReportArguments } from './failure-report-options.js';
import type { Priority } from './priority.js';

/**
 * What a suite is asked for. `board`, `name`, `job`, `devserverUrl` and one of `builds` and `build` are required.
 *
 * Arguments that do not exist are ignored with a warning, so that scripts for older and newer versions keep working.
 */
export interface SuiteSpecArguments extends FailureReportArguments {
  /** The suite's name, as in the SUITE line of control files, e.g. `bvt`. */
  readonly name: string;
  /** The board to run on, e.g. `x86-mario`. */
  readonly board: string;
  /** The job that the suite runs in; see `openSuiteJob`. */
  readonly job: SuiteJob;
  /**
   * Base URL of the dev server that stages the build, e.g. `http://devserver.lab:8082`. A lab that names its dev servers
   * itself is asked instead.
   */
  readonly devserverUrl: string;
  /**
   * What to put on the devices: version prefix → build, e.g.
   * `{ 'cros-version': 'x86-alex-release/R18-1655.0.0', 'fwrw-version': 'x86-alex-firmware/R36-5771.50.0' }`.
   */
  readonly builds?: Readonly<Record<string, string>> | undefined;
  /**
   * One build. With `builds`, it must be one of its values.
   *
   * @deprecated Alone it is an old form of `builds`.
   */
  readonly build?: string | undefined;
  /**
   * The version prefix of a `build` that comes alone.
   *
   * @defaultValue `'fwrw-version'` with `firmwareReimage`, else `'cros-version'`
   * @deprecated Use `builds`.
   */
  readonly versionPrefix?: string | undefined;
  /**
   * Whether a `build` that comes alone is firmware.
   *
   * @defaultValue false
   * @deprecated Use `builds`.
   */
  readonly firmwareReimage?: boolean | undefined;
  /**
   * The build whose control files and tests are used.
   *
   * @defaultValue the `cros-version` build; required where there is none
   */
  readonly testSourceBuild?: string | undefined;
  /**
   * Run on hosts of this pool only, e.g. `bvt`.
   *
   * @defaultValue any pool
   */
  readonly pool?: string | null | undefined;
  /** Stored for callers that read it back; has no effect. */
  readonly num?: number | null | undefined;
  /**
   * Ask first whether a usable host has the board, pool and dependencies (S11): `true` warns when there is none,
   * `'require'` ends the suite with `BoardNotAvailableError`, `false` does not ask.
   *
   * @defaultValue true
   */
  readonly checkHosts?: boolean | 'require' | undefined;
  /**
   * Run experimental tests too.
   *
   * @defaultValue true
   */
  readonly addExperimental?: boolean | undefined;
  /**
   * How long a test may run, in minutes.
   *
   * @defaultValue 1440
   */
  readonly maxRuntimeMins?: number | undefined;
  /**
   * How long a job may take from its creation to its end, in hours.
   *
   * @defaultValue 24
   */
  readonly timeout?: number | undefined;
  /**
   * The same in minutes; wins over `timeout`. Also bounds the wait for the whole suite.
   *
   * @defaultValue `timeout` × 60; 0 means the default too
   */
  readonly timeoutMins?: number | undefined;
  /**
   * Labels that every host must have, as a list or in one comma-separated string.
   *
   * @defaultValue `[]`
   */
  readonly suiteDependencies?: readonly string[] | string | undefined;
  /**
   * A name, or a number: 10 (weekly) to 70 (commit queue); higher runs first.
   *
   * @defaultValue `'Default'`, which is 40
   */
  readonly priority?: Priority | undefined;
  /**
   * Chooses the tests.
   *
   * @defaultValue those whose SUITE list has the suite's name
   */
  readonly predicate?: TestPredicate | null | undefined;
  /**
   * Wait for the tests to finish and record their results.
   *
   * @defaultValue true
   */
  readonly waitForResults?: boolean | undefined;
  /**
   * Run failed tests again, as often as their JOB_RETRIES says.
   *
   * @defaultValue false
   */
  readonly jobRetry?: boolean | undefined;
  /**
   * How many retries the whole suite may have.
   *
   * @defaultValue no limit
   */
  readonly maxRetries?: number | null | undefined;
  /**
   * Have the lab keep the results of failed tests only.
   *
   * @defaultValue false
   */
  readonly offloadFailuresOnly?: boolean | undefined;
  /**
   * Take the control files from the lab server's own Autotest tree instead of the build: nothing is staged, and tests
   * are not packaged by the server. Needs `autotestDir` in the options of `reimageAndRun`.
   *
   * @defaultValue false
   */
  readonly runProdCode?: boolean | undefined;
  /**
   * Accepted for old callers; has no effect.
   *
   * @deprecated The version labels decide whether a device is imaged.
   */
  readonly skipReimage?: boolean | undefined;
}

/** Something about the arguments that deserves attention but stops nothing. */
export interface SuiteWarning {
  /** `deprecated-argument`, `unknown-argument`, `ineffective-argument` or `bad-bug-template`. */
  readonly code: string;
  readonly message: string;
}
