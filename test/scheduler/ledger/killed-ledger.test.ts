import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keysAfter, killedClaims, ledgerChild } from '../../support/killed-ledger.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledger-kill-'));
});

afterEach(() => rm(folder, { recursive: true }));

test('a claim that was confirmed outlives the SIGKILL of its process in the middle of the next write', async () => {
  // The first eight steps open the ledger, and each two claims are written and synced.
  const story = await killedClaims(folder, { killAt: 11, part: 0.7 });
  expect(story).toMatchObject({ signal: 'SIGKILL', confirmed: 2, problems: [] });
});

test('of two processes that race for a folder one is refused, and each key is new once', async () => {
  const keys = Array.from({ length: 5 }, (_, index) => `key ${index}`);
  const racers = await Promise.all([1, 2].map(() => ledgerChild({ folder, killAt: null, part: 0, keys })));
  const news = racers.flatMap(({ said }) => keysAfter('new', said));
  expect(news.toSorted()).toEqual(keys.flatMap((key) => [key, `${key}+`]).toSorted());
  for (const { said, stderr } of racers) {
    if (said.length === 0)
      expect(stderr).toMatch(/LeaseHeldError: the ledger in .* is in use by a suite scheduler, process \d+ on /);
  }
});
