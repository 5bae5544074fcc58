import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const cwd = fileURLToPath(new URL('../..', import.meta.url));

function runOnce(...args: readonly string[]) {
  const env = { ...process.env, TSX_TSCONFIG_PATH: 'tsconfig.json' };
  return promisify(execFile)(process.execPath, ['--import', 'tsx', 'examples/11-one-shot.ts', ...args], { cwd, env });
}

test('a one-shot run names each suite with its job, and why others are not run', async () => {
  const { stdout } = await runOnce('--events', 'weekly', '--build', 'lumpy-release/R50-7800.0.0');
  expect(stdout).toContain('KernelWeekly: kernel in pool suites, job 1\n');
  expect(stdout).toContain('FirmwareWeekly: not run, no host has board:lumpy and pool:faft\n');
});

test('a one-shot run for an event that there is not says which there are', async () => {
  const stderr = expect.stringMatching(/nightly.*found "nightli"; did you mean "nightly"\?\n$/) as string;
  await expect(runOnce('--events', 'nightli')).rejects.toMatchObject({ code: 2, stderr });
});
