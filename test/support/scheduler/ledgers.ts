import { LedgerFileError, type Ledger } from '../../../src/index.js';

/** A ledger whose disk is full at some calls, before or after it has changed: an error says nothing of what is kept. */
export function faultyLedger(
  ledger: Ledger,
  { share, seed }: { readonly share: number; readonly seed: number },
): FaultyLedger {
  const draw = drawer(seed);
  let failures = 0;
  const faulty = aroundLedger(ledger, async (work) => {
    if (draw() >= share) return await work();
    failures += 1;
    if (failures % 2 === 0) await work();
    throw new LedgerFileError('ledger', 'cannot be read or written', { cause: new Error('ENOSPC') });
  });
  return { ledger: faulty, failures: () => failures };
}

export interface FaultyLedger {
  readonly ledger: Ledger;
  readonly failures: () => number;
}

/** A ledger whose calls take some turns of the event loop, another number each time. */
export function slowLedger(ledger: Ledger, seed: number): Ledger {
  const draw = drawer(seed);
  const wait = async () => {
    for (let turns = Math.floor(draw() * 5); turns > 0; turns -= 1)
      await new Promise((resolve) => setImmediate(resolve));
  };
  return aroundLedger(ledger, async (work) => {
    await wait();
    const answer = await work();
    await wait();
    return answer;
  });
}

/** Numbers from 0 up to 1, the same each time. */
function drawer(seed: number): () => number {
  let drawn = seed;
  return () => {
    drawn = (drawn * 1_103_515_245 + 12_345) % 2 ** 31;
    return drawn / 2 ** 31;
  };
}

/** A ledger each of whose calls goes through a function. */
export function aroundLedger(ledger: Ledger, around: <T>(work: () => Promise<T>) => Promise<T>): Ledger {
  const list = async function* <T>(all: AsyncIterable<T>): AsyncIterable<T> {
    yield* await around(async () => {
      const found: T[] = [];
      for await (const one of all) found.push(one);
      return found;
    });
  };
  return {
    claim: (...args) => around(() => ledger.claim(...args)),
    mark: (...args) => around(() => ledger.mark(...args)),
    find: (...args) => around(() => ledger.find(...args)),
    launches: (...args) => list(ledger.launches(...args)),
    watermark: (...args) => around(() => ledger.watermark(...args)),
    moveWatermark: (...args) => around(() => ledger.moveWatermark(...args)),
    note: (...args) => around(() => ledger.note(...args)),
    notes: (...args) => list(ledger.notes(...args)),
    prune: (...args) => around(() => ledger.prune(...args)),
    close: () => ledger.close(),
  };
}
