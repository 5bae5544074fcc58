import { benchLab, board, build, controlFile } from './bench-lab.js';
import type { Figure, FigureGroup } from './figure.js';

const hosts = 100;
const lookEveryMs = 10 * 60_000;

/** How fast the embedded lab takes jobs through their lives, from `create_job` to the rows of their results. */
export async function labFigures(): Promise<readonly FigureGroup[]> {
  const figures = [...(await labSpeed(1000)), ...(await labSpeed(10_000))];
  return [{ title: `The embedded lab, in process, ${hosts} hosts`, figures }];
}

async function labSpeed(jobs: number): Promise<Figure[]> {
  const lab = await benchLab({ tests: 1, hosts });
  const { afe, clock } = lab;
  const name = `${jobs.toLocaleString('en-US')} jobs`;
  const start = performance.now();
  const created = Array.from({ length: jobs }, (_, index) =>
    afe.createJob({
      name: `${build}/bench/bench_Test${index}`,
      controlFile: controlFile(`bench_Test${index}`),
      controlType: 'Client',
      priority: 40,
      metaHosts: [`board:${board}`],
      dependencies: [`cros-version:${build}`],
      timeoutMins: 7 * 24 * 60,
    }),
  );
  await Promise.all(created);
  const createdAt = performance.now();
  const beganMs = clock.now();
  while ((await afe.getNumJobs({ state: 'finished' })) < jobs) await clock.sleep(lookEveryMs);
  const end = performance.now();
  lab.expectEverythingFinished();
  lab.expectNothingDoubled();
  const hours = ((clock.now() - beganMs) / 3_600_000).toFixed(1);
  return [
    { name: `${name}: created by the client`, value: (jobs / (createdAt - start)) * 1000, unit: 'jobs/s' },
    {
      name: `${name}: simulated to the end`,
      value: (jobs / (end - createdAt)) * 1000,
      unit: 'jobs/s',
      note: `${hours} hours of the lab`,
    },
  ];
}
