import { appendFile, cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LedgerClosedError, LedgerFileError, LedgerValueError } from '../../../src/scheduler/ledger/errors.js';
import { fileLedger } from '../../../src/scheduler/ledger/file-ledger.js';
import { journalLine } from '../../../src/scheduler/ledger/journal-line.js';
import { LeaseHeldError, StaleLeaseError } from '../../../src/scheduler/ledger/lease.js';
import { memoryLease } from '../../../src/scheduler/ledger/memory-lease.js';
import { ledgerConformance, VirtualClock } from '../../../src/testing/index.js';
import { FakeClock } from '../../support/fake-clock.js';
import { interceptFileSteps, type FileStep } from '../../support/file-writes.js';
import { rejectionOf } from '../../support/loopback-server.js';
import { claimOf, contentOf, everyItem, keptLog } from './ledger-data.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledger-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const journals = async () => (await readdir(folder)).filter((file) => file.startsWith('journal.')).sort();

/** Two ledgers that both take the folder for their own, as after a clock that jumped. */
const unguarded = () => {
  const clock = new FakeClock();
  return fileLedger(folder, { clock, lease: memoryLease({ clock, ttlMs: 1_000 }) });
};

/** Has the steps of a kind fail while something is done. */
async function failing<T>(kind: FileStep['kind'], work: () => Promise<T>): Promise<T> {
  const stop = await interceptFileSteps((step) => {
    return step.kind === kind ? Promise.reject(new Error(`no ${kind} today`)) : step.run();
  });
  try {
    return await work();
  } finally {
    stop();
  }
}

describe('the promises of a ledger', () => {
  const cases = ledgerConformance(() => ({ open: () => fileLedger(join(folder, 'made')), lasts: true, shared: false }));
  for (const { name, run } of cases) test(name, run);
});

describe('files', () => {
  test('nobody else may read them', async () => {
    const made = join(folder, 'state', 'scheduler');
    const ledger = fileLedger(made);
    await ledger.claim([claimOf('a')]);
    await ledger.close();
    expect((await stat(made)).mode & 0o777).toBe(0o700);
    for (const file of await readdir(made)) expect((await stat(join(made, file))).mode & 0o777).toBe(0o600);
  });

  test('calls that come together share one sync, and reading needs none', async () => {
    const ledger = fileLedger(folder);
    await ledger.open();
    const steps: string[] = [];
    const stop = await interceptFileSteps(({ kind, run }) => {
      steps.push(kind);
      return run();
    });
    await Promise.all(['a', 'b', 'c'].map((key) => ledger.claim([claimOf(key)])));
    await ledger.note([{ atMs: 1, task: null, board: null, code: 'x', text: '' }]);
    await Promise.all([ledger.find(['a']), ledger.watermark('nightly'), contentOf(ledger)]);
    stop();
    await ledger.close();
    expect(steps).toEqual(['write', 'sync', 'write', 'sync']);
  });

  test('what is told is on the disk: a look waits for a write that came before it', async () => {
    const ledger = fileLedger(folder);
    await ledger.open();
    const order: string[] = [];
    const stop = await interceptFileSteps(async ({ kind, run }) => {
      await run();
      order.push(kind);
    });
    const claiming = ledger.claim([claimOf('a')]);
    await Promise.resolve();
    await Promise.resolve();
    expect((await ledger.find(['a'])).size).toBe(1);
    order.push('found');
    stop();
    await claiming;
    await ledger.close();
    expect(order).toEqual(['write', 'sync', 'found']);
  });

  test('a journal that is much larger than what lives is rewritten, and holds the same', async () => {
    const ledger = fileLedger(folder);
    await ledger.claim([claimOf('a')]);
    for (let version = 1; version < 2_200; version += 100) {
      const marks = Array.from({ length: 100 }, (_, index) =>
        ledger.mark('a', version + index, { tries: version + index, changedAtMs: 1 }),
      );
      await Promise.all(marks);
    }
    const before = await contentOf(ledger);
    expect(await journals()).toEqual(['journal.2']);
    expect((await readFile(join(folder, 'journal.2'), 'latin1')).split('\n').length).toBeLessThan(500);
    await ledger.close();
    const again = fileLedger(folder);
    expect(await contentOf(again)).toEqual(before);
    await again.close();
  });

  test('a rewrite that fails costs nothing, and is tried again when the journal has doubled', async () => {
    const { told, logger } = keptLog();
    const ledger = fileLedger(folder, { logger });
    await ledger.claim([claimOf('a')]);
    const markFrom = async (first: number, count: number) => {
      const marks = Array.from({ length: count }, (_, index) =>
        ledger.mark('a', first + index, { tries: 0, changedAtMs: 1 }),
      );
      expect(await Promise.all(marks)).not.toContain(null);
      // The rewrite comes before the next call.
      await ledger.find([]);
    };
    await failing('link', async () => {
      for (let round = 0; round < 4; round += 1) await markFrom(1 + 700 * round, 700);
    });
    expect(told).toEqual(['The journal of the ledger could not be rewritten, and grows']);
    expect(await journals()).toEqual(['journal.1']);
    await markFrom(2_801, 3_000);
    expect(await journals()).toEqual(['journal.2']);
    await ledger.close();
  });
});

describe('damage', () => {
  test('a line that was not written to its end is left out and told', async () => {
    const ledger = fileLedger(folder);
    await ledger.claim([claimOf('a')]);
    await ledger.close();
    await appendFile(join(folder, 'journal.1'), journalLine({ kind: 'token', token: 5 }).slice(0, -4));
    const { told, logger } = keptLog();
    const again = fileLedger(folder, { logger });
    expect((await contentOf(again)).launches).toHaveLength(1);
    expect(told).toEqual(['The last line of the ledger was not written to its end, and is left out']);
    expect(await journals()).toEqual(['journal.3']);
    await again.close();
  });

  test('lines of others, of another shape, or of any length are left out, told once, and kept aside', async () => {
    const ledger = fileLedger(folder);
    await ledger.claim([claimOf('a')]);
    await ledger.close();
    const path = join(folder, 'journal.1');
    const strange = [
      ...['garbage\n', '\n', '\0\0\0\n', `${'x'.repeat(9 * 1024 * 1024)}\n`, journalLine('text'), journalLine(null)],
      ...[journalLine({ kind: 'unknown' }), journalLine({ kind: 'launch', record: { launch: {} } })],
      ...[journalLine({ kind: 'note', note: 7 }), journalLine({ kind: 'watermark', name: 'a' })],
      ...[journalLine({ kind: 'prune' }), journalLine({ kind: 'token', token: 'x' }), journalLine({ kind: 'journal' })],
      journalLine({}).replace('{}', '{"'),
    ];
    await appendFile(path, `${strange.join('')}${journalLine({ kind: 'watermark', name: 'nightly', text: '1' })}`);
    const damaged = await readFile(path);
    const { told, logger } = keptLog();
    const again = fileLedger(folder, { logger });
    expect(await contentOf(again, ['nightly'])).toMatchObject({ launches: [{ version: 1 }], watermarks: ['1'] });
    expect(told).toEqual(['Lines of the ledger are corrupt and are left out; the file is kept as journal.corrupt']);
    expect(damaged.equals(await readFile(join(folder, 'journal.corrupt')))).toBe(true);
    await again.close();
    const third = fileLedger(folder, { logger });
    await third.open();
    expect(told).toHaveLength(1);
    await third.close();
  });

  test('a rewrite that was cut off between the new file and the old ones loses and doubles nothing', async () => {
    const ledger = fileLedger(folder);
    await ledger.note([{ atMs: 1, task: null, board: null, code: 'x', text: '' }]);
    await ledger.close();
    await cp(join(folder, 'journal.1'), join(folder, 'old'));
    const again = fileLedger(folder);
    await again.prune({ launchesMs: 5, notesMs: 5 });
    await again.note([{ atMs: 7, task: null, board: null, code: 'y', text: '' }]);
    await again.close();
    await cp(join(folder, 'old'), join(folder, 'journal.1'));
    await writeFile(join(folder, 'journal.9.draft.tmp'), 'half of');
    const third = fileLedger(folder);
    expect((await contentOf(third)).notes.map(({ code }) => code)).toEqual(['y']);
    await third.close();
    expect(await journals()).toEqual(['journal.5', 'journal.9.draft.tmp']);
  });

  test('a journal of a later version is not touched', async () => {
    const text = journalLine({ kind: 'journal', format: 2, whole: true });
    await writeFile(join(folder, 'journal.7'), text);
    const ledger = fileLedger(folder);
    const error = await rejectionOf(ledger.open());
    expect(error).toBeInstanceOf(LedgerFileError);
    expect(String(error)).toContain('was written by a later version, in format 2');
    await ledger.close();
    expect(await journals()).toEqual(['journal.7']);
    expect(await readFile(join(folder, 'journal.7'), 'utf8')).toBe(text);
  });

  test('a journal that cannot be rewritten on opening is used as it is', async () => {
    const ledger = fileLedger(folder);
    await ledger.claim([claimOf('a')]);
    await ledger.close();
    const { told, logger } = keptLog();
    const lease = memoryLease({ clock: new FakeClock(), ttlMs: 1_000 });
    const again = fileLedger(folder, { logger, lease });
    await failing('link', () => again.open());
    expect(told).toEqual(['The journal of the ledger could not be rewritten, and grows']);
    await again.claim([claimOf('b')]);
    await again.close();
    const third = fileLedger(folder);
    expect((await contentOf(third)).launches).toHaveLength(2);
    await third.close();
  });
});

describe('a disk that fails', () => {
  for (const kind of ['write', 'sync'] as const) {
    test(`a failed ${kind} rejects the calls that were in it; the next ones find what is on the disk`, async () => {
      const ledger = fileLedger(folder);
      await ledger.claim([claimOf('a')]);
      const errors = await failing(kind, () =>
        Promise.all([rejectionOf(ledger.claim([claimOf('b')])), rejectionOf(ledger.find(['a']))]),
      );
      for (const error of errors) expect(error).toBeInstanceOf(LedgerFileError);
      expect(errors[0]).toMatchObject({ code: 'ERR_LEDGER_FILE', folder, cause: new Error(`no ${kind} today`) });
      expect([...(await ledger.find(['a'])).keys()]).toEqual(['a']);
      const [answer] = await ledger.claim([claimOf('b')]);
      expect(answer?.record.version).toBe(1);
      await ledger.close();
    });
  }

  test('a value that cannot be kept rejects its own call only', async () => {
    const ledger = fileLedger(folder);
    const good = ledger.claim([claimOf('a')]);
    const bad = rejectionOf(ledger.claim([claimOf('b', { expiresAtMs: Infinity })]));
    const found = ledger.find(['a', 'b']);
    expect(await bad).toBeInstanceOf(LedgerValueError);
    expect(await bad).toMatchObject({ code: 'ERR_LEDGER_VALUE', field: 'expiresAtMs' });
    expect([...(await found).keys()]).toEqual(['a']);
    expect((await good)[0]?.isNew).toBe(true);
    await ledger.close();
  });
});

describe('two on one folder', () => {
  test('the second is refused, and told who has it', async () => {
    const one = fileLedger(folder, { holder: 'the scheduler of lab A' });
    await one.open();
    const other = fileLedger(folder);
    const error = await rejectionOf(other.claim([claimOf('a')]));
    expect(error).toBeInstanceOf(LeaseHeldError);
    const since = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`;
    const expected = `^the ledger in ${folder} is in use by the scheduler of lab A, process ${process.pid} on .* since ${since}$`;
    expect((error as LeaseHeldError).message).toMatch(new RegExp(expected));
    await one.close();
    expect((await other.claim([claimOf('a')]))[0]?.isNew).toBe(true);
    await other.close();
  });

  test('the second waits, where it is to, and goes on with what the first has confirmed', async () => {
    const clock = new VirtualClock();
    const one = fileLedger(folder, { clock });
    await one.claim([claimOf('a')]);
    const other = fileLedger(folder, { clock, wait: true });
    const claiming = other.claim([claimOf('a'), claimOf('b')]);
    await clock.sleep(60_000);
    await one.claim([claimOf('b')]);
    await one.close();
    expect((await claiming).map(({ isNew }) => isNew)).toEqual([false, false]);
    await other.close();
    expect(clock.sleeping).toBe(0);
  });

  test('the wait ends with the signal, or with the ledger', async () => {
    const clock = new VirtualClock();
    const one = fileLedger(folder, { clock });
    await one.open();
    const stop = new AbortController();
    const aborted = fileLedger(folder, { clock, wait: true, signal: stop.signal });
    const closed = fileLedger(folder, { clock, wait: true });
    const rejections = Promise.all([rejectionOf(aborted.open()), rejectionOf(closed.open())]);
    await clock.sleep(60_000);
    const reason = new Error('enough');
    stop.abort(reason);
    await closed.close();
    const [abortion, closing] = await rejections;
    expect(abortion).toBe(reason);
    expect(closing).toBeInstanceOf(LedgerClosedError);
    expect(clock.sleeping).toBe(0);
    await aborted.close();
    await one.close();
  });

  test('one that does not know that it lost the folder confirms nothing more, and says so', async () => {
    const one = unguarded();
    await one.claim([claimOf('a')]);
    const other = unguarded();
    await other.claim([claimOf('b')]);
    expect(await rejectionOf(one.claim([claimOf('c')]))).toBeInstanceOf(StaleLeaseError);
    const [again] = await other.claim([claimOf('a')]);
    expect(again?.isNew).toBe(false);
    await Promise.all([one.close(), other.close()]);
  });

  test('one that lost the folder in the middle of a rewrite leaves what the other has', async () => {
    const one = unguarded();
    await one.claim([claimOf('a')]);
    const marks = (count: number) =>
      Array.from({ length: count }, (_, index) => one.mark('a', 1 + index, { tries: 0, changedAtMs: 1 }));
    const other = unguarded();
    let isFirstLink = true;
    const stop = await interceptFileSteps(async ({ kind, run }) => {
      // The first name that is made is that of the rewritten journal.
      if (kind === 'link' && isFirstLink) {
        isFirstLink = false;
        await other.claim([claimOf('b')]);
      }
      return run();
    });
    await Promise.all(marks(2_100));
    await one.find([]);
    stop();
    expect(isFirstLink).toBe(false);
    expect(await rejectionOf(one.claim([claimOf('b')]))).toBeInstanceOf(StaleLeaseError);
    const [answer] = await one.claim([claimOf('b')]);
    expect(answer?.isNew).toBe(false);
    expect(await rejectionOf(other.claim([claimOf('c')]))).toBeInstanceOf(StaleLeaseError);
    await Promise.all([one.close(), other.close()]);
  });

  test('a lease that is lost is taken again where nobody else has it', async () => {
    const clock = new FakeClock();
    const ledger = fileLedger(folder, { clock, lease: memoryLease({ clock, ttlMs: 1_000 }) });
    await ledger.claim([claimOf('a')]);
    clock.advance(500);
    await ledger.claim([claimOf('b')]);
    clock.advance(10_000);
    expect((await ledger.claim([claimOf('a'), claimOf('b')])).map(({ isNew }) => isNew)).toEqual([false, false]);
    await ledger.close();
    expect(clock.holds).toBe(0);
  });
});

describe('closing', () => {
  test('a ledger that was closed takes no calls, and keeps no file', async () => {
    const ledger = fileLedger(folder);
    await ledger.claim([claimOf('a')]);
    await Promise.all([ledger.close(), ledger.close()]);
    expect(await rejectionOf(ledger.find(['a']))).toBeInstanceOf(LedgerClosedError);
    expect(await rejectionOf(everyItem(ledger.notes()))).toBeInstanceOf(LedgerClosedError);
  });

  test('one that was never used leaves nothing', async () => {
    await fileLedger(join(folder, 'never')).close();
    expect(await readdir(folder)).toEqual([]);
  });
});
