import type { ChildProcess } from 'node:child_process';
import { onAbort } from '../../../runtime/abort.js';
import { GitError, GitNotFoundError } from '../errors.js';

/** One run of git. */
export interface GitRun {
  /** The program. */
  readonly git: string;
  /** What it is about, for messages: the repository without user name and password. */
  readonly repository: string;
  /** The command first, e.g. `fetch`. */
  readonly args: readonly string[];
  /** Given before the command. */
  readonly globalArgs: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** In ms of real time. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Told of what git prints as it comes. What it throws ends the run. */
  readonly onOutput: (chunk: Uint8Array) => void;
}

/**
 * Runs git, without a shell, and resolves when it has ended well.
 *
 * Rejects with `GitNotFoundError` where there is no git, with `GitError` when it fails or takes too long, and with
 * `signal.reason` when aborted. Either way it and all that it started are gone by then.
 */
export async function runGit(run: GitRun): Promise<void> {
  run.signal?.throwIfAborted();
  const { spawn } = process.getBuiltinModule('node:child_process');
  const [command = ''] = run.args;
  // A process group of its own, since git has helpers that speak to servers.
  const child = spawn(run.git, [...run.globalArgs, ...run.args], {
    env: { ...run.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    windowsHide: true,
  });
  let failure: { readonly reason: unknown } | undefined;
  let mercy: NodeJS.Timeout | undefined;
  const stop = (reason: unknown) => {
    if (failure !== undefined) return;
    failure = { reason };
    // It takes its locks away before it ends, if it can.
    killGroup(child, 'SIGTERM');
    mercy = setTimeout(() => killGroup(child, 'SIGKILL'), mercyMs);
  };
  const fail = (detail: string, exitCode?: number) =>
    new GitError({ command, repository: run.repository, detail, exitCode });
  const timer = setTimeout(
    () => stop(fail(`it has not come to an end in ${String(run.timeoutMs)} ms`)),
    Math.min(run.timeoutMs, maxTimerMs),
  );
  const stopListening = onAbort(run.signal, () => stop(run.signal?.reason));
  child.once('exit', () => {
    // Of a git that was stopped, a helper may still be there, which keeps its output open.
    if (failure !== undefined) killGroup(child, 'SIGKILL');
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString('latin1')).slice(-maxComplaint)));
  child.stdout.on('data', (chunk: Buffer) => {
    if (failure !== undefined) return;
    try {
      run.onOutput(chunk);
    } catch (error) {
      stop(error);
    }
  });
  try {
    const code = await ending(child, run.git);
    if (failure !== undefined) throw failure.reason;
    if (code !== 0) throw fail(complaintOf(complaint, code), code ?? undefined);
  } finally {
    clearTimeout(timer);
    clearTimeout(mercy);
    stopListening();
  }
}

const mercyMs = 2_000;
const maxTimerMs = 2 ** 31 - 1;
const maxComplaint = 8_192;

function ending(child: ChildProcess, program: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause: NodeJS.ErrnoException) => {
      if (child.pid === undefined) reject(new GitNotFoundError(program, { cause }));
    });
    child.once('close', resolve);
  });
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // It has ended.
  }
}

/** What git says went wrong: the lines that it marks so, or its last one. */
function complaintOf(text: string, code: number | null): string {
  const lines = text.split('\n').map((line) => line.trim());
  const marked = lines.filter((line) => /^(?:fatal|error|remote):/.test(line));
  const last = lines.filter((line) => line !== '').at(-1);
  return marked.join('; ') || last || `it ended with ${code === null ? 'a signal' : `exit code ${String(code)}`}`;
}
