/** The process of one long wait: is told of how many jobs, and tells what the wait took while nothing happened, and when all ended. */
import { inSuite, memoryControlFiles, Suite } from 'dynamic-suite';
import { embeddedLab, MemorySuiteJob } from 'dynamic-suite/testing';
import { board, build, controlFiles, suite } from './bench-lab.js';
import { countingTransport } from './counting-transport.js';
import { clientsOver } from './lab-clients.js';

export interface LongWaitRequest {
  readonly jobs: number;
  /** How long each of them runs. */
  readonly hours: number;
}

export interface LongWaitAnswer {
  readonly polls: number;
  /** Of those that found nothing, after the first quarter of an hour: the least and the most that one sent and received. */
  readonly idleBytes: readonly [least: number, most: number];
  /** What was in use after the garbage had been collected, in bytes, at each quarter of an hour of the idle wait. */
  readonly heapAtQuarters: readonly number[];
  /** The same when all jobs have ended and their results are kept. */
  readonly heapAtEnd: number;
  readonly results: number;
}

process.once('message', (request: LongWaitRequest) => {
  void run(request).then((answer) => {
    process.send?.(answer);
    process.disconnect();
  });
});

const hourMs = 3_600_000;
const quarterMs = hourMs / 4;

async function run({ jobs, hours }: LongWaitRequest): Promise<LongWaitAnswer> {
  const lab = await embeddedLab()
    .board(board, { hosts: jobs })
    .build(build)
    .tests({ durationMs: hours * hourMs })
    .start();
  const { transport, take } = countingTransport(lab.transport);
  const idle: number[] = [];
  const heapAtQuarters: number[] = [];
  let polls = 0;
  let found = false;
  let nextQuarterMs = lab.clock.now() + quarterMs;
  const created = await Suite.createFromPredicates({
    name: suite,
    board,
    builds: { 'cros-version': build },
    predicates: [inSuite(suite)],
    controlFiles: memoryControlFiles(controlFiles(jobs)),
    lab: clientsOver(lab, transport),
    clock: lab.clock,
    job: new MemorySuiteJob(lab.suiteJob().tag),
    onEvent: ({ type, timeMs }) => {
      if (type === 'test-result') found = true;
      if (type !== 'progress') return;
      polls += 1;
      const { bytesSent, bytesReceived } = take();
      // Before the first quarter is over the code is cold, and the first look asks for more.
      if (!found && heapAtQuarters.length > 0) idle.push(bytesSent + bytesReceived);
      if (!found && timeMs >= nextQuarterMs) {
        heapAtQuarters.push(heapInUse());
        nextQuarterMs += quarterMs;
      }
    },
  });
  await created.schedule();
  let results = 0;
  for await (const _result of created.results()) results += 1;
  const outcome = await created.finish();
  if (outcome.verdict !== 'OK') throw new Error(outcome.summary);
  return {
    polls,
    idleBytes: [Math.min(...idle), Math.max(...idle)],
    heapAtQuarters,
    heapAtEnd: heapInUse(),
    results,
  };
}

function heapInUse(): number {
  if (globalThis.gc === undefined) throw new Error('needs node --expose-gc');
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
