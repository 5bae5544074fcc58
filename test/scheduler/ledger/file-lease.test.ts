import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileLease, type FileLeaseOptions } from '../../../src/scheduler/ledger/file-lease.js';
import { parseLeaseNote, type LeaseNote } from '../../../src/scheduler/ledger/lease-note.js';
import { LeaseHeldError } from '../../../src/scheduler/ledger/lease.js';
import { thisProcess, type ProcessIdentity } from '../../../src/scheduler/ledger/process-identity.js';
import { leaseConformance } from '../../../src/testing/index.js';
import { FakeClock } from '../../support/fake-clock.js';
import { interceptFileSteps } from '../../support/file-writes.js';
import { rejectionOf } from '../../support/loopback-server.js';

let folder: string;
let clock: FakeClock;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lease-'));
  clock = new FakeClock();
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const ttlMs = 60_000;
const leaseHere = (options: Partial<FileLeaseOptions> = {}) =>
  fileLease(join(folder, 'lease'), { ttlMs, clock, ...options });

/** Leaves the lease 5 as another process would. */
async function leave(changes: Partial<ProcessIdentity>, note: Partial<LeaseNote> = {}): Promise<void> {
  const holder = { ...(await thisProcess()), ...changes };
  const left = { holder: 'other', process: holder, takenAtMs: clock.now(), expiresAtMs: clock.now() + ttlMs };
  await writeFile(join(folder, 'lease.5'), JSON.stringify({ ...left, released: false, ...note }));
}

describe('the promises of a lease', () => {
  const cases = leaseConformance((options) => {
    const path = join(folder, 'made', 'lease');
    return { lease: fileLease(path, options), rival: fileLease(path, options) };
  });
  for (const { name, run } of cases) test(name, run);
});

describe('a holder that cannot release it', () => {
  const longGone = 2 ** 22 + 1;
  const gone: readonly [string, Partial<ProcessIdentity>][] = [
    ['has no process any more', { pid: longGone }],
    ['was there before this host was started', { boot: 'another boot' }],
    ['has left its pid to another process', { started: '1' }],
  ];
  for (const [what, changes] of gone) {
    test(`leaves it free at once when it ${what}`, async () => {
      await leave(changes);
      const held = await leaseHere().acquire({ holder: 'me' });
      expect(held.token).toBe(6);
      expect(await readdir(folder)).toEqual(['lease.6']);
    });
  }

  const unseen: readonly [string, Partial<ProcessIdentity>][] = [
    ['on another host', { host: 'elsewhere', pid: longGone }],
    ['in another container', { space: 'pid:[1]', pid: longGone }],
  ];
  for (const [what, changes] of unseen) {
    test(`has it until its time has passed when it is ${what}`, async () => {
      await leave(changes);
      const lease = leaseHere({ keepWhileAlive: true });
      const error = await rejectionOf(lease.acquire({ holder: 'me' }));
      expect(error).toBeInstanceOf(LeaseHeldError);
      clock.advance(ttlMs);
      expect((await lease.acquire({ holder: 'me' })).token).toBe(6);
    });
  }

  test('a process of somebody else is there', async () => {
    await leave({ pid: 1, started: null });
    expect(await rejectionOf(leaseHere().acquire({ holder: 'me' }))).toBeInstanceOf(LeaseHeldError);
  });
});

test('who is told of the holder learns process, host and since when', async () => {
  await leaseHere().acquire({ holder: 'lab A' });
  const error = await rejectionOf(leaseHere().acquire({ holder: 'lab B' }));
  const since = new Date(clock.now()).toISOString();
  const holder = `lab A, process ${process.pid} on ${hostname()} since ${since}`;
  expect(error).toMatchObject({ holder, expiresAtMs: clock.now() + ttlMs });
  expect(String(error)).toBe(`LeaseHeldError: the lease ${join(folder, 'lease')} is in use by ${holder}`);
});

test('a file that a loss of power has left without sense is nobody, and its token is not used again', async () => {
  for (const text of ['', '\0\0\0', '{"holder":', 'null', '7', '{}', '{"process":{}}', 'x'.repeat(100_000)]) {
    await writeFile(join(folder, 'lease.5'), text);
    expect(parseLeaseNote(text)).toBe(null);
    const held = await leaseHere().acquire({ holder: 'me' });
    expect(held.token).toBe(6);
    await rm(join(folder, 'lease.6'));
  }
});

test('files of others in the folder are left alone, and drafts of the dead are removed', async () => {
  for (const name of ['lease', 'lease.x', 'lease.1.2', 'leases.9', 'lease.2.abc.tmp']) {
    await writeFile(join(folder, name), '');
  }
  const held = await leaseHere().acquire({ holder: 'me' });
  await held.release();
  const next = await leaseHere().acquire({ holder: 'me' });
  await next.release();
  await leaseHere().acquire({ holder: 'me' });
  expect((await readdir(folder)).sort()).toEqual(['lease', 'lease.1.2', 'lease.3', 'lease.x', 'leases.9']);
});

test('a process that runs keeps the lease beyond its time, where it is to, until it renews or releases it', async () => {
  const lease = leaseHere({ keepWhileAlive: true });
  const held = await lease.acquire({ holder: 'me' });
  clock.advance(10 * ttlMs);
  expect(await rejectionOf(lease.acquire({ holder: 'other' }))).toBeInstanceOf(LeaseHeldError);
  expect(await held.renew()).toBe(true);
  clock.advance(10 * ttlMs);
  const waiting = lease.acquire({ holder: 'other', wait: true });
  await held.release();
  expect((await waiting).token).toBe(2);
});

test('a clock that went back keeps the lease with its holder, who can renew it', async () => {
  const held = await leaseHere().acquire({ holder: 'me' });
  clock.advance(-1_000_000);
  expect(await rejectionOf(leaseHere().acquire({ holder: 'other' }))).toBeInstanceOf(LeaseHeldError);
  expect(await held.renew()).toBe(true);
  expect(held.expiresAtMs).toBe(clock.now() + ttlMs);
});

test('of two that find it free one has it, though the other was overtaken by a third as well', async () => {
  let isFirst = true;
  const stop = await interceptFileSteps(async ({ kind, run }) => {
    if (kind === 'link' && isFirst) {
      isFirst = false;
      const second = await leaseHere().acquire({ holder: 'second' });
      await second.release();
      await leaseHere().acquire({ holder: 'third' });
    }
    return run();
  });
  const error = await rejectionOf(leaseHere().acquire({ holder: 'first' }));
  stop();
  expect((error as LeaseHeldError).holder).toMatch(/^third/);
  expect(await readdir(folder)).toEqual(['lease.2']);
});

test('one who is overtaken while it renews is told that it has lost', async () => {
  const held = await leaseHere().acquire({ holder: 'first' });
  let isFirst = true;
  const stop = await interceptFileSteps(async ({ kind, run }) => {
    if (kind === 'rename' && isFirst) {
      isFirst = false;
      clock.advance(ttlMs);
      await leaseHere().acquire({ holder: 'second' });
    }
    return run();
  });
  expect(await held.renew()).toBe(false);
  stop();
  expect(await held.renew()).toBe(false);
  await held.release();
  expect(JSON.parse(await readFile(join(folder, 'lease.2'), 'utf8'))).toMatchObject({ released: false });
});

test('a disk that fails is an error, for whoever takes the lease and whoever renews it', async () => {
  const stop = await interceptFileSteps(({ kind, run }) =>
    kind === 'link' || kind === 'rename' ? Promise.reject(new Error(`no ${kind} today`)) : run(),
  );
  expect(String(await rejectionOf(leaseHere().acquire({ holder: 'me' })))).toBe('Error: no link today');
  stop();
  const held = await leaseHere().acquire({ holder: 'me' });
  const stopAgain = await interceptFileSteps(({ kind, run }) =>
    kind === 'rename' ? Promise.reject(new Error('no rename today')) : run(),
  );
  expect(String(await rejectionOf(held.renew()))).toBe('Error: no rename today');
  stopAgain();
  expect(await held.renew()).toBe(true);
  expect(clock.holds).toBe(0);
});

test('a folder that is a file is an error', async () => {
  await writeFile(join(folder, 'file'), '');
  expect(
    await rejectionOf(fileLease(join(folder, 'file', 'lease'), { ttlMs }).acquire({ holder: 'me' })),
  ).toMatchObject({
    code: expect.stringMatching(/ENOTDIR|EEXIST/),
  });
});
