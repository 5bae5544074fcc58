import type { BugReporter } from '../bugs/bug-reporter.js';
import type { ReportLimits } from '../bugs/report-budget.js';
import type { ControlFileCache } from '../control-files/control-file-cache.js';
import type { ResultFiles } from '../crashes/result-files.js';
import type { SuiteEventListener } from '../results/events.js';
import { systemClock, type Clock } from '../runtime/clock.js';
import { silentLogger, type Logger } from '../runtime/logger.js';
import type { CallHooks } from '../transport/call-events.js';
import { SuiteArgumentError } from './errors.js';
import type { FailureReportOptions } from './failure-report-options.js';
import { resolveInfraRetries, type InfraRetryLimits, type InfraRetryOptions } from './infra-retry-options.js';
import type { Lab } from './lab.js';
import type { SuiteSpecArguments } from './suite-arguments.js';

/** What `reimageAndRun` takes: the suite, the lab, and how to follow it. */
export interface ReimageAndRunOptions extends SuiteSpecArguments, FailureReportOptions, InfraRetryOptions {
  /** The lab's services, by URL or as clients. */
  readonly lab: Lab;
  /** Hears what happens, e.g. `consoleReporter()`. */
  readonly onEvent?: SuiteEventListener | undefined;
  /** Told of each call of the clients that are made for the URLs of `lab`, at its end. */
  readonly onCall?: CallHooks['onCall'];
  /** Told of each wait before such a call is tried again. */
  readonly onRetry?: CallHooks['onRetry'];
  /** Stops the run; the jobs that exist go on in the lab. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Time between two looks at the jobs, in ms.
   *
   * @defaultValue 5000
   */
  readonly pollIntervalMs?: number | undefined;
  /**
   * Have the lab abort the jobs that are left when the time of the suite (`timeoutMins`) is over while they are waited
   * for. The event `jobs-aborted` tells which; the tests count as unfinished either way.
   *
   * @defaultValue false: they go on in the lab, up to time-outs of their own
   */
  readonly abortOnTimeout?: boolean | undefined;
  /**
   * How many jobs are created, and control files read, at once.
   *
   * @defaultValue 8
   */
  readonly concurrency?: number | undefined;
  /** The root of the lab server's Autotest tree; needed with `runProdCode`. */
  readonly autotestDir?: string | undefined;
  /**
   * Keeps the control files of builds, for several suites of a build: what one of them has read, the others need not.
   *
   * @defaultValue every run reads for itself
   */
  readonly controlFileCache?: ControlFileCache | undefined;
  /**
   * Where the jobs' files are, e.g. `resultFilesInFolder({ root })`: crash dumps among them are found, symbolicated by
   * `lab.crashServers`, and told.
   *
   * @defaultValue nobody looks for crashes
   */
  readonly resultFiles?: ResultFiles | undefined;
  /**
   * Where time comes from.
   *
   * @defaultValue the computer's clock
   */
  readonly clock?: Clock | undefined;
  /**
   * Where warnings go, besides the events.
   *
   * @defaultValue nowhere
   */
  readonly logger?: Logger | undefined;
}

/** How a run is followed and where it happens, apart from what the suite is. */
export interface RunOptions {
  readonly lab: Lab;
  readonly onEvent: SuiteEventListener | undefined;
  readonly onCall: CallHooks['onCall'];
  readonly onRetry: CallHooks['onRetry'];
  readonly signal: AbortSignal | undefined;
  readonly pollIntervalMs: number;
  readonly abortOnTimeout: boolean;
  readonly concurrency: number;
  readonly autotestDir: string | undefined;
  readonly controlFileCache: ControlFileCache | undefined;
  readonly resultFiles: ResultFiles | undefined;
  readonly bugReporter: BugReporter | undefined;
  readonly reportLimits: Partial<ReportLimits> | undefined;
  readonly infraRetries: InfraRetryLimits;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Parts the options into those of the run, vetted and with defaults, and the arguments of the suite, as they are.
 *
 * @throws SuiteArgumentError naming the first option that is missing or wrong
 */
export function splitRunOptions(options: ReimageAndRunOptions): {
  readonly run: RunOptions;
  readonly suiteArguments: SuiteSpecArguments;
} {
  if (typeof options !== 'object' || (options as unknown) === null) {
    throw new SuiteArgumentError('options', 'an object');
  }
  const { lab, onEvent, onCall, onRetry, signal, pollIntervalMs, concurrency, autotestDir, ...others } = options;
  const { controlFileCache, resultFiles, bugReporter, reportLimits, infraRetries, maxInfraRetries, ...more } = others;
  const { abortOnTimeout, clock, logger, ...suiteArguments } = more;
  vetLab(lab);
  expect(isOptional(onEvent, 'function'), 'onEvent', 'a function');
  expect(isOptional(onCall, 'function'), 'onCall', 'a function');
  expect(isOptional(onRetry, 'function'), 'onRetry', 'a function');
  expect(signal === undefined || signal instanceof AbortSignal, 'signal', 'an AbortSignal');
  expect(pollIntervalMs === undefined || pollIntervalMs > 0, 'pollIntervalMs', 'a number of milliseconds above 0');
  expect(abortOnTimeout === undefined || typeof abortOnTimeout === 'boolean', 'abortOnTimeout', 'true or false');
  expect(concurrency === undefined || isPositiveInteger(concurrency), 'concurrency', 'a whole number above 0');
  expect(isOptional(autotestDir, 'string'), 'autotestDir', 'a folder');
  const needsDir = suiteArguments.runProdCode === true && autotestDir === undefined;
  expect(!needsDir, 'autotestDir', 'a folder, since "runProdCode" is set');
  const isCache = isOptional(controlFileCache, 'object') && controlFileCache !== null;
  expect(isCache, 'controlFileCache', 'a ControlFileCache');
  expect(
    isOptional(resultFiles, 'object') && resultFiles !== null,
    'resultFiles',
    'e.g. resultFilesInFolder({ root })',
  );
  expect(isBugReporter(bugReporter), 'bugReporter', 'a reporter with the method report, e.g. dryRunBugReporter()');
  expect(areLimits(reportLimits), 'reportLimits', 'an object of numbers that are not negative');
  expect(isOptional(clock, 'object') && clock !== null, 'clock', 'a clock');
  expect(isOptional(logger, 'object') && logger !== null, 'logger', 'a logger');
  const run: RunOptions = {
    lab,
    onEvent,
    onCall,
    onRetry,
    signal,
    pollIntervalMs: pollIntervalMs ?? 5000,
    abortOnTimeout: abortOnTimeout ?? false,
    concurrency: concurrency ?? 8,
    autotestDir,
    controlFileCache,
    resultFiles,
    bugReporter,
    reportLimits,
    infraRetries: resolveInfraRetries({ infraRetries, maxInfraRetries }),
    clock: clock ?? systemClock,
    logger: logger ?? silentLogger,
  };
  return { run, suiteArguments };
}

/** @throws SuiteArgumentError naming the first part of a lab that is missing or wrong */
export function vetLab(lab: unknown): void {
  if (typeof lab !== 'object' || lab === null) {
    throw new SuiteArgumentError('lab', 'an object such as { afe: "http://afe.lab" }');
  }
  const { afe, tko, devServer, devServers = [], crashServers = [] } = lab as Record<keyof Lab, unknown>;
  expect(isUrl(afe) || isClient(afe), 'lab.afe', 'an http or https URL, or a client');
  expect(tko === undefined || isUrl(tko) || isClient(tko), 'lab.tko', 'an http or https URL, or a client');
  expect(devServer === undefined || isClient(devServer), 'lab.devServer', 'a client');
  expect(areServers(devServers), 'lab.devServers', 'a list of http or https URLs or clients');
  expect(areServers(crashServers), 'lab.crashServers', 'a list of http or https URLs or clients');
}

function areServers(servers: unknown): boolean {
  return Array.isArray(servers) && servers.every((server) => isUrl(server) || isClient(server));
}

/** What was found is not shown: a URL may hold a password. */
function expect(holds: boolean, argument: string, expected: string): void {
  if (!holds) throw new SuiteArgumentError(argument, expected);
}

function isOptional(value: unknown, type: 'function' | 'string' | 'object'): boolean {
  return value === undefined || typeof value === type;
}

function isBugReporter(value: unknown): boolean {
  if (value === undefined) return true;
  return typeof value === 'object' && value !== null && 'report' in value && typeof value.report === 'function';
}

function areLimits(value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).every((limit) => limit === undefined || (typeof limit === 'number' && limit >= 0));
}

function isPositiveInteger(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

function isUrl(value: unknown): boolean {
  return typeof value === 'string' && /^https?:\/\/[^/]/u.test(value) && URL.canParse(value);
}

function isClient(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
