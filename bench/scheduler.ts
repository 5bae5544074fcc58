import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { atMost, type FigureGroup } from './figure.js';
import type { SchedulerAnswer, SchedulerRequest } from './scheduler-process.js';

/** What a turn of the suite scheduler costs, and a year of them; each in a process of its own. */
export async function schedulerFigures(): Promise<readonly FigureGroup[]> {
  const warm = await measure({ what: 'warm turn', boards: 200, tasks: 500, suites: 40 });
  const year = await measure({ what: 'year', boards: 50, tasks: 100, suites: 20 });
  return [
    {
      title: 'The suite scheduler: a warm turn over 200 boards, 500 tasks and 3 branches, all due',
      figures: [
        { name: 'reads from the AFE', value: warm.reads, unit: 'calls', target: atMost(20) },
        { name: 'bytes of these', value: warm.bytes, unit: 'bytes', note: '2,000 hosts' },
        { name: 'CPU time', value: warm.cpuMs, unit: 'ms', target: atMost(1_000) },
        { name: 'heap that it takes at the most', value: warm.addedMb, unit: 'MB', target: atMost(200) },
        {
          name: 'heap in all',
          value: warm.heapMb,
          unit: 'MB',
          note: 'with the lab, and the ledger of the turns before',
        },
        { name: 'decisions', value: warm.decisions, unit: '', note: `${warm.started} suites started in turns before` },
      ],
    },
    {
      title: 'The suite scheduler: a year of hourly turns, 50 boards and 100 tasks',
      figures: [
        { name: 'time', value: year.seconds, unit: 's', target: atMost(60) },
        { name: 'decisions', value: year.decisions, unit: '', note: `${year.started} suites started` },
        { name: 'calls to the AFE a turn', value: year.reads / (365 * 24), unit: 'calls' },
        { name: 'memory of the process at the most', value: year.heapMb, unit: 'MB' },
      ],
    },
  ];
}

/** With the built package: the loader of TypeScript marks each function that it loads, which costs more than the turn. */
function measure(request: SchedulerRequest): Promise<SchedulerAnswer> {
  const child = fork(fileURLToPath(new URL('scheduler-process.ts', import.meta.url)), [], {
    execArgv: [...process.execArgv, '--expose-gc'],
    env: { ...process.env, TSX_TSCONFIG_PATH: fileURLToPath(new URL('../tsconfig.build.json', import.meta.url)) },
  });
  return new Promise((resolve, reject) => {
    child.once('message', (answer: SchedulerAnswer) => resolve(answer));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the process ended with ${code} before it answered`)));
    child.send(request);
  });
}
