import type { BugTemplate } from '../bugs/bug-template.js';
import type { CallOptions } from '../clients/call-options.js';
import type { DevServerClient } from '../clients/dev-server/types.js';
import type { TestPredicate } from '../control-files/predicates.js';
import type { SuiteJob } from '../results/suite-job.js';
import {
  bugTemplate,
  dependencies,
  flag,
  hostCheck,
  ineffective,
  isNaturalNumber,
  isPositiveInteger,
  number,
  optionalInteger,
  optionalText,
  predicate,
  priority,
  suiteJob,
  text,
  unknownArguments,
  url,
  vetBuilds,
} from './argument-checks.js';
import { SuiteArgumentError } from './errors.js';
import { crosVersionPrefix, withPrefix } from './labels.js';
import type { SuiteSpecArguments, SuiteWarning } from './suite-arguments.js';

/**
 * The vetted arguments of a suite: defaults filled in, builds resolved to real ones, labels spelled as the lab has them.
 * Each field is the argument of that name; `SuiteSpec.create` makes one.
 */
export interface SuiteSpec {
  readonly name: string;
  /** The board's label, `board:NAME`. */
  readonly board: string;
  /** The pool's label, `pool:NAME`, or null. */
  readonly pool: string | null;
  readonly job: SuiteJob;
  readonly devserverUrl: string;
  /** Prefix → build; at least one. */
  readonly builds: Readonly<Record<string, string>>;
  readonly testSourceBuild: string;
  readonly num: number | null;
  readonly checkHosts: boolean | 'require';
  readonly addExperimental: boolean;
  readonly maxRuntimeMins: number;
  readonly timeoutMins: number;
  readonly suiteDependencies: readonly string[];
  readonly priority: number;
  /** Null: the tests whose SUITE list has the suite's name. */
  readonly predicate: TestPredicate | null;
  readonly waitForResults: boolean;
  readonly jobRetry: boolean;
  /** Null: no limit. */
  readonly maxRetries: number | null;
  readonly offloadFailuresOnly: boolean;
  readonly runProdCode: boolean;
  readonly fileBugs: boolean;
  readonly fileExperimentalBugs: boolean;
  /** Empty where the one that was given breaks the rules. */
  readonly bugTemplate: BugTemplate;
  /** Deprecated, unknown and ineffective arguments. */
  readonly warnings: readonly SuiteWarning[];
}

/** Makes vetted arguments of a suite. */
export const SuiteSpec = {
  /**
   * Vets the arguments and has the dev server resolve symbolic builds such as `x86-mario-release/LATEST`.
   *
   * @throws SuiteArgumentError naming the first argument that is missing or wrong
   */
  async create(
    suiteArguments: SuiteSpecArguments,
    lab: { readonly devServer: DevServerClient },
    options?: CallOptions,
  ): Promise<SuiteSpec> {
    const vetted = vetSuiteArguments(suiteArguments);
    const builds = { ...vetted.builds };
    const cros = builds[crosVersionPrefix];
    if (cros !== undefined) builds[crosVersionPrefix] = await lab.devServer.resolveBuild(cros, options);
    const sameBuild = vetted.testSourceBuild === cros ? builds[crosVersionPrefix] : undefined;
    const testSourceBuild = sameBuild ?? (await lab.devServer.resolveBuild(vetted.testSourceBuild, options));
    return { ...vetted, builds, testSourceBuild };
  },
};

/**
 * Checks the arguments of a suite and fills in the defaults; symbolic builds are left as they are. The arguments
 * themselves are never changed.
 *
 * @throws SuiteArgumentError naming the first argument that is missing or wrong
 */
export function vetSuiteArguments(given: SuiteSpecArguments): SuiteSpec {
  if (typeof given !== 'object' || (given as unknown) === null) {
    throw new SuiteArgumentError('arguments', 'an object');
  }
  const name = text(given, 'name', 'a suite name such as "bvt"');
  const board = text(given, 'board', 'a board such as "x86-mario"');
  const devserverUrl = url(given, 'devserverUrl');
  const job = suiteJob(given.job);
  const warnings: SuiteWarning[] = [];
  const builds = vetBuilds(given, warnings);
  const testSourceBuild = optionalText(given, 'testSourceBuild') ?? builds[crosVersionPrefix];
  if (testSourceBuild === undefined) {
    throw new SuiteArgumentError('testSourceBuild', `a build, since "builds" has no ${crosVersionPrefix} build`);
  }
  warnings.push(...ineffective(given), ...unknownArguments(given));
  const timeout = number(given, 'timeout', 24, 'a number of hours above 0', (value) => value > 0);
  const pool = optionalText(given, 'pool');
  return {
    name,
    board: withPrefix('board:', board),
    pool: pool === undefined ? null : withPrefix('pool:', pool),
    job,
    devserverUrl,
    builds,
    testSourceBuild,
    num: optionalInteger(given, 'num'),
    checkHosts: hostCheck(given),
    addExperimental: flag(given, 'addExperimental', true),
    maxRuntimeMins: number(given, 'maxRuntimeMins', 1440, 'a whole number of minutes above 0', isPositiveInteger),
    timeoutMins:
      number(given, 'timeoutMins', 0, 'a whole number of minutes', isNaturalNumber) ||
      Math.max(1, Math.round(timeout * 60)),
    suiteDependencies: dependencies(given),
    priority: priority(given),
    predicate: predicate(given),
    waitForResults: flag(given, 'waitForResults', true),
    jobRetry: flag(given, 'jobRetry', false),
    maxRetries: optionalInteger(given, 'maxRetries'),
    offloadFailuresOnly: flag(given, 'offloadFailuresOnly', false),
    runProdCode: flag(given, 'runProdCode', false),
    fileBugs: flag(given, 'fileBugs', false),
    fileExperimentalBugs: flag(given, 'fileExperimentalBugs', false),
    bugTemplate: bugTemplate(given, warnings),
    warnings,
  };
}
