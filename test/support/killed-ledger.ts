import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { fileLedger } from '../../src/scheduler/ledger/file-ledger.js';
import { claimOf } from '../scheduler/ledger/ledger-data.js';
import type { LedgerChildOptions } from './ledger-child.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a process that used a ledger said, line by line, and the signal that ended it. */
export async function ledgerChild(options: LedgerChildOptions) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/support/ledger-child.ts', JSON.stringify(options)], {
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
  return { signal, said: stdout.split('\n').filter((line) => line !== ''), stderr };
}

/**
 * Has a process claim keys in a folder until it is killed, claims the same keys here, and tells what is wrong: keys
 * that were new to both, and such as the first was told are kept and are not.
 */
export async function killedClaims(folder: string, kill: { readonly killAt: number; readonly part: number }) {
  const keys = ['a', 'b', 'c', 'd'];
  const first = await ledgerChild({ folder, ...kill, keys });
  const newToFirst = keysAfter('new', first.said);
  const again = fileLedger(folder);
  const problems: string[] = [];
  const found = await again.find(newToFirst);
  for (const key of newToFirst) if (!found.has(key)) problems.push(`${key} was confirmed and is lost`);
  const all = keys.flatMap((key) => [key, `${key}+`]);
  const answers = await again.claim(all.map((key) => claimOf(key)));
  for (const { isNew, record } of answers) {
    if (isNew && newToFirst.includes(record.launch.key)) problems.push(`${record.launch.key} was new twice`);
  }
  await again.close();
  return { signal: first.signal, confirmed: newToFirst.length, problems, stderr: first.stderr };
}

/** The keys of which a process was told something. */
export function keysAfter(word: string, said: readonly string[]): readonly string[] {
  return said.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
}
