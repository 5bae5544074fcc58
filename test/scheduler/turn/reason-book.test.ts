import { describe, expect, test } from 'vitest';
import { memoryLedger } from '../../../src/scheduler/ledger/memory-ledger.js';
import { Problems } from '../../../src/scheduler/turn/problems.js';
import { ReasonBook, type HoldingReason } from '../../../src/scheduler/turn/reason-book.js';
import { everyItem } from '../ledger/ledger-data.js';
import { dayMs, minuteMs } from '../support/builders.js';

const reason = (task: string | null, board: string | null, text: string): HoldingReason => ({
  task,
  board,
  reason: { code: 'no-hosts', text },
});

describe('the reasons that are kept', () => {
  async function bench(ledger = memoryLedger()) {
    let book = new ReasonBook(ledger, 30 * dayMs);
    return {
      ledger,
      keep: (atMs: number, ...reasons: HoldingReason[]) => book.keep(atMs, reasons, {}),
      restart: () => (book = new ReasonBook(ledger, 30 * dayMs)),
      async notes() {
        return (await everyItem(ledger.notes())).map(
          ({ atMs, task, board, text }) => `${atMs} ${task} ${board} ${text}`,
        );
      },
    };
  }

  test('are those that have changed, for each task and board', async () => {
    const { keep, notes } = await bench();
    await keep(1, reason('A', 'lumpy', 'x'), reason('A', 'stumpy', 'x'), reason('A', null, 'x'));
    await keep(
      2,
      reason('A', 'lumpy', 'x'),
      reason('A', 'stumpy', 'y'),
      reason('B', null, 'x'),
      reason(null, null, 'x'),
    );
    await keep(3, reason('A', 'lumpy', 'x'), reason('A', 'stumpy', 'x'));
    await keep(4);
    expect(await notes()).toEqual([
      '1 A lumpy x',
      '1 A stumpy x',
      '1 A null x',
      '2 A stumpy y',
      '2 B null x',
      '2 null null x',
      '3 A stumpy x',
    ]);
  });

  test('are several where a board had several builds', async () => {
    const { keep, notes } = await bench();
    await keep(1, reason('A', 'lumpy', 'x'), reason('A', 'lumpy', 'y'));
    await keep(2, reason('A', 'lumpy', 'x'), reason('A', 'lumpy', 'y'));
    await keep(3, reason('A', 'lumpy', 'y'));
    expect(await notes()).toEqual(['1 A lumpy x', '1 A lumpy y', '3 A lumpy y']);
  });

  test('still hold after a restart', async () => {
    const { keep, notes, restart } = await bench();
    const both = [reason('A', 'lumpy', 'x'), reason('A', 'lumpy', 'y')];
    await keep(1, ...both, reason('A', null, 'x'));
    restart();
    await keep(2, ...both, reason('A', null, 'z'));
    expect(await notes()).toEqual(['1 A lumpy x', '1 A lumpy y', '1 A null x', '2 A null z']);
  });

  test('are noted anew before the ledger forgets them', async () => {
    const { keep, notes } = await bench();
    await keep(0, reason('A', 'lumpy', 'x'));
    await keep(14 * dayMs, reason('A', 'lumpy', 'x'));
    await keep(15 * dayMs, reason('A', 'lumpy', 'x'));
    expect(await notes()).toEqual(['0 A lumpy x', `${15 * dayMs} A lumpy x`]);
  });

  test('are kept later where the ledger fails', async () => {
    const { keep, notes, ledger } = await bench();
    const { note } = ledger;
    ledger.note = () => Promise.reject(new Error('disk full'));
    await expect(keep(1, reason('A', 'lumpy', 'x'))).rejects.toThrow('disk full');
    ledger.note = note;
    await keep(2, reason('A', 'lumpy', 'x'));
    expect(await notes()).toEqual(['2 A lumpy x']);
  });
});

describe('what does not work', () => {
  test('stays visible, with its beginning, and is tried less and less often', () => {
    const problems = new Problems();
    problems.failed('AFE', 'refused', 0);
    expect(problems.isWaiting('AFE', minuteMs - 1)).toBe(true);
    expect(problems.isWaiting('AFE', minuteMs)).toBe(false);
    problems.failed('AFE', 'timed out', minuteMs);
    expect(problems.all()).toEqual([
      { where: 'AFE', message: 'timed out', sinceMs: 0, failures: 2, nextTryMs: 3 * minuteMs },
    ]);
    expect(problems.isWaiting('builds', 0)).toBe(false);
  });

  test('is not waited for longer because a clock was put back', () => {
    const problems = new Problems();
    problems.failed('AFE', 'refused', dayMs);
    expect(problems.isWaiting('AFE', 0)).toBe(false);
  });

  test('is tried at once when what it hung on works again', () => {
    const problems = new Problems();
    problems.failed('event nightly', 'no builds', 0);
    problems.tryAllAgain();
    expect(problems.isWaiting('event nightly', 1)).toBe(false);
  });

  test('is told once, and so is that it works again', () => {
    const problems = new Problems();
    problems.failed('AFE', 'refused', 0);
    expect(problems.changes()).toMatchObject({ arisen: [{ where: 'AFE' }], mended: [] });
    problems.failed('AFE', 'refused', 1);
    expect(problems.changes()).toEqual({ arisen: [], mended: [] });
    expect(problems.worked('AFE')).toBe(true);
    expect(problems.worked('AFE')).toBe(false);
    expect(problems.changes()).toEqual({ arisen: [], mended: ['AFE'] });
    problems.failed('AFE', 'refused', 2);
    problems.worked('AFE');
    expect(problems.changes()).toEqual({ arisen: [], mended: [] });
  });

  test('can be tried by somebody else, whose tries do not count', () => {
    const problems = new Problems();
    problems.failed('AFE', 'refused', 0);
    const copy = problems.copy();
    copy.worked('AFE');
    copy.failed('builds', 'away', 0);
    expect(problems.all().map(({ where }) => where)).toEqual(['AFE']);
    expect(problems.get('AFE')?.failures).toBe(1);
  });
});
