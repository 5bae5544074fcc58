import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { fileLedger } from '../../../src/scheduler/ledger/file-ledger.js';
import { ledgerConformance } from '../../../src/testing/index.js';

describe('the ledger in files', () => {
  const cases = ledgerConformance(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ledger-'));
    return {
      open: () => fileLedger(join(folder, 'made')),
      lasts: true,
      shared: false,
      dispose: () => rm(folder, { recursive: true }),
    };
  });
  for (const { name, run } of cases) test(name, run);
});
