import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { atMost, type FigureGroup } from './figure.js';
import type { LongWaitAnswer, LongWaitRequest } from './long-wait-process.js';

const jobs = 10_000;
const hours = 3;

/** A wait on very many jobs, in a process of its own: what a poll that finds nothing carries, and what the wait keeps. */
export async function longWaitFigures(): Promise<readonly FigureGroup[]> {
  const { polls, idleBytes, heapAtQuarters, heapAtEnd, results } = await waitInAProcess({ jobs, hours });
  const [first = 0] = heapAtQuarters;
  const grown = Math.max(...heapAtQuarters) - first;
  const [least, most] = idleBytes;
  const title = `A wait on ${jobs.toLocaleString('en-US')} jobs of ${hours} hours, the lab in the same process`;
  const figures = [
    { name: 'polls', value: polls, unit: 'polls', note: `found ${results} results` },
    { name: 'idle poll', value: most, unit: 'bytes', target: atMost(200) },
    {
      name: 'idle poll, the largest over the smallest',
      value: most - least,
      unit: 'bytes more',
      target: atMost(2),
      note: "digits of the request's number",
    },
    { name: 'memory after a quarter of an hour', value: first / mb, unit: 'MB' },
    {
      name: 'memory, the most of later ones over that',
      value: grown / mb,
      unit: 'MB more',
      target: atMost(1),
      note: `looked at ${heapAtQuarters.length} times, after collecting garbage`,
    },
    {
      name: 'memory with all results over that',
      value: (heapAtEnd - first) / mb,
      unit: 'MB more',
      note: 'with what the lab keeps of its jobs',
    },
  ];
  return [{ title, figures }];
}

const mb = 1024 * 1024;

function waitInAProcess(request: LongWaitRequest): Promise<LongWaitAnswer> {
  const file = fileURLToPath(new URL('long-wait-process.ts', import.meta.url));
  const child = fork(file, { execArgv: [...process.execArgv, '--expose-gc'] });
  return new Promise((resolve, reject) => {
    child.once('message', (answer: LongWaitAnswer) => resolve(answer));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the process ended with ${code} before it answered`)));
    child.send(request);
  });
}
