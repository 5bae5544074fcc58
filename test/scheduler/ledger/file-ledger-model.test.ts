import { cp, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileLedger } from '../../../src/scheduler/ledger/file-ledger.js';
import { memoryLedger } from '../../../src/scheduler/ledger/memory-ledger.js';
import type { LaunchState, Ledger } from '../../../src/scheduler/ledger/types.js';
import { claimOf, contentOf, keptLog } from './ledger-data.js';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ledger-model-'));
});

afterEach(() => rm(root, { recursive: true }));

/** A call of a ledger, which answers the same to the same ledger. */
type Call = (ledger: Ledger) => Promise<unknown>;

const keys = ['a', 'b', 'c', 'Größe\n'];
const names = ['nightly', 'weekly'];
const key = fc.constantFrom(...keys);
const time = fc.integer({ min: 0, max: 9 });
const token = fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined, freq: 2 });
const state = fc.constantFrom<LaunchState>('due', 'launching', 'launched', 'refused', 'missed');
const mark = fc.option(fc.constantFrom('1', '2', ''));

const call: fc.Arbitrary<Call> = fc.oneof(
  fc.tuple(fc.array(key, { maxLength: 3 }), time, token).map(([claimed, claimedAtMs, by]): Call => {
    return (ledger) =>
      ledger.claim(
        claimed.map((name) => claimOf(name, { claimedAtMs })),
        { token: by },
      );
  }),
  fc
    .tuple(key, fc.integer({ min: 1, max: 4 }), state, time, token)
    .map(([name, version, to, changedAtMs, by]): Call => {
      return (ledger) => ledger.mark(name, version, { state: to, changedAtMs, tries: version }, { token: by });
    }),
  fc.tuple(fc.constantFrom(...names), mark, mark, token).map(([name, from, to, by]): Call => {
    return (ledger) => ledger.moveWatermark(name, from, to ?? '3', { token: by });
  }),
  fc.tuple(fc.array(time, { maxLength: 3 }), token).map(([times, by]): Call => {
    return (ledger) =>
      ledger.note(
        times.map((atMs) => ({ atMs, task: 'T', board: null, code: 'x', text: `${atMs}` })),
        { token: by },
      );
  }),
  fc.tuple(time, time, token).map(([launchesMs, notesMs, by]): Call => {
    return (ledger) => ledger.prune({ launchesMs, notesMs }, { token: by });
  }),
  fc.array(key).map(
    (sought): Call =>
      (ledger) =>
        ledger.find(sought),
  ),
);

const answerOf = (answer: Promise<unknown>) => answer.catch((error: unknown) => String(error));

async function newestJournal(folder: string): Promise<string> {
  const files = (await readdir(folder)).filter((file) => /^journal\.\d+$/.test(file));
  const numbers = files.map((file) => Number(file.slice('journal.'.length)));
  return join(folder, `journal.${Math.max(...numbers)}`);
}

/** What another process finds when this one is killed: the journal, and a lease of nobody. */
async function leftBehind(folder: string, name: string): Promise<string> {
  const copy = join(root, name);
  await cp(folder, copy, { recursive: true, filter: (path) => !path.includes('lease.') });
  return copy;
}

test('the ledger in files answers as the one in memory does, reopened or cut off in a write, and loses nothing it confirmed', async () => {
  let runs = 0;
  const sequence = fc.array(
    fc.tuple(
      fc.array(call, { minLength: 1, maxLength: 6 }),
      fc.constantFrom('close', 'cut'),
      fc.double({ min: 0, max: 1, noNaN: true }),
    ),
    { maxLength: 4 },
  );
  await fc.assert(
    fc.asyncProperty(sequence, async (rounds) => {
      runs += 1;
      const model = memoryLedger();
      let folder = join(root, `${runs}`);
      for (const [round, [calls, end, part]] of rounds.entries()) {
        const ledger = fileLedger(folder);
        const answers = await Promise.all(calls.map((make) => answerOf(make(ledger))));
        for (const [index, make] of calls.entries()) expect(answers[index]).toEqual(await answerOf(make(model)));
        if (end === 'cut') {
          const confirmed = await contentOf(model, names);
          const path = await newestJournal(folder);
          const before = (await stat(path)).size;
          await ledger.claim(['x', 'y'].map((name) => claimOf(name)));
          const after = (await stat(path)).size;
          const left = await leftBehind(folder, `${runs} after ${round}`);
          await ledger.close();
          await truncate(join(left, path.slice(folder.length)), before + Math.floor(part * (after - before)));
          folder = left;
          const again = fileLedger(folder);
          const found = await contentOf(again, names);
          const isConfirmed = ({ launch }: { launch: { key: string } }) => keys.includes(launch.key);
          expect({ ...found, launches: found.launches.filter(isConfirmed) }).toEqual(confirmed);
          for (const { launch, version } of found.launches.filter((launch) => !isConfirmed(launch))) {
            await again.mark(launch.key, version, { state: 'missed', changedAtMs: -1 });
          }
          await again.prune({ launchesMs: 0, notesMs: 0 });
          await again.close();
        } else {
          await ledger.close();
        }
      }
      const last = fileLedger(folder);
      expect(await contentOf(last, names)).toEqual(await contentOf(model, names));
      await last.close();
    }),
    { numRuns: 25 },
  );
});

test('a byte that turned over costs the line that it is in, is told, and the damaged file is kept', async () => {
  const folder = join(root, 'whole');
  const ledger = fileLedger(folder);
  const all = Array.from({ length: 8 }, (_, index) => claimOf(`key ${index}`));
  for (const claim of all) await ledger.claim([claim]);
  const path = await newestJournal(folder);
  const bytes = await readFile(path);
  const left = await leftBehind(folder, 'left');
  await ledger.close();
  const journal = join(left, path.slice(folder.length));
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 0, max: 7 }), async (place, bit) => {
      const flipped = Buffer.from(bytes);
      flipped[place] = (flipped[place] ?? 0) ^ (1 << bit);
      await rm(left, { recursive: true });
      await cp(folder, left, { recursive: true, filter: (name) => !name.includes('lease.') });
      await writeFile(journal, flipped);
      const { told, logger } = keptLog();
      const again = fileLedger(left, { logger });
      const found = await again.find(all.map(({ launch }) => launch.key));
      // A line break that is gone makes two lines into one.
      expect(found.size).toBeGreaterThanOrEqual(all.length - 2);
      for (const { launch } of all) expect(found.get(launch.key)?.launch ?? launch).toEqual(launch);
      expect(told).toHaveLength(1);
      const isLastLineBreak = place === bytes.length - 1;
      expect((await readdir(left)).includes('journal.corrupt')).toBe(!isLastLineBreak);
      if (!isLastLineBreak) expect(await readFile(join(left, 'journal.corrupt'))).toEqual(flipped);
      await again.close();
    }),
    { numRuns: 40 },
  );
});
