import { closestName } from '../../clients/closest-name.js';
import { isDynamicSuiteError } from '../../errors.js';
import type { ControlFileGetter } from '../../control-files/types.js';
import { problemOf } from '../../crashes/problem.js';
import { allOrNone } from '../../runtime/abort.js';
import type { Clock } from '../../runtime/clock.js';
import { createLimit, type Limit } from '../../runtime/limit.js';
import type { SuiteTask } from '../task.js';
import { ConfigCheck, type ConfigCheckItem } from './config-check.js';
import type { SchedulerConfig } from './types.js';

/** Whether a suite can be run: whether there is a `test_suites/control.<suite>`. */
export type SuiteLookup = (
  suite: string,
  options: { readonly signal?: AbortSignal | undefined },
) => boolean | Promise<boolean>;

/** What a configuration is checked against. */
export interface CheckConfigOptions {
  /**
   * Where the `test_suites/control.<suite>` of the tasks should be: the control files of a build (`devServerControlFiles`)
   * or of an Autotest tree (`fileSystemControlFiles`), or a function that knows which suites there are. Each suite is
   * asked for once.
   *
   * @defaultValue suites are not looked for
   */
  readonly controlFiles?: ControlFileGetter | SuiteLookup | undefined;
  /**
   * The boards that the lab has, without `board:`; a task that names another is warned of.
   *
   * @defaultValue boards are not compared
   */
  readonly boards?: readonly string[] | undefined;
  /**
   * Stands still while p-limit is loaded.
   *
   * @defaultValue the computer's clock
   */
  readonly clock?: Clock | undefined;
  /** Stops it; `checkConfig` then rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks whether a configuration does what it should: which sections are malformed, which suites have no control file,
 * and which boards the lab does not have. Starts nothing.
 *
 * What is wrong, a server that does not answer included, is in the result and never thrown.
 *
 * @throws the signal's reason when aborted
 */
export async function checkConfig(config: SchedulerConfig, options: CheckConfigOptions = {}): Promise<ConfigCheck> {
  const { controlFiles, boards, clock, signal } = options;
  signal?.throwIfAborted();
  const limit = createLimit(maxConcurrent, clock);
  const suites = [...new Set(config.tasks.map(({ suite }) => suite))];
  const look = controlFiles === undefined ? [] : suites.map((suite) => lookupOf(suite, controlFiles, limit));
  const answers = await allOrNone(look, signal);
  const bySuite = new Map(answers);
  const items = [
    ...config.problems.map(({ section, line, reason }): ConfigCheckItem => ({
      ...{ section, line, status: 'failed', code: 'malformed', message: reason },
    })),
    ...config.tasks.map((task) => itemOf(task, bySuite.get(task.suite) ?? unknownBoards(task, boards))),
  ];
  return new ConfigCheck(items.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)));
}

const maxConcurrent = 8;

function lookupOf(suite: string, controlFiles: ControlFileGetter | SuiteLookup, limit: Limit) {
  return async (signal: AbortSignal): Promise<[string, Finding | null]> => [
    suite,
    await limit.run(() => lookFor(suite, controlFiles, signal), { signal }),
  ];
}

type Finding = Pick<ConfigCheckItem, 'status' | 'code' | 'message'>;

async function lookFor(
  suite: string,
  controlFiles: ControlFileGetter | SuiteLookup,
  signal: AbortSignal,
): Promise<Finding | null> {
  const path = `test_suites/control.${suite}`;
  const missing: Finding = { status: 'failed', code: 'no-control-file', message: `there is no ${path}` };
  try {
    if (typeof controlFiles === 'function') return (await controlFiles(suite, { signal })) ? null : missing;
    const source = await controlFiles.read(path, { signal });
    const text = typeof source === 'string' ? source : new TextDecoder().decode(source);
    if (text.trim() !== '') return null;
    return { status: 'failed', code: 'empty-control-file', message: `${path} is empty` };
  } catch (error) {
    signal.throwIfAborted();
    if (isDynamicSuiteError(error, 'ERR_CONTROL_FILE_NOT_FOUND')) return missing;
    const message = `${path} could not be looked for: ${problemOf(error)}`;
    return { status: 'warning', code: 'control-file-unknown', message };
  }
}

function unknownBoards({ boards }: SuiteTask, known: readonly string[] | undefined): Finding | null {
  const unknown = known === undefined ? [] : boards.filter((board) => !known.includes(board));
  if (known === undefined || unknown.length === 0) return null;
  const named = unknown.map((board) => {
    const meant = closestName(board, known);
    return meant === undefined ? board : `${board} (did you mean "${meant}"?)`;
  });
  return { status: 'warning', code: 'unknown-board', message: `the lab has no ${named.join(', ')}` };
}

function itemOf({ name: section, line, suite, runOn }: SuiteTask, finding: Finding | null): ConfigCheckItem {
  return { section, line, ...(finding ?? { status: 'ok', code: null, message: `${suite}, ${runOn}` }) };
}
