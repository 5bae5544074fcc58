import type { AfeClient } from '../clients/afe/types.js';
import type { TkoClient } from '../clients/tko/types.js';
import type { TestPredicate } from '../control-files/predicates.js';
import type { ControlFileGetter } from '../control-files/types.js';
import type { CrashReporter } from '../crashes/crash-reporter.js';
import type { SuiteEventListener } from '../results/events.js';
import type { SuiteJob } from '../results/suite-job.js';
import { systemClock, type Clock } from '../runtime/clock.js';
import { silentLogger, type Logger } from '../runtime/logger.js';
import type { JobTemplate } from './job-request.js';
import { withPrefix } from './labels.js';
import { priorities } from './priority.js';
import { SuiteArgumentError } from './errors.js';
import {
  resolveFailureReports,
  type FailureReportArguments,
  type FailureReportOptions,
  type ResolvedFailureReports,
} from './failure-report-options.js';
import { resolveInfraRetries, type InfraRetryLimits, type InfraRetryOptions } from './infra-retry-options.js';

/** What a {@link Suite} is made of. */
export interface SuiteOptions extends FailureReportArguments, FailureReportOptions, InfraRetryOptions {
  /** The suite's name; part of every job's name. */
  readonly name: string;
  /** The board, `x86-mario` or `board:x86-mario`. */
  readonly board: string;
  /** Prefix → build, e.g. `{ 'cros-version': 'x86-mario-release/R19-1998.0.0' }`; at least one. */
  readonly builds: Readonly<Record<string, string>>;
  /** Where the tests run and their results are kept. */
  readonly lab: { readonly afe: AfeClient; readonly tko: TkoClient };
  /** Where the control files come from. */
  readonly controlFiles: ControlFileGetter;
  /**
   * Where the suite records what happens; its jobs become children of this one.
   *
   * @defaultValue nothing is recorded, and the jobs have no parent
   */
  readonly job?: SuiteJob | undefined;
  /**
   * The build that the control files come from.
   *
   * @defaultValue the build under test
   */
  readonly testSourceBuild?: string | undefined;
  /**
   * The pool, `bvt` or `pool:bvt`.
   *
   * @defaultValue any pool
   */
  readonly pool?: string | undefined;
  /**
   * Labels that every host must have, besides what each test asks for: dependencies of the suite, and the version
   * labels, e.g. `cros-version:x86-mario-release/R19-1998.0.0`, that make the lab put a build on the device.
   *
   * @defaultValue `[]`
   */
  readonly extraDependencies?: readonly string[] | undefined;
  /**
   * Leave out the labels that the tests themselves ask for.
   *
   * @defaultValue false
   */
  readonly ignoreDeps?: boolean | undefined;
  /**
   * Schedule experimental tests too, after the others.
   *
   * @defaultValue true
   */
  readonly addExperimental?: boolean | undefined;
  /**
   * Skip control files that cannot be parsed, with a warning, instead of failing.
   *
   * @defaultValue true
   */
  readonly forgiving?: boolean | undefined;
  /**
   * The control files are the lab server's own: tests are not packaged by the server.
   *
   * @defaultValue false
   */
  readonly runProdCode?: boolean | undefined;
  /**
   * How long a test may run, in minutes.
   *
   * @defaultValue 1440
   */
  readonly maxRuntimeMins?: number | undefined;
  /**
   * How long a job may take from its creation, and the wait for all of them from the start, in minutes.
   *
   * @defaultValue 1440
   */
  readonly timeoutMins?: number | undefined;
  /**
   * Higher runs first.
   *
   * @defaultValue 40
   */
  readonly priority?: number | undefined;
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
   * How many hosts can run the tests, for the estimate of the time left in the event `progress`.
   *
   * @defaultValue as many as have been seen to end a job
   */
  readonly usableHosts?: number | undefined;
  /**
   * How many jobs are created, and control files read, at once.
   *
   * @defaultValue 8
   */
  readonly concurrency?: number | undefined;
  /**
   * Looks for the crashes of finished jobs, beside the wait for the others; see `createCrashReporter`.
   *
   * @defaultValue nobody looks
   */
  readonly crashes?: CrashReporter | undefined;
  /**
   * Have the lab abort the jobs that are left when the time of the suite (`timeoutMins`) is over while they are waited
   * for. The event `jobs-aborted` tells which; the tests count as unfinished either way.
   *
   * @defaultValue false: they go on in the lab, up to time-outs of their own
   */
  readonly abortOnTimeout?: boolean | undefined;
  /** Hears what happens. */
  readonly onEvent?: SuiteEventListener | undefined;
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
  /** Stops the search for the tests. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of `Suite.createFromPredicates`. */
export interface SuiteFromPredicatesOptions extends SuiteOptions {
  /** A test must satisfy all of them. */
  readonly predicates: readonly TestPredicate[];
}

/** {@link SuiteOptions} with their defaults. */
export interface ResolvedSuiteOptions {
  readonly template: JobTemplate;
  readonly lab: SuiteOptions['lab'];
  readonly controlFiles: ControlFileGetter;
  readonly job: SuiteJob | null;
  readonly addExperimental: boolean;
  readonly forgiving: boolean;
  readonly runProdCode: boolean;
  readonly jobRetry: boolean;
  readonly maxRetries: number | null;
  readonly infraRetries: InfraRetryLimits;
  readonly usableHosts: number | null;
  readonly concurrency: number;
  readonly abortOnTimeout: boolean;
  readonly crashes: CrashReporter | null;
  readonly failureReports: ResolvedFailureReports;
  readonly onEvent: SuiteEventListener | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Fills in the defaults.
 *
 * @throws SuiteArgumentError for no build, a concurrency below 1, or a negative number of retries
 */
export function resolveSuiteOptions(options: SuiteOptions): ResolvedSuiteOptions {
  if (Object.keys(options.builds).length === 0) throw new SuiteArgumentError('builds', 'at least one build');
  const concurrency = options.concurrency ?? 8;
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    throw new SuiteArgumentError('concurrency', 'a whole number above 0', { found: String(concurrency) });
  }
  return {
    template: {
      suite: options.name,
      builds: options.builds,
      testSourceBuild: options.testSourceBuild ?? null,
      board: withPrefix('board:', options.board),
      pool: options.pool === undefined ? null : withPrefix('pool:', options.pool),
      extraDependencies: options.extraDependencies ?? [],
      ignoreDeps: options.ignoreDeps ?? false,
      maxRuntimeMins: options.maxRuntimeMins ?? 1440,
      timeoutMins: options.timeoutMins ?? 1440,
      priority: options.priority ?? priorities.Default,
      parentJobId: options.job === undefined ? null : jobIdOfTag(options.job.tag),
      offloadFailuresOnly: options.offloadFailuresOnly ?? false,
    },
    lab: options.lab,
    controlFiles: options.controlFiles,
    job: options.job ?? null,
    addExperimental: options.addExperimental ?? true,
    forgiving: options.forgiving ?? true,
    runProdCode: options.runProdCode ?? false,
    jobRetry: options.jobRetry ?? false,
    maxRetries: options.maxRetries ?? null,
    infraRetries: resolveInfraRetries(options),
    usableHosts: options.usableHosts ?? null,
    concurrency,
    abortOnTimeout: options.abortOnTimeout ?? false,
    crashes: options.crashes ?? null,
    failureReports: resolveFailureReports(options),
    onEvent: options.onEvent,
    clock: options.clock ?? systemClock,
    logger: options.logger ?? silentLogger,
  };
}

/** The job id in a tag `<digits>-<user>/<host or "hostless">`; null for any other tag. */
export function jobIdOfTag(tag: string): number | null {
  const digits = /^(\d{1,15})-[^/]+\/[^/]+$/u.exec(tag)?.[1];
  const jobId = Number(digits ?? 0);
  return jobId > 0 ? jobId : null;
}
