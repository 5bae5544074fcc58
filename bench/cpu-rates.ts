import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { median } from './figure.js';
import type { Contestant } from './parsing-contestants.js';
import type { Begin } from './parsing-process.js';

export const rounds = 11;
export const roundMs = 300;

export interface CpuRates {
  /** Files per CPU second: the median of the rounds. */
  of(contestant: Contestant): number;
  /** How many times as fast one is as another: the median of the rounds' ratios. */
  ratio(contestant: Contestant, over: Contestant): number;
}

/**
 * Measures contestants on files, each in a process of its own, so that none clears away what another has left or runs
 * code that was compiled for another; and in turn, round after round, so that what disturbs the machine meets all.
 */
export async function cpuRates(contestants: readonly Contestant[], files: readonly Uint8Array[]): Promise<CpuRates> {
  const running: { readonly process: ChildProcess; readonly contestant: Contestant; readonly rates: number[] }[] = [];
  try {
    for (const contestant of contestants) {
      const process = fork(fileURLToPath(new URL('parsing-process.ts', import.meta.url)), {
        serialization: 'advanced',
      });
      running.push({ process, contestant, rates: [] });
      await ask(process, { contestant, files, roundMs } satisfies Begin);
    }
    // The first round warms up the compiler and is not counted.
    for (let round = 0; round <= rounds; round++) {
      for (const { process, rates } of running) {
        const rate = Number(await ask(process, 'round'));
        if (round > 0) rates.push(rate);
      }
    }
  } finally {
    for (const { process } of running) process.kill();
  }
  const ratesOf = (name: Contestant) => running.find(({ contestant }) => contestant === name)?.rates ?? [];
  return {
    of: (contestant) => median(ratesOf(contestant)),
    ratio: (contestant, over) => median(ratesOf(contestant).map((rate, round) => rate / (ratesOf(over)[round] ?? NaN))),
  };
}

async function ask(process: ChildProcess, message: Begin | 'round'): Promise<unknown> {
  const settled = new AbortController();
  const answer = once(process, 'message', settled);
  const end = once(process, 'exit', settled).then(([code]) => {
    throw new Error(`a process of the bench ended with code ${String(code)}`);
  });
  process.send(message);
  try {
    const [value] = await Promise.race([answer, end]);
    return value;
  } finally {
    // Takes off the listeners of the one that did not come.
    settled.abort();
  }
}
