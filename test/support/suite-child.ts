import { scaledClock } from '../../src/testing/index.js';
import { gist, runKillable, type Kill } from './killable-suite.js';

/** What the parent tells this process, as JSON in its only argument. */
export interface SuiteChildOptions {
  readonly urls: { readonly afe: string; readonly devServer: string };
  readonly tag: string;
  readonly resultDir: string;
  readonly speed: number;
  /** The parent's time when it started this process. */
  readonly startMs: number;
  readonly kill: Kill | null;
}

const { kill, speed, startMs, ...run } = JSON.parse(process.argv[2] ?? '') as SuiteChildOptions;
// Waits are as short as the lab's, but time goes by more slowly: deadlines are kept on a busy machine too.
const { sleep } = scaledClock({ speed, startMs });
const { now } = scaledClock({ speed: 20, startMs });
const { outcome, effects } = await runKillable({
  ...run,
  clock: { now, sleep },
  kill: kill ?? undefined,
  die: () => {
    process.kill(process.pid, 'SIGKILL');
    return new Promise(() => undefined);
  },
});
console.log(JSON.stringify({ gist: gist(outcome), effects }));
