import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { fileLease } from '../../../src/scheduler/ledger/file-lease.js';
import { leaseConformance } from '../../../src/testing/index.js';

describe('the lease in files', () => {
  const cases = leaseConformance(async (options) => {
    const folder = await mkdtemp(join(tmpdir(), 'lease-'));
    const path = join(folder, 'made', 'lease');
    return {
      lease: fileLease(path, options),
      rival: fileLease(path, options),
      close: () => rm(folder, { recursive: true }),
    };
  });
  for (const { name, run } of cases) test(name, run);
});
