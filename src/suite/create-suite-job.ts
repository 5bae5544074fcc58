import { suiteJobName } from '../clients/afe/wire-requests.js';
import type { CallOptions } from '../clients/call-options.js';
import { createLabTime, defaultLabTimeZone } from '../clients/lab-time.js';
import { ControlFileNotFoundError, DevServerError } from '../clients/dev-server/errors.js';
import type { DevServerClient } from '../clients/dev-server/types.js';
import { fileSystemControlFiles } from '../control-files/file-system-control-files.js';
import { holdingClock } from '../runtime/clock.js';
import { gotTransport } from '../transport/got-transport.js';
import { UnusableControlFileError } from './errors.js';
import { afeOf, devServerOf, devServerUrlOf } from './lab.js';
import { withArguments } from './suite-job-head.js';
import { planSuiteJob, type CreateSuiteJobOptions, type SuiteJobPlan } from './suite-job-options.js';

/** A suite job that was created. */
export interface CreatedSuiteJob {
  readonly jobId: number;
  /** e.g. `x86-mario-release/R19-1998.0.0-test_suites/control.bvt` */
  readonly jobName: string;
}

/**
 * Makes a suite job as the AFE's `create_suite_job` does, without it: has a dev server stage the suites of a build, puts
 * the arguments before `test_suites/control.<suite>`, and creates a hostless job with that control file, once whatever
 * becomes of the answer. The lab's server then runs the suite.
 *
 * With a `controlFile` of the caller's only the look-up is left out; with `runProdCode` the file comes from the lab's own
 * tree, `autotestDir`, and nothing is staged.
 *
 * @throws SuiteArgumentError for an option that is missing or wrong; nothing has been done then
 * @throws StagingError when the dev server cannot stage the build
 * @throws UnusableControlFileError when the control file is not there, empty or not ASCII, or the dev server cannot list
 * @throws ControlFileSizeError when the control file with the arguments is more than the AFE holds
 * @throws CreateJobStateUnknownError when nobody knows whether the job was created
 * @throws the signal's reason when aborted
 */
export async function createSuiteJob(options: CreateSuiteJobOptions): Promise<CreatedSuiteJob> {
  const plan = planSuiteJob(options);
  const { lab, signal, deadlineMs } = options;
  const { clock, logger } = plan;
  signal?.throwIfAborted();
  for (const { message } of plan.warnings) logger.warn(message);
  const startedMs = clock.now();
  const call = (): CallOptions =>
    deadlineMs === undefined ? { signal } : { signal, deadlineMs: Math.max(1, deadlineMs - (clock.now() - startedMs)) };
  const ownTransport = gotTransport();
  try {
    const runtime = { clock, logger, transport: lab.transport ?? ownTransport };
    const afe = afeOf(lab, runtime);
    const devServer = devServerOf(lab, plan.devserverUrl, runtime);
    const labTime = createLabTime(lab.timeZone ?? defaultLabTimeZone);
    const times = await stage(plan, devServer, () => labTime.format(clock.now()), call);
    // Of several servers the build may have been staged on another than it would go to at first.
    const url = await devServerUrlOf(devServer, plan.testSourceBuild, signal);
    const text = await controlFileOf(plan, devServer, call);
    const jobName = suiteJobName(plan);
    const jobId = await afe.createJob(
      {
        name: jobName,
        controlFile: withArguments({ ...plan.args, devserver_url: url }, text),
        controlType: 'Server',
        hostless: true,
        priority: plan.priority,
        timeoutMins: plan.timeoutMins,
        maxRuntimeMins: plan.maxRuntimeMins,
        keyvals: { ...times, suite_min_duts: plan.suiteMinDuts },
      },
      call(),
    );
    return { jobId, jobName };
  } finally {
    ownTransport.close();
  }
}

/** Stages the suites, and gives the keyvals that tell when. */
async function stage(
  { testSourceBuild, runProdCode }: SuiteJobPlan,
  devServer: DevServerClient,
  now: () => string,
  call: () => CallOptions,
): Promise<Readonly<Record<string, string>>> {
  if (runProdCode) return {};
  const started = now();
  await devServer.stage({ build: testSourceBuild, artifacts: ['test_suites'] }, call());
  return { download_started_time: started, payload_finished_time: now() };
}

async function controlFileOf(plan: SuiteJobPlan, devServer: DevServerClient, call: () => CallOptions): Promise<string> {
  const { name: suite, testSourceBuild: build, controlFile } = plan;
  const source = controlFile ?? (await fetchControlFile(plan, devServer, call));
  const bytes = typeof source === 'string' ? new TextEncoder().encode(source) : source;
  if (bytes.length === 0)
    throw new UnusableControlFileError({ suite, build, problem: 'empty' }, 'its control file is empty');
  const offset = bytes.findIndex((byte) => byte > 0x7f);
  if (offset < 0) return new TextDecoder().decode(bytes);
  const reason = `its control file is not ASCII, see the byte at offset ${offset}`;
  throw new UnusableControlFileError({ suite, build, problem: 'malformed' }, reason);
}

async function fetchControlFile(
  { name: suite, testSourceBuild: build, autotestDir, clock }: SuiteJobPlan,
  devServer: DevServerClient,
  call: () => CallOptions,
): Promise<string | Uint8Array> {
  const path = `test_suites/control.${suite}`;
  const { signal } = call();
  try {
    if (autotestDir === undefined) return await devServer.getControlFile({ build, path }, call());
    const tree = fileSystemControlFiles({ root: autotestDir });
    return await holdingClock(clock, async () => tree.read(path, { signal }));
  } catch (error) {
    if (error instanceof DevServerError) throw noList({ suite, build }, error);
    if (!(error instanceof ControlFileNotFoundError)) throw error;
    if (autotestDir === undefined) await checkList(devServer, { suite, build }, call());
    throw new UnusableControlFileError({ suite, build, problem: 'not-found' }, `there is no ${path}`, { cause: error });
  }
}

/** A dev server that cannot list its control files has no word on which there are. */
async function checkList(
  devServer: DevServerClient,
  about: { readonly suite: string; readonly build: string },
  call: CallOptions,
): Promise<void> {
  try {
    await devServer.listControlFiles({ build: about.build }, call);
  } catch (cause) {
    call.signal?.throwIfAborted();
    throw noList(about, cause);
  }
}

function noList(about: { readonly suite: string; readonly build: string }, cause: unknown): UnusableControlFileError {
  const reason = 'the dev server cannot say which control files there are';
  return new UnusableControlFileError({ ...about, problem: 'no-list' }, reason, { cause });
}
