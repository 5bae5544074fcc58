import type { LaunchClaim, Ledger } from '../../../src/scheduler/ledger/types.js';

/** A claim of a launch that is like any other. */
export function claimOf(key: string, changes: Partial<Omit<LaunchClaim, 'launch'>> = {}): LaunchClaim {
  const build = 'x86-mario-release/R19-1998.0.0';
  return {
    launch: {
      ...{ key, suite: 'bvt', board: 'x86-mario', builds: { 'cros-version': build }, testSourceBuild: build },
      ...{ pool: null, num: null, priority: 30, timeoutMins: 720, fileBugs: false, jobRetry: false },
      ...{ task: 'NewBuild', event: 'new_build', dueMs: 1_000 },
    },
    claimedAtMs: 2_000,
    expiresAtMs: 9_000,
    notBeforeMs: 0,
    ...changes,
  };
}

export async function everyItem<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** All that a ledger tells, but for watermarks, whose names must be known. */
export async function contentOf(ledger: Ledger, watermarks: readonly string[] = []) {
  const states = ['due', 'launching', 'launched', 'refused', 'missed'] as const;
  const launches = await everyItem(ledger.launches({ states }));
  const notes = await everyItem(ledger.notes());
  return { launches, notes, watermarks: await Promise.all(watermarks.map((name) => ledger.watermark(name))) };
}

/** A logger that keeps what it is told. */
export function keptLog() {
  const told: string[] = [];
  const keep = (message: string) => void told.push(message);
  return { told, logger: { debug: keep, info: keep, warn: keep, error: keep } };
}
