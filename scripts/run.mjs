import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

/** The folder of the project. */
export const root = fileURLToPath(new URL('..', import.meta.url));

const environment = {
  ...process.env,
  PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
};

/**
 * Runs a program without a shell and without stdin, and resolves to what it printed and whether it ended well.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string>, timeoutMs?: number }} [options]
 * @returns {Promise<{ ok: boolean, stdout: string, output: string }>} `output` is stdout and stderr as they came, without colours
 */
export function run(program, args, { cwd = root, env = {}, timeoutMs } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...environment, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', (error) => resolve({ ok: false, stdout, output: `${output}${error.message}\n` }));
    child.on('close', (code, signal) => {
      if (signal !== null)
        output += `${program} was ended by ${signal}${timeoutMs ? ` (limit ${timeoutMs} ms)` : ''}\n`;
      resolve({ ok: code === 0, stdout, output: stripVTControlCharacters(output) });
    });
  });
}

/**
 * Runs named checks one after the other, prints a line for each and the output of those that fail, and sets the exit
 * code. A check resolves to `{ ok, output, note? }`; one that throws has failed.
 *
 * @param {readonly { name: string, check: () => Promise<{ ok: boolean, output?: string, note?: string }> }[]} checks
 */
export async function report(checks) {
  let failed = 0;
  for (const { name, check } of checks) {
    const { ok, output = '', note = '' } = await check().catch((error) => ({ ok: false, output: `${error.stack}\n` }));
    console.log(`${ok ? 'ok    ' : 'failed'}  ${name}${note && `: ${note}`}`);
    if (ok) continue;
    failed += 1;
    console.log(output.trimEnd());
  }
  if (failed > 0) process.exitCode = 1;
}
