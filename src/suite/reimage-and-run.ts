import { formatLabTime, defaultLabTimeZone } from '../clients/lab-time.js';
import { devServerControlFiles } from '../control-files/dev-server-control-files.js';
import { fileSystemControlFiles } from '../control-files/file-system-control-files.js';
import { inSuite } from '../control-files/predicates.js';
import type { ControlFileGetter } from '../control-files/types.js';
import type { SuiteOutcome } from '../results/outcome.js';
import { holdingClock } from '../runtime/clock.js';
import { gotTransport } from '../transport/got-transport.js';
import { Announcer } from './announcer.js';
import { BoardNotAvailableError } from './errors.js';
import { whyNoHost } from './host-check.js';
import { versionLabels } from './labels.js';
import { removeJobRepoUrls } from './job-repo-url.js';
import { labClients, type LabClients } from './lab.js';
import { splitRunOptions, type ReimageAndRunOptions, type RunOptions } from './run-options.js';
import type { SuiteSpecArguments } from './suite-arguments.js';
import { vetSuiteArguments } from './vet-suite-arguments.js';
import { jobIdOfTag } from './suite-options.js';
import { SuiteSpec } from './suite-spec.js';
import { Suite } from './suite.js';

/**
 * Puts a build on devices of a lab and runs a suite of its tests on them: stages the build on the dev server, creates a
 * job per test whose labels make the lab provision a device first, waits, retries, records every result in the suite
 * job, and cleans up.
 *
 * A failed test is part of the outcome; only what keeps the suite from running is an error.
 *
 * @returns how it went; with `waitForResults: false` what was scheduled
 * @throws SuiteArgumentError for a missing or wrong argument; nothing has been done then
 * @throws StagingError when the dev server cannot stage the build; nothing has been scheduled then
 * @throws BoardNotAvailableError with `checkHosts: 'require'` when no usable host is there
 * @throws the signal's reason when aborted
 */
export async function reimageAndRun(options: ReimageAndRunOptions): Promise<SuiteOutcome> {
  const { run, suiteArguments } = splitRunOptions(options);
  // Before any client is made, so that a bad URL is told as the argument that it is.
  const { devserverUrl } = vetSuiteArguments(suiteArguments);
  run.signal?.throwIfAborted();
  const ownTransport = gotTransport();
  const transport = run.lab.transport ?? ownTransport;
  try {
    return await runSuite(suiteArguments, labClients(run.lab, devserverUrl, { ...run, transport }), run);
  } finally {
    ownTransport.close();
  }
}

async function runSuite(
  suiteArguments: SuiteSpecArguments,
  clients: LabClients,
  run: RunOptions,
): Promise<SuiteOutcome> {
  const { clock, signal } = run;
  const spec = await SuiteSpec.create(suiteArguments, clients, { signal });
  const announcer = new Announcer({ ...run, suite: spec.name });
  tellAboutArguments(spec, announcer);

  await checkHosts(spec, clients, announcer, signal);
  const controlFiles = await stage(spec, clients, announcer, run);
  await holdingClock(clock, async () => {
    const time = formatLabTime(clock.now(), run.lab.timeZone ?? defaultLabTimeZone);
    await spec.job.writeKeyvals({ artifact_finished_time: time });
  });
  const suite = await createSuite(spec, clients, controlFiles, run);
  await suite.schedule({ signal });
  if (spec.waitForResults) {
    await waitForAll(suite, run);
    await cleanUp(suite, spec, clients, announcer, signal);
  }
  return suite.finish();
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
  controlFiles: ControlFileGetter,
  run: RunOptions,
): Promise<Suite> {
  // What has the same name and meaning in both goes over as it is.
  const { name, board, builds, testSourceBuild, job, addExperimental, runProdCode } = spec;
  const { maxRuntimeMins, timeoutMins, priority, jobRetry, maxRetries, offloadFailuresOnly } = spec;
  const { concurrency, onEvent, clock, logger, signal } = run;
  return Suite.createFromPredicates({
    ...{ name, board, builds, testSourceBuild, job, addExperimental, runProdCode },
    ...{ maxRuntimeMins, timeoutMins, priority, jobRetry, maxRetries, offloadFailuresOnly },
    ...{ concurrency, onEvent, clock, logger, signal },
    lab,
    controlFiles,
    pool: spec.pool ?? undefined,
    predicates: [spec.predicate ?? inSuite(name)],
    extraDependencies: [...spec.suiteDependencies, ...versionLabels(builds)],
  });
}

async function checkHosts(
  spec: SuiteSpec,
  { afe }: LabClients,
  announcer: Announcer,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (spec.checkHosts === false) return;
  const pool = spec.pool === null ? [] : [spec.pool];
  const labels = [spec.board, ...pool, ...spec.suiteDependencies] as const;
  let reason: string | null;
  try {
    reason = await whyNoHost(afe, labels, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    if (spec.checkHosts === 'require') throw error;
    reason = `The hosts could not be checked: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (reason === null) return;
  if (spec.checkHosts === 'require') throw new BoardNotAvailableError(labels, reason);
  announcer.warn('no-usable-host', reason);
}

/** Has the dev server stage what is needed to choose the tests, and gives where the control files are. */
async function stage(
  spec: SuiteSpec,
  { devServer }: LabClients,
  announcer: Announcer,
  { autotestDir, clock, signal }: RunOptions,
): Promise<ControlFileGetter> {
  if (spec.runProdCode && autotestDir !== undefined) return fileSystemControlFiles({ root: autotestDir });
  const build = spec.testSourceBuild;
  const artifacts = ['control_files', 'test_suites'];
  const startedMs = clock.now();
  announcer.tell({ type: 'staging', build, artifacts, devServer: devServer.url });
  await devServer.stage({ build, artifacts }, { signal });
  announcer.tell({ type: 'staged', build, ms: clock.now() - startedMs });
  return devServerControlFiles({ client: devServer, build });
}

async function waitForAll(suite: Suite, { signal, pollIntervalMs }: RunOptions): Promise<void> {
  // Each result has been recorded and told when it comes out here; the outcome holds them all.
  for await (const _result of suite.results({ signal, pollIntervalMs }));
}

async function cleanUp(
  suite: Suite,
  spec: SuiteSpec,
  { afe }: LabClients,
  announcer: Announcer,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await removeJobRepoUrls(afe, suite.hostnames, Object.values(spec.builds), { signal });
  } catch (error) {
    signal?.throwIfAborted();
    const problem = error instanceof Error ? error.message : String(error);
    announcer.warn('clean-up-failed', `The attribute job_repo_url may still be on the suite's hosts: ${problem}`);
  }
}
