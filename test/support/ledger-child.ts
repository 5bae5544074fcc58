import { fileLedger } from '../../src/scheduler/ledger/file-ledger.js';
import { claimOf } from '../scheduler/ledger/ledger-data.js';
import { interceptFileSteps } from './file-writes.js';

/** What the parent tells this process, as JSON in its only argument. */
export interface LedgerChildOptions {
  readonly folder: string;
  /** The step that changes files at which the process is killed; null: none. */
  readonly killAt: number | null;
  /** How much of that step is done before. */
  readonly part: number;
  readonly keys: readonly string[];
}

const { folder, killAt, part, keys } = JSON.parse(process.argv[2] ?? '') as LedgerChildOptions;
let steps = 0;
await interceptFileSteps(async ({ kind, run }) => {
  steps += 1;
  if (steps !== killAt) return run();
  if (kind === 'write' || part > 0.5) await run(part);
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
});
const ledger = fileLedger(folder);
const say = (word: string, key: string) =>
  new Promise((resolve) => process.stdout.write(`${word} ${key}\n`, () => resolve(undefined)));
for (const key of keys) {
  // Two at a time, which share a write.
  const claims = await Promise.all([ledger.claim([claimOf(key)]), ledger.claim([claimOf(`${key}+`)])]);
  for (const { isNew, record } of claims.flat()) await say(isNew ? 'new' : 'known', record.launch.key);
}
await ledger.close();
console.log('steps', steps);
