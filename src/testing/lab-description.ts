import type { Clock } from '../index.js';
import type { DescribedTest } from './described-test.js';
import type { LabFault } from './fault.js';
import type { LabDurations } from './lab/durations.js';
import type { HostScripts } from './lab/host-scripts.js';
import type { TestScript } from './lab/outcome.js';
import type { RunSuite } from './suite-run.js';

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
   * @defaultValue scheduler 10 s, provisioning 8 min, reset 30 s, verifying 30 s, cleaning 1 min, repair 10 min,
   * gathering 5 s, parsing 5 s
   */
  readonly durations?: Partial<LabDurations> | undefined;
  /**
   * Whether the dev server has `list_suite_controls` and `locate_file`; those from before April 2016 have not.
   *
   * @defaultValue true
   */
  readonly listSuiteControls?: boolean | undefined;
  /**
   * Whether an Apache stands before the dev server and the crash server: it serves `static/` by itself, lists folders
   * there, and says nothing of the type of files without an extension.
   *
   * @defaultValue false
   */
  readonly devServerBehindApache?: boolean | undefined;
  /**
   * How long the servers keep a connection that idles, once `listen()` has been called: in real milliseconds, to which
   * Node adds up to a second. A client's reused connection can so die under a request.
   *
   * @defaultValue 5,000, as Apache does
   */
  readonly idleSocketMs?: number | undefined;
  /**
   * A folder for the jobs' result files, empty or not there yet, e.g. a temporary one. A job that has ended gets its
   * folder `<resultsDir>/<job tag>/` when the lab's `resultFiles` are asked for it, or by `writeResults()`; the lab has
   * no timers and writes nothing in between.
   *
   * @defaultValue the result files are made in memory
   */
  readonly resultsDir?: string | undefined;
  /**
   * Runs the suite of a job that `create_suite_job` has made, when the job begins.
   *
   * @defaultValue `reimageAndRun`, with the arguments that the job was made with
   */
  readonly runSuite?: RunSuite | undefined;
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

/** One host, and how it behaves when the lab does something to it. */
export interface HostOptions extends HostScripts {
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
   * ACL groups whose members may use it. Every user is in `Everyone`; in the others is the lab's own user, and whom the
   * AFE's `acl_group_add_users` adds.
   *
   * @defaultValue `['Everyone']`
   */
  readonly acls?: readonly string[] | undefined;
  /**
   * When the host is gone, as after `LabHost.die()` and until `revive()`.
   *
   * @defaultValue never
   */
  readonly outages?: readonly HostOutage[] | undefined;
}

/** A time at which a host is gone, in milliseconds since the lab's start. */
export interface HostOutage {
  readonly fromMs: number;
  /** @defaultValue it does not come back */
  readonly untilMs?: number | undefined;
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
   * Tests whose control files are rendered from data and stand beside `controlFiles`, e.g.
   * `[{ name: 'power_Idle', suites: ['bvt'], jobRetries: 2 }]`; with `test_suites/control.<suite>` for their suites.
   *
   * @defaultValue none but those of the builder's `suite()`
   */
  readonly tests?: readonly DescribedTest[] | undefined;
  /**
   * The map of suites, suite → paths.
   *
   * @defaultValue what the control files say of themselves
   */
  readonly suites?: Readonly<Record<string, readonly string[]>> | undefined;
  /**
   * Further files in the image storage, by name, which `stage` takes with `files=` and serves below `static/`.
   *
   * @defaultValue none
   */
  readonly storedFiles?: Readonly<Record<string, string | Uint8Array>> | undefined;
  /**
   * How long one stage request takes, in milliseconds; or how long each artifact takes, and those that are not named
   * take no time.
   *
   * @defaultValue 20,000
   */
  readonly stagingMs?: number | Readonly<Record<string, number>> | undefined;
  /**
   * Whether `<board>-release/LATEST` means this one. `'with-newline'`: it does, and the dev server's answer has a line
   * break behind the version, as it has where somebody edited the storage's file `LATEST-master` by hand.
   *
   * @defaultValue the board's highest version is the latest
   */
  readonly latest?: boolean | 'with-newline' | undefined;
  /**
   * Artifacts that the image storage does not have: staging gets as far as the first of them.
   *
   * @defaultValue none
   */
  readonly missingArtifacts?: readonly string[] | undefined;
  /**
   * Artifacts that the dev server cannot make use of: artifact → its error, whenever the artifact is staged.
   *
   * @defaultValue none
   */
  readonly brokenArtifacts?: Readonly<Record<string, string>> | undefined;
  /**
   * Whether the image storage has the build's debug symbols, which the crash server needs.
   *
   * @defaultValue true
   */
  readonly symbols?: boolean | undefined;
  /** The dev server's error: on every stage request, or on the first `times`. */
  readonly stagingFails?: string | { readonly message: string; readonly times: number } | undefined;
  /**
   * When the image storage gets the build, in milliseconds since the lab's start.
   *
   * @defaultValue it is there from the start
   */
  readonly appearsAfterMs?: number | undefined;
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
  /**
   * What goes wrong with requests from the start.
   *
   * @defaultValue nothing
   */
  readonly faults?: readonly LabFault[] | undefined;
}
