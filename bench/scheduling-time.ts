import { HttpAfeClient, inSuite, memoryControlFiles, Suite } from 'dynamic-suite';
import { MemorySuiteJob, VirtualClock } from 'dynamic-suite/testing';
import { benchLab, board, build, controlFiles, suite } from './bench-lab.js';
import { atLeast, type FigureGroup } from './figure.js';
import { slowNetwork } from './slow-network.js';

const tests = 500;
const latencyMs = 20;

/** How long it takes to schedule a suite when every request takes its time on the wire. In virtual time: exact. */
export async function schedulingFigures(): Promise<readonly FigureGroup[]> {
  const alone = await schedulingMs(1);
  const together = await schedulingMs(8);
  const figures = [
    { name: '1 at a time', value: alone, unit: 'ms, virtual' },
    { name: '8 at a time', value: together, unit: 'ms, virtual' },
    { name: 'gain', value: alone / together, unit: 'times', target: atLeast(5) },
  ];
  return [{ title: `Scheduling ${tests} tests at ${latencyMs} ms a request`, figures }];
}

async function schedulingMs(concurrency: number): Promise<number> {
  const clock = new VirtualClock();
  const lab = await benchLab({ tests, hosts: 1, clock });
  const afe = new HttpAfeClient({ url: lab.urls.afe, ...slowNetwork(lab.transport, clock, latencyMs) });
  const created = await Suite.createFromPredicates({
    name: suite,
    board,
    builds: { 'cros-version': build },
    predicates: [inSuite(suite)],
    controlFiles: memoryControlFiles(controlFiles(tests)),
    lab: { afe, tko: lab.tko },
    job: new MemorySuiteJob(lab.suiteJob().tag),
    concurrency,
    clock,
  });
  const startMs = clock.now();
  const scheduled = await created.schedule();
  // The suite job is one of the lab's jobs.
  if (scheduled !== tests || lab.jobs().length !== tests + 1)
    throw new Error(`${scheduled} of ${tests} tests have a job`);
  return clock.now() - startMs;
}
