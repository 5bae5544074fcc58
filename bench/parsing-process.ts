/** The process of one contestant: is told which and on what files, and then measures a round whenever it is asked. */
import { contestantWork, type Contestant } from './parsing-contestants.js';

export interface Begin {
  readonly contestant: Contestant;
  readonly files: readonly Uint8Array[];
  readonly roundMs: number;
}

process.once('message', (begin: Begin) => {
  void contestantWork(begin.contestant).then((work) => {
    process.on('message', () => process.send?.(filesPerSecond(work, begin)));
    process.send?.('ready');
  });
});

/** Per second of the process's own time, so that what else the machine does counts little. */
function filesPerSecond(work: (file: Uint8Array) => void, { files, roundMs }: Begin): number {
  const start = process.cpuUsage();
  let done = 0;
  let elapsedMs = 0;
  while (elapsedMs < roundMs) {
    for (const file of files) work(file);
    done += files.length;
    const { user, system } = process.cpuUsage(start);
    elapsedMs = (user + system) / 1000;
  }
  return (done / elapsedMs) * 1000;
}
