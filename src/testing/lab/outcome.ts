import type { RowStatus } from './model.js';

/**
 * How a test ends.
 *
 * - `good`, `fail`, `error`, `warn`, `not-applicable`: its row says so
 * - `abort`: the test itself gives up; its row says ABORT
 * - `machine-failure`: the host cannot be reached; one SERVER_JOB row at FAIL
 * - `provision-failure`: the build cannot be put on the host; the test never runs
 * - `slow`: good, after ten times the usual time
 */
export type ScriptedOutcome =
  | 'good'
  | 'fail'
  | 'error'
  | 'warn'
  | 'not-applicable'
  | 'abort'
  | 'machine-failure'
  | 'provision-failure'
  | 'slow'
  | ScriptedResult;

/** An outcome in detail. `{ durationMs: 600_000 }` is a test that passes and takes ten minutes. */
export interface ScriptedResult {
  /** @defaultValue `'GOOD'` */
  readonly status?: RowStatus | undefined;
  /** @defaultValue a plain sentence that fits the status */
  readonly reason?: string | undefined;
  /**
   * How long it runs. `Infinity` hangs until the job's `maxRuntimeMins` are over.
   *
   * @defaultValue one to three minutes, by the test's name
   */
  readonly durationMs?: number | undefined;
  /** Rows to write in place of the test's own one, e.g. of a control file that runs two tests. */
  readonly subtests?:
    readonly { readonly name: string; readonly status: RowStatus; readonly reason?: string | undefined }[] | undefined;
  /**
   * What crashes on the device meanwhile. Each leaves a crash dump among the job's result files when the job ends.
   *
   * @defaultValue nothing
   */
  readonly crashes?: readonly ScriptedCrash[] | undefined;
}

/** A crash, e.g. `{ process: 'chrome', function: 'browser::Tab::Close' }`. */
export interface ScriptedCrash {
  /** The program, which also names the dump. */
  readonly process: string;
  /** The function at the top of the stack. */
  readonly function: string;
  /**
   * The functions below it, the innermost first.
   *
   * @defaultValue none
   */
  readonly frames?: readonly string[] | undefined;
  /**
   * Whether the dump is one that no crash server can read.
   *
   * @defaultValue false
   */
  readonly unreadable?: boolean | undefined;
}

/**
 * One outcome for all attempts, one for each (the last one repeats), or a decision taken as the attempt begins, such as
 * {@link byBoard}, {@link byHost} and {@link flaky} make.
 */
export type TestScript = ScriptedOutcome | readonly ScriptedOutcome[] | ((situation: TestSituation) => ScriptedOutcome);

/** What a script may decide by. */
export interface TestSituation {
  readonly test: string;
  /** 1, or one more for each retry before. */
  readonly attempt: number;
  /** Null for a job without a host. */
  readonly host: string | null;
  readonly board: string | null;
  /** The suite that the job belongs to, by its keyval or its name; null where neither says. */
  readonly suite: string | null;
  /** The build under test, by the job's keyval or its name; null where neither says. */
  readonly build: string | null;
  /** Ids are given in the order in which jobs are created: what decides by `id` depends on that order. */
  readonly job: { readonly id: number; readonly name: string; readonly keyvals: Readonly<Record<string, string>> };
  /**
   * A number from 0 up to 1, another one on each call. The lab's seed, the job's name, the board and the attempt decide
   * it, nothing else: a lab draws the same for a job whatever else goes on. Jobs of one name draw the same.
   *
   * @param key - what else shall decide it, e.g. `situation.host`; which host a job gets depends on what else goes on
   */
  random(key?: string | null): number;
}

/** The scripts of a lab. */
export interface TestScripts {
  /** By the NAME of the test's control file. */
  readonly byTest: ReadonlyMap<string, TestScript>;
  /** Of tests that have none of their own; jobs without a host, such as suite jobs, are good without one. */
  readonly otherwise: TestScript | undefined;
}

export function outcomeOf(script: TestScript | undefined, situation: TestSituation): ScriptedOutcome {
  if (script === undefined) return 'good';
  if (typeof script === 'function') return script(situation);
  if (isList(script)) return script[Math.min(situation.attempt, script.length) - 1] ?? 'good';
  return script;
}

/** The rows' view of an outcome; undefined when the test has no row of its own. */
export function resultOf(outcome: ScriptedOutcome): ScriptedResult | undefined {
  if (typeof outcome === 'object') return outcome;
  return plainResults[outcome];
}

export function defaultReason(status: RowStatus): string {
  return reasons[status];
}

const plainResults: Readonly<Record<Exclude<ScriptedOutcome, ScriptedResult>, ScriptedResult | undefined>> = {
  good: { status: 'GOOD' },
  slow: { status: 'GOOD' },
  fail: { status: 'FAIL' },
  error: { status: 'ERROR' },
  warn: { status: 'WARN' },
  'not-applicable': { status: 'TEST_NA' },
  abort: { status: 'ABORT' },
  'machine-failure': undefined,
  'provision-failure': undefined,
};

const reasons: Readonly<Record<RowStatus, string>> = {
  GOOD: 'completed successfully',
  FAIL: 'Lab failure: the script says so',
  ERROR: 'Unhandled LabError: the script says so',
  WARN: 'Lab: something was odd',
  TEST_NA: 'Lab: the test does not apply to this board',
  ABORT: 'Lab: test aborted',
};

// Array.isArray does not narrow a readonly array out of a union.
function isList(script: TestScript): script is readonly ScriptedOutcome[] {
  return Array.isArray(script);
}
