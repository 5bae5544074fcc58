import { devServerControlFiles } from '../control-files/dev-server-control-files.js';
import { fileSystemControlFiles } from '../control-files/file-system-control-files.js';
import { inSuite } from '../control-files/predicates.js';
import type { ControlFileGetter } from '../control-files/types.js';
import { createCrashReporter } from '../crashes/crash-reporter.js';
import type { RetryEvent } from '../transport/call-events.js';
import { gotTransport } from '../transport/got-transport.js';
import { Announcer } from './announcer.js';
import { BoardNotAvailableError } from './errors.js';
import { lookForHosts } from './host-check.js';
import { versionLabels } from './labels.js';
import { devServerUrlOf, labClients, type LabClients } from './lab.js';
import { splitRunOptions, type ReimageAndRunOptions, type RunOptions } from './run-options.js';
import { jobIdOfTag } from './suite-options.js';
import { SuiteSpec, vetSuiteArguments } from './suite-spec.js';
import { Suite } from './suite.js';

/** A suite whose tests are chosen, and what it was made of. */
export interface PreparedSuite {
  readonly suite: Suite;
  readonly spec: SuiteSpec;
  readonly clients: LabClients;
  readonly announcer: Announcer;
  readonly run: RunOptions;
}

/**
 * Does everything up to the choice of the tests: vets the arguments, checks the hosts, stages the build, reads the
 * control files. Connections of its own are closed when `use` has ended.
 *
 * @param onStaged - is waited for between the staging and the reading
 */
export async function withPreparedSuite<T>(
  options: ReimageAndRunOptions,
  steps: {
    readonly onStaged?: (spec: SuiteSpec, run: RunOptions) => Promise<void>;
    readonly use: (prepared: PreparedSuite) => Promise<T>;
  },
): Promise<T> {
  const { run, suiteArguments } = splitRunOptions(options);
  // Before any client is made, so that a bad URL is told as the argument that it is.
  const { devserverUrl, name } = vetSuiteArguments(suiteArguments);
  const { signal } = run;
  signal?.throwIfAborted();
  const ownTransport = gotTransport();
  try {
    const transport = run.lab.transport ?? ownTransport;
    const announcer = new Announcer({ ...run, suite: name });
    // The clients have told the logger themselves.
    const onRetry = (event: RetryEvent) => {
      announcer.tell({ type: 'warning', code: 'no-answer', message: describeRetry(event) });
      run.onRetry?.(event);
    };
    const { clock, logger, concurrency, onCall } = run;
    const clients = labClients(run.lab, devserverUrl, { clock, logger, concurrency, transport, onCall, onRetry });
    const spec = await SuiteSpec.create(suiteArguments, clients, { signal });
    tellAboutArguments(spec, announcer);
    const usableHosts = await checkHosts(spec, clients, announcer, signal);
    const controlFiles = await stage(spec, clients, announcer, run);
    await steps.onStaged?.(spec, run);
    const suite = await createSuite(spec, clients, { controlFiles, usableHosts }, run);
    return await steps.use({ suite, spec, clients, announcer, run });
  } finally {
    ownTransport.close();
  }
}

function describeRetry({ service, method, delayMs, error }: RetryEvent): string {
  const problem = error instanceof Error ? error.message : String(error);
  return `The ${service} does not answer ${method}, trying again in ${String(Math.round(delayMs / 1000))} s: ${problem}`;
}

function tellAboutArguments(spec: SuiteSpec, announcer: Announcer): void {
  for (const { code, message } of spec.warnings) announcer.warn(code, message);
  if (jobIdOfTag(spec.job.tag) === null) {
    const message = `The job's tag ${JSON.stringify(spec.job.tag)} holds no job id: the suite runs without a parent job`;
    announcer.warn('no-parent-job', message);
  }
}

function createSuite(
  spec: SuiteSpec,
  lab: LabClients,
  found: { readonly controlFiles: ControlFileGetter; readonly usableHosts: number | undefined },
  run: RunOptions,
): Promise<Suite> {
  // What has the same name and meaning in both goes over as it is.
  const { name, board, builds, testSourceBuild, job, addExperimental, runProdCode } = spec;
  const { maxRuntimeMins, timeoutMins, priority, jobRetry, maxRetries, offloadFailuresOnly } = spec;
  const { fileBugs, fileExperimentalBugs, bugTemplate } = spec;
  const { concurrency, onEvent, clock, logger, signal, resultFiles, bugReporter, reportLimits } = run;
  const { infraRetries, abortOnTimeout } = run;
  const crashes = resultFiles && createCrashReporter({ resultFiles, crashServer: lab.crashServers, clock, logger });
  return Suite.createFromPredicates({
    ...{ name, board, builds, testSourceBuild, job, addExperimental, runProdCode },
    ...{ maxRuntimeMins, timeoutMins, priority, jobRetry, maxRetries, offloadFailuresOnly },
    ...{ fileBugs, fileExperimentalBugs, bugTemplate, bugReporter, reportLimits },
    ...infraRetries,
    abortOnTimeout,
    ...{ concurrency, onEvent, clock, logger, signal, crashes },
    lab,
    ...found,
    pool: spec.pool ?? undefined,
    predicates: [spec.predicate ?? inSuite(name)],
    extraDependencies: [...spec.suiteDependencies, ...versionLabels(builds)],
  });
}

/** Gives how many usable hosts there are, where somebody asked. */
async function checkHosts(
  spec: SuiteSpec,
  { afe }: LabClients,
  announcer: Announcer,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  if (spec.checkHosts === false) return undefined;
  const pool = spec.pool === null ? [] : [spec.pool];
  const labels = [spec.board, ...pool, ...spec.suiteDependencies] as const;
  let usable: number | undefined;
  let reason: string | null;
  try {
    ({ usable, reason } = await lookForHosts(afe, labels, { signal }));
  } catch (error) {
    signal?.throwIfAborted();
    if (spec.checkHosts === 'require') throw error;
    reason = `The hosts could not be checked: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (reason === null) return usable;
  if (spec.checkHosts === 'require') throw new BoardNotAvailableError(labels, reason);
  announcer.warn('no-usable-host', reason);
  return usable;
}

/** Has the dev server stage what is needed to choose the tests, and gives where the control files are. */
async function stage(
  spec: SuiteSpec,
  { devServer }: LabClients,
  announcer: Announcer,
  { autotestDir, controlFileCache, clock, signal }: RunOptions,
): Promise<ControlFileGetter> {
  if (spec.runProdCode && autotestDir !== undefined) return fileSystemControlFiles({ root: autotestDir });
  const build = spec.testSourceBuild;
  const artifacts = ['control_files', 'test_suites'];
  const startedMs = clock.now();
  const url = await devServerUrlOf(devServer, build, signal);
  announcer.tell({ type: 'staging', build, artifacts, devServer: url });
  await devServer.stage({ build, artifacts }, { signal });
  announcer.tell({ type: 'staged', build, ms: clock.now() - startedMs });
  const controlFiles = devServerControlFiles({ client: devServer, build });
  return controlFileCache?.of(build, controlFiles) ?? controlFiles;
}
