/**
 * Makes a suite job without the AFE's own `create_suite_job`: stages the build, puts the arguments before the suite's
 * control file, creates the job. The lab's server then runs the suite.
 *
 *   12-create-suite-job.ts --afe http://afe.lab --devserver http://devserver.lab:8082 \
 *     -b x86-mario -i x86-mario-release/R20-2203.0.0 [-p pool] [--job-retry] bvt
 *
 * Without `--afe`, or with `--lab`, the lab is an embedded one with that board and build, and all is said here that came
 * of the job.
 */
import { parseArgs } from 'node:util';
import { createSuiteJob, exitCodeOf, HttpAfeClient, labFromConfig, renderSummary } from 'dynamic-suite';
import { embeddedLab } from 'dynamic-suite/testing';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    board: { type: 'string', short: 'b', default: 'x86-mario' },
    build: { type: 'string', short: 'i', default: 'x86-mario-release/R20-2203.0.0' },
    pool: { type: 'string', short: 'p' },
    'job-retry': { type: 'boolean', default: false },
    afe: { type: 'string' },
    devserver: { type: 'string' },
    lab: { type: 'boolean', default: false },
  },
});
const { board, build, pool, afe, devserver } = values;
const [suite = 'bvt'] = positionals;

try {
  if (afe === undefined || values.lab) await onEmbeddedLab();
  else await onLab(afe, devserver);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = exitCodeOf(error);
}

function request() {
  return { name: suite, board, builds: { 'cros-version': build }, pool, jobRetry: values['job-retry'] };
}

async function onLab(afeUrl: string, devServer: string | undefined): Promise<void> {
  const lab = labFromConfig({ afe: afeUrl, devServer });
  try {
    const { jobId, jobName } = await createSuiteJob({ ...request(), lab });
    console.log(`Made job ${String(jobId)}, ${jobName}`);
  } finally {
    lab.close();
  }
}

async function onEmbeddedLab(): Promise<void> {
  const lab = await embeddedLab()
    .board(board, { hosts: 4, pool: pool ?? 'bvt' })
    .build(build)
    .suite('bvt', ['login_LoginSuccess', { name: 'power_Idle', jobRetries: 2 }, 'platform_Shutdown'])
    .test('power_Idle', ['fail', 'good'])
    .start();
  try {
    const services = await lab.listen();
    const where = { lab: { afe: services.afe }, devserverUrl: services.devServer, clock: lab.clock };
    const { jobId, jobName } = await createSuiteJob({ ...request(), ...where });
    console.log(`Made job ${String(jobId)}, ${jobName}\n`);

    // What the AFE knows of it: the arguments stand at the head of its control file, each a Python literal.
    const client = new HttpAfeClient({ url: services.afe, clock: lab.clock });
    const [job] = await client.getJobs({ ids: [jobId] });
    client.close();
    console.log(job?.controlFile.trimEnd().replaceAll(/^/gm, '  '));
    for (const [key, value] of Object.entries(job?.keyvals ?? {})) console.log(`  keyval ${key}=${value}`);

    await lab.suitesSettled();
    const outcome = lab.suiteOutcomes().get(jobId);
    console.log(outcome === undefined ? '\nThe suite came to no outcome.' : `\n${renderSummary(outcome)}`);
  } finally {
    await lab.close();
  }
}
