/**
 * A suite that is to be run when something happens: one section of the configuration, or one `suiteTask()` of a caller
 * who configures in TypeScript. Two tasks are the same when all but their names is (C6).
 */
export interface SuiteTask {
  /** The section's name; unique among the tasks of a scheduler. */
  readonly name: string;
  readonly suite: string;
  /** The keyword of the event that starts it: `nightly`, `weekly`, `new_build`, `new_chrome`, or that of an event of one's own. */
  readonly runOn: string;
  /**
   * The branches whose builds it tests: `factory`, `firmware`, and constraints on milestones, `>=R18`, `==tot`, `<=tot-2`,
   * all of which must hold. Empty: every milestone, but neither factory nor firmware.
   */
  readonly branchSpecs: readonly string[];
  /** The types of builds it tests, e.g. `['release']` (C11); of the branches `factory` and `firmware` the type is the branch. */
  readonly buildTypes: readonly string[];
  /** Without `pool:`; null: any host of the board. */
  readonly pool: string | null;
  /** Without `board:`; empty: every board that the lab has. */
  readonly boards: readonly string[];
  /** Handed to the suite, where it has no effect. */
  readonly num: number | null;
  /** 0 (midnight) to 23, in the time zone of the scheduler; null: that of its event. Of nightly tasks only. */
  readonly hour: number | null;
  /** 0 (Monday) to 6; null: that of its event. Of weekly tasks only. */
  readonly day: number | null;
  readonly fileBugs: boolean;
  readonly jobRetry: boolean;
  /** With the branch `firmware`: which ChromeOS build goes with a firmware build, `tot`, `tot-N` or `RNN`. */
  readonly crosBuildSpec: string | null;
  /** Which firmware goes with a ChromeOS build: the latest of type `firmware`, or that of the latest `release` build (`cros`). */
  readonly firmwareRwBuildSpec: 'firmware' | 'cros' | null;
  /** Whose tests are run where a suite has two builds. */
  readonly testSource: 'firmware_rw' | 'cros' | null;
  /**
   * Which of several new builds of a branch are tested, and in what order (C10): every one from the oldest on, every one
   * from the newest on, or the newest alone.
   */
  readonly buildPolicy: 'oldest-first' | 'newest-first' | 'newest-only';
  /** The line of its section's head in the configuration file, from 1; null for a task that comes from no file. */
  readonly line: number | null;
}
