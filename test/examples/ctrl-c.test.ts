import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('Ctrl-C ends the main example within a second, and says how to abort the jobs in the lab', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'examples/01-reimage-and-run.ts'], {
    cwd: root,
    env: { ...process.env, TSX_TSCONFIG_PATH: 'tsconfig.json' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const scheduled = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (stdout.includes('jobs created for')) resolve();
    });
  });
  const exited = once(child, 'exit') as Promise<[code: number | null, signal: string | null]>;
  await Promise.race([scheduled, exited]);

  const stoppedMs = performance.now();
  child.kill('SIGINT');
  const [code] = await exited;

  expect(performance.now() - stoppedMs).toBeLessThan(1000);
  expect(code).toBe(130);
  expect(stderr).toContain('Stopped by Ctrl-C');
  expect(stderr).toMatch(/abortHostQueueEntries\(\{ jobIds: \[1\] \}\)/u);
  expect(stdout).not.toContain('exit code');
});
