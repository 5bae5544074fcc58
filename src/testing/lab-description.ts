import type { Clock } from '../index.js';
import type { LabDurations } from './lab/simulation.js';
import type { TestScript } from './lab/outcome.js';

/** Options of {@link embeddedLab}. */
export interface EmbeddedLabOptions {
  /**
   * `virtual`: hours pass at once when everything waits. `real`: the computer's time. Or a clock of the caller's.
   *
   * @defaultValue `'virtual'`
   */
  readonly clock?: 'virtual' | 'real' | Clock | undefined;
  /**
   * Changes what chance decides: how long tests take that have no scripted duration, what `flaky` makes of them, which
   * calls a fault with a probability hits.
   *
   * @defaultValue 1
   */
  readonly seed?: number | undefined;
  /**
   * The lab's IANA time zone.
   *
   * @defaultValue `'America/Los_Angeles'`
   */
  readonly timeZone?: string | undefined;
  /**
   * The login of the lab's superuser, which the clients in process use.
   *
   * @defaultValue `'chromeos-test'`
   */
  readonly user?: string | undefined;
  /**
   * How long things take.
   *
   * @defaultValue scheduler 10 s, provisioning 8 min, reset 30 s, gathering 5 s, parsing 5 s
   */
  readonly durations?: Partial<LabDurations> | undefined;
  /**
   * Whether the dev server has `list_suite_controls`; those from before April 2016 have not.
   *
   * @defaultValue true
   */
  readonly listSuiteControls?: boolean | undefined;
  /**
   * A folder for the jobs' result files, empty or not there yet, e.g. a temporary one. A job that has ended gets its
   * folder `<resultsDir>/<job tag>/` when the lab's `resultFiles` are asked for it, or by `writeResults()`; the lab has
   * no timers and writes nothing in between.
   *
   * @defaultValue the result files are made in memory
   */
  readonly resultsDir?: string | undefined;
  /**
   * Keeps the latest calls with their arguments, for `lab.calls.entries()`. `limit` says how many; a value for `limit`
   * that is left out is 10,000.
   *
   * @defaultValue calls are counted only
   */
  readonly callLog?: { readonly limit?: number | undefined } | undefined;
}

/** Hosts of one board. */
export interface BoardOptions {
  /**
   * How many.
   *
   * @defaultValue 1
   */
  readonly hosts?: number | undefined;
  /** Their pool, without `pool:`. */
  readonly pool?: string | undefined;
  /** More labels. */
  readonly labels?: readonly string[] | undefined;
}

/** One host. */
export interface HostOptions {
  /** Its board, without `board:`. */
  readonly board?: string | undefined;
  /** Its pool, without `pool:`. */
  readonly pool?: string | undefined;
  /** More labels, e.g. `cros-version:...` of the build that it has. */
  readonly labels?: readonly string[] | undefined;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  /**
   * Any but Ready keeps jobs away.
   *
   * @defaultValue `'Ready'`
   */
  readonly status?: string | undefined;
  /** @defaultValue false */
  readonly locked?: boolean | undefined;
  /** @defaultValue `'locked by the test'` */
  readonly lockReason?: string | undefined;
  /**
   * Groups whose members may use it; only `Everyone` is open to others than the superuser.
   *
   * @defaultValue `['Everyone']`
   */
  readonly acls?: readonly string[] | undefined;
}

/** One build in the image storage. */
export interface BuildOptions {
  /**
   * Path below the build's `autotest` folder → content, e.g. `client/site_tests/login_LoginSuccess/control`; or a
   * folder that holds those paths.
   *
   * @defaultValue none
   */
  readonly controlFiles?: Readonly<Record<string, string | Uint8Array>> | string | undefined;
  /**
   * The map of suites, suite → paths.
   *
   * @defaultValue what the control files say of themselves
   */
  readonly suites?: Readonly<Record<string, readonly string[]>> | undefined;
  /**
   * How long one stage request takes, in milliseconds.
   *
   * @defaultValue 20,000
   */
  readonly stagingMs?: number | undefined;
  /**
   * Whether `<board>-release/LATEST` means this one.
   *
   * @defaultValue the board's highest version is the latest
   */
  readonly latest?: boolean | undefined;
  /**
   * Artifacts that the image storage does not have: staging gets as far as the first of them.
   *
   * @defaultValue none
   */
  readonly missingArtifacts?: readonly string[] | undefined;
  /**
   * Whether the image storage has the build's debug symbols, which the crash server needs.
   *
   * @defaultValue true
   */
  readonly symbols?: boolean | undefined;
  /** The dev server's error: on every stage request, or on the first `times`. */
  readonly stagingFails?: string | { readonly message: string; readonly times: number } | undefined;
}

/** All that was said of a lab before it starts. */
export interface LabDescription {
  readonly options: EmbeddedLabOptions;
  readonly labels: readonly { readonly name: string; readonly platform: boolean }[];
  readonly hosts: ReadonlyMap<string, HostOptions>;
  readonly builds: ReadonlyMap<string, BuildOptions>;
  /** By the NAME of the test's control file. */
  readonly scripts: ReadonlyMap<string, TestScript>;
  /**
   * How tests end that have no script.
   *
   * @defaultValue good
   */
  readonly otherTests?: TestScript | undefined;
}
