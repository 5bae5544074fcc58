import type { LaunchClaim, LaunchRecord, LaunchState, Ledger } from '../../../index.js';

/** Where the ledger under test keeps what it knows. */
export interface LedgerStore {
  /** Opens it; again, after it was closed. */
  open(): Ledger | PromiseLike<Ledger>;
  /** Whether what was confirmed is there when it is closed and opened again. */
  readonly lasts: boolean;
  /** Whether several may have it open at a time, as two schedulers do; where not, two callers share one ledger. */
  readonly shared: boolean;
  /** Called when the case is over and every ledger was closed. */
  dispose?(): unknown;
}

/** A promise of the port, and how to see whether a store keeps it. */
export interface LedgerPromise {
  readonly name: string;
  readonly check: (store: LedgerStore) => Promise<void>;
}

/** Checks a promise with one open ledger, which is closed at the end. */
export function onLedger(check: (ledger: Ledger) => Promise<void>): (store: LedgerStore) => Promise<void> {
  return async (store) => {
    const ledger = await store.open();
    try {
      await check(ledger);
    } finally {
      await ledger.close();
    }
  };
}

/** Checks a promise between two callers, each with a ledger of its own where the store can be shared. */
export function onTwoLedgers(check: (one: Ledger, other: Ledger) => Promise<void>) {
  return async (store: LedgerStore): Promise<void> => {
    const one = await store.open();
    const other = store.shared ? await store.open() : one;
    try {
      await check(one, other);
    } finally {
      await one.close();
      await other.close();
    }
  };
}

/** A Monday morning. */
export const startMs = Date.UTC(2026, 0, 5, 9);

export function claimOf(key: string, changes: Partial<LaunchClaim['launch']> = {}): LaunchClaim {
  return {
    launch: {
      key,
      suite: 'bvt',
      board: 'x86-mario',
      builds: { 'cros-version': 'x86-mario-release/R19-1998.0.0', 'fwrw-version': 'x86-mario-firmware/R19-1.2' },
      testSourceBuild: 'x86-mario-release/R19-1998.0.0',
      pool: null,
      num: 2,
      priority: 30,
      timeoutMins: 720,
      fileBugs: false,
      jobRetry: true,
      task: 'Größe "of" \\ it\n',
      event: 'new_build',
      dueMs: startMs,
      ...changes,
    },
    claimedAtMs: startMs,
    expiresAtMs: startMs + 86_400_000,
    notBeforeMs: 0,
  };
}

/** What becomes of a claim at first. */
export function freshRecord(claim: LaunchClaim): LaunchRecord {
  const nothingYet = { tries: 0, firstTriedAtMs: null, jobId: null, problem: null };
  return { ...claim, ...nothingYet, state: 'due', version: 1, changedAtMs: claim.claimedAtMs };
}

/** Claims a launch and brings it to a state at a time. */
export async function launchIn(ledger: Ledger, key: string, state: LaunchState, changedAtMs: number): Promise<void> {
  await ledger.claim([claimOf(key)]);
  await ledger.mark(key, 1, { state, changedAtMs });
}

export async function everyItem<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
