/**
 * The main job: put a build on the devices of a lab, run the suite `bvt` on them, and report.
 *
 * The lab is an embedded one, in this process; the library talks to it over real HTTP, as it would to yours. Its clock
 * runs 150 times as fast as yours, so that half an hour of lab time passes in some ten seconds.
 */
import { rm } from 'node:fs/promises';
import { consoleReporter, exitCodeOf, openSuiteJob, reimageAndRun } from 'dynamic-suite';
import { embeddedLab, scaledClock, type LabEvent } from 'dynamic-suite/testing';

const build = 'x86-mario-release/R19-1998.0.0';
const resultDir = 'results/01-reimage-and-run';

// A lab of five devices, a build with the control files in ./build, and how some of its tests will end.
const clock = scaledClock({ speed: 150 });
const lab = await embeddedLab({ clock })
  .board('x86-mario', { hosts: 5, pool: 'bvt' })
  .build(build, new URL('build', import.meta.url).pathname)
  .test('power_Idle', ['fail', 'good'])
  .test('graphics_Sanity', {
    status: 'FAIL',
    reason: 'Triangle 7 is upside down',
    crashes: [{ process: 'chrome', function: 'gpu::Triangles::Draw', frames: ['gpu::Scene::Paint', 'main'] }],
  })
  .test('video_HardwareDecoder', 'error')
  .start();
const services = await lab.listen();

// Ctrl-C stops the wait at once; what runs in the lab goes on running there.
const suiteJob = lab.suiteJob({ name: `${build}-test_suites/control.bvt` });
const stop = new AbortController();
process.once('SIGINT', () => stop.abort(new Error('Stopped by Ctrl-C')));

// A suite job goes on with the log that it finds; this one begins anew.
await rm(resultDir, { recursive: true, force: true });

const reporter = consoleReporter();
lab.onEvent((event) => {
  const line = describe(event);
  if (line !== null) reporter.note(line);
});

try {
  const outcome = await reimageAndRun({
    name: 'bvt',
    board: 'x86-mario',
    pool: 'bvt',
    builds: { 'cros-version': build },
    devserverUrl: services.devServer,
    job: await openSuiteJob({ tag: suiteJob.tag, resultDir }),
    lab: { afe: services.afe, tko: services.tko, crashServers: [services.crashServer] },
    resultFiles: lab.resultFiles,
    jobRetry: true,
    maxRetries: 10,
    onEvent: reporter,
    signal: stop.signal,
    clock,
  });
  console.log(`\nA suite control script would now exit with code ${String(outcome.exitCode)}.`);
  console.log(`The status log and keyvals of the suite job are in ${resultDir}.`);
} catch (error) {
  process.exitCode = stop.signal.aborted ? 130 : exitCodeOf(error);
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  if (stop.signal.aborted) {
    console.error('The jobs that were created go on in the lab. To abort them all, abort their suite job:');
    console.error(
      `  new HttpAfeClient({ url: '${services.afe}' }).abortHostQueueEntries({ jobIds: [${String(suiteJob.id)}] })`,
    );
  }
} finally {
  await lab.close();
}

/** What the lab itself has to tell of a run, besides what the library sees of it. */
function describe(event: LabEvent): string | null {
  switch (event.type) {
    case 'host-provisioning':
      return `lab: putting ${event.labels.join(', ')} on ${event.host} for job ${String(event.jobId)}`;
    case 'job-running':
      return `lab: job ${String(event.jobId)} runs on ${event.host ?? 'the server'}`;
    default:
      return null;
  }
}
