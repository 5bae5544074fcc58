import type { SuiteJobRequest } from '../clients/afe/types.js';
import { parseBuildName } from '../clients/dev-server/build-name.js';
import type { PythonValue } from '../clients/python-literal.js';
import { systemClock, type Clock } from '../runtime/clock.js';
import { silentLogger, type Logger } from '../runtime/logger.js';
import {
  flag,
  isNaturalNumber,
  isPositiveInteger,
  number,
  optionalInteger,
  optionalText,
  priority,
  text,
  url,
  vetBuilds,
} from './argument-checks.js';
import { SuiteArgumentError } from './errors.js';
import { crosVersionPrefix } from './labels.js';
import type { Lab } from './lab.js';
import type { Priority } from './priority.js';
import { vetLab } from './run-options.js';
import type { SuiteWarning } from './suite-arguments.js';

/** The services of a lab that a suite job needs: the AFE and a dev server, or several. */
export type SuiteJobLab = Pick<Lab, 'afe' | 'devServer' | 'devServers' | 'user' | 'timeZone' | 'transport'>;

/** Options of {@link createSuiteJob}. `name`, one of `builds` and `build`, and `lab` are required. */
export interface CreateSuiteJobOptions extends Omit<SuiteJobRequest, 'board' | 'builds' | 'priority'> {
  /** The lab's services, by URL or as clients; see `Lab`. */
  readonly lab: SuiteJobLab;
  /**
   * Base URL of the dev server.
   *
   * @defaultValue that of `lab`; required where it names none
   */
  readonly devserverUrl?: string | undefined;
  /**
   * The board, `x86-mario` or `board:x86-mario`.
   *
   * @defaultValue that of the `cros-version` build; required where there is none
   */
  readonly board?: string | undefined;
  /** Version prefix → build, e.g. `{ 'cros-version': 'x86-mario-release/R19-1998.0.0' }`; not `fwro-version`. */
  readonly builds?: Readonly<Record<string, string>> | undefined;
  /**
   * The `cros-version` build, where there are no `builds`.
   *
   * @deprecated Use `builds`.
   */
  readonly build?: string | undefined;
  /**
   * A name, or a number: 10 (weekly) to 70 (commit queue); higher runs first.
   *
   * @defaultValue `'Default'`, which is 40
   */
  readonly priority?: Priority | undefined;
  /**
   * How long the lab may take, in hours.
   *
   * @defaultValue 24
   */
  readonly timeout?: number | undefined;
  /**
   * The same in minutes, for the time from a job's creation to its end.
   *
   * @defaultValue `timeout` × 60; 0 means the default too
   */
  readonly timeoutMins?: number | undefined;
  /**
   * How long a job may run, in minutes.
   *
   * @defaultValue `timeout` × 60; 0 means the default too
   */
  readonly maxRuntimeMins?: number | undefined;
  /** The root of the lab server's Autotest tree; needed with `runProdCode`, unless there is a `controlFile`. */
  readonly autotestDir?: string | undefined;
  /** Stops the call; the job may then have been created. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long staging, reading and creating may take together, in ms.
   *
   * @defaultValue each call has the deadline of its client
   */
  readonly deadlineMs?: number | undefined;
  /**
   * Where time comes from.
   *
   * @defaultValue the computer's clock
   */
  readonly clock?: Clock | undefined;
  /**
   * Where warnings go.
   *
   * @defaultValue nowhere
   */
  readonly logger?: Logger | undefined;
}

/** What a suite job is made of, vetted, with the defaults. */
export interface SuiteJobPlan {
  readonly name: string;
  readonly builds: Readonly<Record<string, string>>;
  readonly testSourceBuild: string;
  /** Undefined: the build's, or the lab's own. */
  readonly controlFile: string | undefined;
  readonly priority: number;
  readonly timeoutMins: number;
  readonly maxRuntimeMins: number;
  readonly suiteMinDuts: number;
  readonly runProdCode: boolean;
  /** The tree that the control file is in, with `runProdCode`. */
  readonly autotestDir: string | undefined;
  /** Empty where the lab names dev servers itself. */
  readonly devserverUrl: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly warnings: readonly SuiteWarning[];
  /** What the control file is told, by the AFE's names, but for the dev server that the build goes to. */
  readonly args: Readonly<Record<string, PythonValue>>;
}

/**
 * Checks the options and fills in the defaults.
 *
 * @throws SuiteArgumentError naming the first one that is missing or wrong
 */
export function planSuiteJob(options: CreateSuiteJobOptions): SuiteJobPlan {
  if (typeof options !== 'object' || (options as unknown) === null) {
    throw new SuiteArgumentError('options', 'an object');
  }
  vetLab(options.lab);
  const controlFile = readControlFile(options.controlFile);
  const name = readName(options, controlFile);
  const warnings: SuiteWarning[] = [];
  const builds = vetBuilds(options, warnings);
  if ('fwro-version' in builds) {
    throw new SuiteArgumentError('builds', 'no fwro-version: read-only firmware cannot be updated');
  }
  const testSourceBuild = optionalText(options, 'testSourceBuild') ?? builds[crosVersionPrefix];
  if (testSourceBuild === undefined) {
    throw new SuiteArgumentError('testSourceBuild', `a build, since "builds" has no ${crosVersionPrefix} build`);
  }
  const runProdCode = flag(options, 'runProdCode', false);
  const autotestDir = optionalText(options, 'autotestDir');
  if (runProdCode && controlFile === undefined && autotestDir === undefined) {
    throw new SuiteArgumentError('autotestDir', 'a folder, since "runProdCode" is set');
  }
  const timeout = number(options, 'timeout', 24, 'a whole number of hours above 0', isPositiveInteger);
  const minutes = (key: 'timeoutMins' | 'maxRuntimeMins') =>
    number(options, key, 0, 'a whole number of minutes', isNaturalNumber) || timeout * 60;
  const timeoutMins = minutes('timeoutMins');
  const maxRuntimeMins = minutes('maxRuntimeMins');
  const jobPriority = priority(options);
  const devserverUrl = readDevserverUrl(options);
  const { clock = systemClock, logger = silentLogger } = options;
  return {
    ...{ name, builds, testSourceBuild, controlFile, timeoutMins, maxRuntimeMins, runProdCode },
    ...{ clock, logger, warnings },
    autotestDir: runProdCode ? autotestDir : undefined,
    priority: jobPriority,
    suiteMinDuts: number(options, 'suiteMinDuts', 0, 'a whole number that is not negative', isNaturalNumber),
    devserverUrl,
    args: {
      board: readBoard(options, builds),
      build: optionalText(options, 'build') ?? '',
      builds,
      check_hosts: flag(options, 'checkHosts', true),
      pool: withoutPrefix('pool:', optionalText(options, 'pool') ?? ''),
      // None are as many as the suite likes.
      num: optionalInteger(options, 'num') || null,
      file_bugs: flag(options, 'fileBugs', false),
      timeout,
      timeout_mins: timeoutMins,
      devserver_url: devserverUrl,
      priority: jobPriority,
      suite_args: readSuiteArgs(options.suiteArgs),
      wait_for_results: flag(options, 'waitForResults', true),
      job_retry: flag(options, 'jobRetry', false),
      max_retries: optionalInteger(options, 'maxRetries'),
      max_runtime_mins: maxRuntimeMins,
      offload_failures_only: flag(options, 'offloadFailuresOnly', false),
      test_source_build: testSourceBuild,
      run_prod_code: runProdCode,
    },
  };
}

function readControlFile(controlFile: unknown): string | undefined {
  if (controlFile === undefined || controlFile === null || controlFile === '') return undefined;
  if (typeof controlFile !== 'string') throw new SuiteArgumentError('controlFile', 'the text of a control file');
  return controlFile;
}

/** Where the control file is looked for by the name, the name becomes a part of its path. */
function readName(options: CreateSuiteJobOptions, controlFile: string | undefined): string {
  const name = text(options, 'name', 'a suite name such as "bvt"');
  if (controlFile === undefined && !/^[-\w.+]{1,200}$/u.test(name)) {
    const found = JSON.stringify(name.slice(0, 60));
    throw new SuiteArgumentError('name', 'a suite name of letters, digits, "-", "_", "+" and "."', { found });
  }
  return name;
}

function readBoard(options: CreateSuiteJobOptions, builds: Readonly<Record<string, string>>): string {
  const board = optionalText(options, 'board');
  if (board !== undefined) return withoutPrefix('board:', board);
  const build = builds[crosVersionPrefix];
  if (build === undefined) {
    throw new SuiteArgumentError('board', `a board, since "builds" has no ${crosVersionPrefix} build to tell it by`);
  }
  try {
    return parseBuildName(build).board;
  } catch (cause) {
    throw new SuiteArgumentError('board', 'a board, since the name of the build does not tell it', { cause });
  }
}

function readDevserverUrl(options: CreateSuiteJobOptions): string {
  const { devServer, devServers = [] } = options.lab;
  if (options.devserverUrl === undefined && (devServer !== undefined || devServers.length > 0)) return '';
  return url(options, 'devserverUrl');
}

function readSuiteArgs(suiteArgs: unknown): string | null {
  if (suiteArgs === undefined || suiteArgs === null) return null;
  if (typeof suiteArgs !== 'string') throw new SuiteArgumentError('suiteArgs', 'a text, or null');
  return suiteArgs;
}

function withoutPrefix(prefix: string, name: string): string {
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}
