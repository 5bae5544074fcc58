import type { CallOptions } from '../clients/call-options.js';
import type { DevServerClient } from '../clients/dev-server/types.js';
import type { TestPredicate } from '../control-files/predicates.js';
import type { SuiteJob } from '../results/suite-job.js';
import { crosVersionPrefix } from './labels.js';
import type { SuiteSpecArguments, SuiteWarning, VettedSuiteArguments } from './suite-arguments.js';
import { vetSuiteArguments } from './vet-suite-arguments.js';

/**
 * The vetted arguments of a suite: defaults filled in, builds resolved to real ones, labels spelled as the lab has them.
 */
export class SuiteSpec {
  readonly name: string;
  /** The board's label, `board:NAME`. */
  readonly board: string;
  /** The pool's label, `pool:NAME`, or null. */
  readonly pool: string | null;
  readonly job: SuiteJob;
  readonly devserverUrl: string;
  readonly builds: Readonly<Record<string, string>>;
  readonly testSourceBuild: string;
  readonly num: number | null;
  readonly checkHosts: boolean | 'require';
  readonly addExperimental: boolean;
  readonly maxRuntimeMins: number;
  readonly timeoutMins: number;
  readonly suiteDependencies: readonly string[];
  readonly priority: number;
  readonly predicate: TestPredicate | null;
  readonly waitForResults: boolean;
  readonly jobRetry: boolean;
  /** Null: no limit. */
  readonly maxRetries: number | null;
  readonly offloadFailuresOnly: boolean;
  readonly runProdCode: boolean;
  /** Deprecated and unknown arguments. */
  readonly warnings: readonly SuiteWarning[];

  /**
   * Vets the arguments and has the dev server resolve symbolic builds such as `x86-mario-release/LATEST`.
   *
   * @throws SuiteArgumentError naming the first argument that is missing or wrong
   */
  static async create(
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
    return new SuiteSpec({ ...vetted, builds, testSourceBuild });
  }

  private constructor(vetted: VettedSuiteArguments) {
    this.name = vetted.name;
    this.board = vetted.board;
    this.pool = vetted.pool;
    this.job = vetted.job;
    this.devserverUrl = vetted.devserverUrl;
    this.builds = vetted.builds;
    this.testSourceBuild = vetted.testSourceBuild;
    this.num = vetted.num;
    this.checkHosts = vetted.checkHosts;
    this.addExperimental = vetted.addExperimental;
    this.maxRuntimeMins = vetted.maxRuntimeMins;
    this.timeoutMins = vetted.timeoutMins;
    this.suiteDependencies = vetted.suiteDependencies;
    this.priority = vetted.priority;
    this.predicate = vetted.predicate;
    this.waitForResults = vetted.waitForResults;
    this.jobRetry = vetted.jobRetry;
    this.maxRetries = vetted.maxRetries;
    this.offloadFailuresOnly = vetted.offloadFailuresOnly;
    this.runProdCode = vetted.runProdCode;
    this.warnings = vetted.warnings;
  }
}
