import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { atMost, type Figure, type FigureGroup } from './figure.js';
import type { ScaleAnswer, ScaleRequest } from './lab-scale-process.js';

const hosts = 10_000;
const days = 30;
const sizes = [1_000, 10_000, 100_000, 1_000_000];
const most = 1_000_000;
const jobsPerHour = most / days / 24;

/** What a job costs in labs of a thousand to a million of them, each in a process of its own. Takes ten minutes. */
export async function scaleFigures(): Promise<readonly FigureGroup[]> {
  const answers: ScaleAnswer[] = [];
  for (const jobs of sizes) answers.push(await runLab({ jobs, hosts, jobsPerHour }));
  const costs = answers.map(({ cpuMsPerJob }) => cpuMsPerJob);
  return [
    {
      title: `The embedded lab at work: ${hosts.toLocaleString('en-US')} hosts, suites of 54 tests, created, polled and read`,
      figures: [
        ...answers.flatMap(figuresOf),
        {
          name: 'cost of a job: the highest over the lowest',
          value: Math.max(...costs) / Math.min(...costs),
          unit: 'times',
          target: atMost(1.5),
        },
      ],
    },
  ];
}

function figuresOf({ jobs, days, seconds, cpuMsPerJob, peakMb }: ScaleAnswer): Figure[] {
  const name = `${jobs.toLocaleString('en-US')} jobs`;
  return [
    { name: `${name}: cost of a job`, value: cpuMsPerJob, unit: 'CPU ms', note: `${days.toFixed(1)} days of the lab` },
    { name: `${name}: time`, value: seconds, unit: 's' },
    { name: `${name}: memory at the most`, value: peakMb, unit: 'MB', target: atMost(1000) },
  ];
}

function runLab(request: ScaleRequest): Promise<ScaleAnswer> {
  const child = fork(fileURLToPath(new URL('lab-scale-process.ts', import.meta.url)));
  return new Promise((resolve, reject) => {
    child.once('message', (answer: ScaleAnswer) => resolve(answer));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the process ended with ${code} before it answered`)));
    child.send(request);
  });
}
