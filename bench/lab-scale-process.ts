/** The process of one lab of many jobs: is told how many, and tells what they took. */
import { embeddedLab, type EmbeddedLab, type LabSuiteJob } from 'dynamic-suite/testing';
import { controlFile } from './bench-lab.js';

export interface ScaleRequest {
  readonly jobs: number;
  readonly hosts: number;
  /** Jobs begin at an even pace, an hour's worth at a time: so many an hour. */
  readonly jobsPerHour: number;
}

export interface ScaleAnswer {
  readonly jobs: number;
  readonly days: number;
  /** The process's own time, of which the first jobs, while the code is still cold, are no part. */
  readonly cpuMsPerJob: number;
  readonly seconds: number;
  readonly peakMb: number;
}

process.once('message', (request: ScaleRequest) => {
  void run(request).then((answer) => {
    process.send?.(answer);
    process.disconnect();
  });
});

const boards = 50;
const testsPerSuite = 54;
const hourMs = 3_600_000;
const warmUpJobs = 2_000;

async function run({ jobs, hosts, jobsPerHour }: ScaleRequest): Promise<ScaleAnswer> {
  const builder = embeddedLab();
  for (let board = 0; board < boards; board++) builder.board(`board${board}`, { hosts: hosts / boards, pool: 'bench' });
  const lab = await builder.start();
  const tests = Array.from({ length: testsPerSuite }, (_, index) => controlFile(`bench_Test${index + 1}`));
  await runSuites(lab, { jobs: warmUpJobs, jobsPerHour, tests });
  const cpuBefore = process.cpuUsage();
  const beganAt = performance.now();
  const beganMs = lab.clock.now();
  const done = await runSuites(lab, { jobs, jobsPerHour, tests });
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    jobs: done,
    days: (lab.clock.now() - beganMs) / (24 * hourMs),
    cpuMsPerJob: (user + system) / 1000 / done,
    seconds: (performance.now() - beganAt) / 1000,
    peakMb: process.resourceUsage().maxRSS / 1024,
  };
}

/** Suites of 54 tests, begun as the hours pass, looked at every hour, and read when they are done. */
async function runSuites(
  lab: EmbeddedLab,
  {
    jobs,
    jobsPerHour,
    tests,
  }: { readonly jobs: number; readonly jobsPerHour: number; readonly tests: readonly string[] },
): Promise<number> {
  const suites = Math.ceil(jobs / testsPerSuite);
  let begun = 0;
  let open: Suite[] = [];
  for (let hour = 1; begun < suites || open.length > 0; hour++) {
    while (begun < suites && begun * testsPerSuite < hour * jobsPerHour) open.push(await begin(lab, begun++, tests));
    await lab.clock.sleep(hourMs);
    const done = await Promise.all(open.map((suite) => isDone(lab, suite)));
    open = open.filter((_, index) => done[index] !== true);
  }
  lab.expectNoUnexpectedCalls();
  return suites * testsPerSuite;
}

interface Suite {
  readonly job: LabSuiteJob;
  readonly ids: readonly number[];
}

async function begin(lab: EmbeddedLab, number: number, tests: readonly string[]): Promise<Suite> {
  const board = `board${number % boards}`;
  const build = `${board}-release/R30-${4000 + Math.floor(number / boards)}.0.0`;
  const job = lab.suiteJob({ name: `${build}-test_suites/control.bench` });
  const created = tests.map((text, index) =>
    lab.afe.createJob({
      name: `${build}/bench/bench_Test${index + 1}`,
      controlFile: text,
      controlType: 'Client',
      priority: 40,
      parentJobId: job.id,
      metaHosts: [`board:${board}`],
      dependencies: [`cros-version:${build}`, 'pool:bench', `board:${board}`],
      keyvals: { build, suite: 'bench', experimental: false, builds: { 'cros-version': build }, parent_job_id: job.id },
    }),
  );
  return { job, ids: await Promise.all(created) };
}

async function isDone(lab: EmbeddedLab, { job, ids }: Suite): Promise<boolean> {
  const finished = await lab.afe.getNumJobs({ parentJobId: job.id, state: 'finished' });
  if (finished < ids.length) return false;
  const entries = await lab.afe.getHostQueueEntries({ jobIds: ids });
  const rows = await lab.tko.getDetailedTestViews({ jobIds: ids });
  const wrong = entries.filter(({ status }) => status !== 'Completed').length;
  if (wrong > 0 || rows.length !== 3 * ids.length) throw new Error(`suite ${job.id}: ${wrong} jobs went wrong`);
  job.finish();
  return true;
}
