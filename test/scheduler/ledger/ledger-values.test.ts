import { expect, test } from 'vitest';
import { LedgerValueError } from '../../../src/scheduler/ledger/errors.js';
import { memoryLedger } from '../../../src/scheduler/ledger/memory-ledger.js';
import type { LaunchClaim } from '../../../src/scheduler/ledger/types.js';
import { rejectionOf } from '../../support/loopback-server.js';
import { claimOf, everyItem } from './ledger-data.js';

const claimWith = (changes: object): LaunchClaim => ({
  ...claimOf('a'),
  launch: { ...claimOf('a').launch, ...changes },
});

test('what cannot be kept is refused by its name, and nothing of the call is kept', async () => {
  const ledger = memoryLedger();
  const manyBuilds = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`version ${index}`, 'build']));
  const wrong: readonly [string, LaunchClaim][] = [
    ['launch.key', claimWith({ key: 'x'.repeat(5_000) })],
    ['launch.suite', claimWith({ suite: undefined })],
    ['launch.builds', claimWith({ builds: manyBuilds })],
    ['launch.builds', claimWith({ builds: null })],
    ['launch.builds', claimWith({ builds: { 'cros-version': 7 } })],
    ['launch.pool', claimWith({ pool: 7 })],
    ['launch.priority', claimWith({ priority: NaN })],
    ['launch.fileBugs', claimWith({ fileBugs: 'yes' })],
    ['launch.dueMs', claimWith({ dueMs: 1e17 })],
    ['expiresAtMs', claimOf('a', { expiresAtMs: Infinity })],
  ];
  for (const [field, claim] of wrong) {
    const error = await rejectionOf(ledger.claim([claimOf('good'), claim]));
    expect(error).toBeInstanceOf(LedgerValueError);
    expect(error).toMatchObject({ field });
  }
  expect(await ledger.find(['good', 'a'])).toEqual(new Map());
  await ledger.claim([claimOf('a')]);
  const others: readonly [string, Promise<unknown>][] = [
    ['tries', ledger.mark('a', 1, { tries: -1, changedAtMs: 1 })],
    ['state', ledger.mark('a', 1, { state: 'lost' as 'missed', changedAtMs: 1 })],
    ['watermark name', ledger.moveWatermark('x'.repeat(5_000), null, '')],
    ['watermark big', ledger.moveWatermark('big', null, 'x'.repeat(2 * 1024 * 1024))],
    ['note.atMs', ledger.note([{ atMs: NaN, task: null, board: null, code: 'x', text: '' }])],
    ['launchesMs', ledger.prune({ launchesMs: NaN, notesMs: 0 })],
    ['token', ledger.note([], { token: 0.5 })],
  ];
  for (const [field, call] of others)
    expect(await rejectionOf(call)).toMatchObject({ code: 'ERR_LEDGER_VALUE', field });
});

test('a field that nobody knows is left out', async () => {
  const ledger = memoryLedger();
  const [answer] = await ledger.claim([claimWith({ secret: 'x' })]);
  expect(answer?.record.launch).toEqual(claimOf('a').launch);
});

test('what people read is cut where it is too long, between characters', async () => {
  const ledger = memoryLedger();
  await ledger.claim([claimOf('a')]);
  const marked = await ledger.mark('a', 1, { problem: `${'x'.repeat(4_092)}😀${'y'.repeat(9)}`, changedAtMs: 1 });
  expect(marked?.problem).toBe(`${'x'.repeat(4_092)}...`);
  await ledger.note([{ atMs: 1, task: null, board: null, code: 'x', text: 'z'.repeat(1e6) }]);
  expect((await everyItem(ledger.notes()))[0]?.text).toHaveLength(4_096);
});

test('everything can be forgotten', async () => {
  const ledger = memoryLedger();
  await ledger.claim([claimOf('a'), claimOf('b')]);
  await ledger.mark('a', 1, { state: 'missed', changedAtMs: 5 });
  await ledger.prune({ launchesMs: Infinity, notesMs: -Infinity });
  expect([...(await ledger.find(['a', 'b'])).keys()]).toEqual(['b']);
});

test('a launch that ended twice is forgotten by the time of its last change', async () => {
  const ledger = memoryLedger();
  await ledger.claim([claimOf('a')]);
  await ledger.mark('a', 1, { state: 'missed', changedAtMs: 5 });
  await ledger.mark('a', 2, { state: 'launched', changedAtMs: 9 });
  await ledger.prune({ launchesMs: 6, notesMs: 0 });
  expect((await ledger.find(['a'])).size).toBe(1);
  await ledger.prune({ launchesMs: 10, notesMs: 0 });
  expect((await ledger.find(['a'])).size).toBe(0);
});
