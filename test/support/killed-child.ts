import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scaledClock } from '../../src/testing/index.js';
import { labOfSuite, problemsLeft, type Kill } from './killable-suite.js';
import type { SuiteChildOptions } from './suite-child.js';

/** What became of a suite whose process was killed. */
export interface KilledStory {
  /** How often the process was really killed. */
  readonly kills: number;
  /** Of the last run, which nobody killed. */
  readonly gist: unknown;
  readonly effects: number;
  readonly problems: readonly string[];
}

/**
 * Owns lab, HTTP and clock, and has the suite run by a process that is killed by SIGKILL once for each of the kills,
 * and at last is left alone.
 */
export async function killedStory(folder: string, kills: readonly Kill[]): Promise<KilledStory> {
  const speed = 1500;
  const lab = await labOfSuite({ clock: scaledClock({ speed }) });
  try {
    const { afe, devServer } = await lab.listen();
    const { tag } = lab.suiteJob();
    const resultDir = join(folder, 'results');
    const common = { urls: { afe, devServer }, tag, resultDir, speed };
    let killed = 0;
    for (const kill of kills) {
      const { signal } = await run({ ...common, startMs: lab.clock.now(), kill });
      if (signal === 'SIGKILL') killed += 1;
    }
    const { signal, stdout, stderr } = await run({ ...common, startMs: lab.clock.now(), kill: null });
    if (stdout === '') throw new Error(`the suite ended with ${String(signal)}: ${stderr}`);
    const said = JSON.parse(stdout) as { readonly gist: unknown; readonly effects: number };
    return { ...said, kills: killed, problems: await problemsLeft(lab, resultDir) };
  } finally {
    await lab.close();
  }
}

interface Ended {
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

async function run(options: SuiteChildOptions): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/support/suite-child.ts', JSON.stringify(options)], {
    cwd: root,
    env: { ...process.env, TSX_TSCONFIG_PATH: 'tsconfig.json' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
    killSignal: 'SIGTERM',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [, signal] = (await once(child, 'close')) as [code: number | null, signal: string | null];
  return { signal, stdout, stderr };
}
