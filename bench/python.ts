import { spawn } from 'node:child_process';

/** Has a Python run a script on an input, as JSON; undefined where there is no Python of that name. */
export function runPython(
  program: 'python2.7' | 'python3',
  script: string,
  input: unknown,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['-W', 'ignore', '-c', script], { stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve(undefined);
      else reject(error);
    });
    child.on('close', (code) => {
      // What stands in for a Python that is not installed ends as a shell does that finds no program.
      if (code === 127) resolve(undefined);
      else if (code === 0) resolve(output);
      else reject(new Error(`${program} ended with code ${String(code)}: ${errors}`));
    });
    // Where there is no such Python the pipe breaks before anything is written to it.
    child.stdin.on('error', () => {});
    child.stdin.end(JSON.stringify(input));
  });
}
