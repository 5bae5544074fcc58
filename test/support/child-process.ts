import { spawn } from 'node:child_process';

/** A program that has ended. */
export interface Ended {
  /** Undefined when it could not be started, or was killed. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, while this process goes on. Kills it after a minute. */
export function run(command: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    // What is on this machine is not reached through a proxy.
    const env = { ...process.env, no_proxy: '127.0.0.1', NO_PROXY: '127.0.0.1' };
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes));
    const end = (code: number | null) =>
      resolve({
        code: code ?? undefined,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      });
    child.on('error', () => end(null));
    child.on('close', end);
  });
}

/** Whether a program is there and starts. */
export async function isThere(command: string): Promise<boolean> {
  return (await run(command, ['--version'])).code === 0;
}
