import { describe, expect, test } from 'vitest';
import recorded from '../fixtures/suite/retry-sequences.json' with { type: 'json' };
import type { TestStatus } from '../../src/results/status.js';
import { RetryBook } from '../../src/suite/retry-book.js';

type State = Record<string, [state: number, retriesLeft: number]>;
type Operation = [
  name: string,
  args: unknown[],
  outcome: { result?: unknown; error?: unknown },
  after: State,
  left: number | null,
];
interface Sequence {
  readonly initial: Record<string, number>;
  readonly max_retries: number | null;
  readonly retry_level: string;
  readonly ops: Operation[];
}

describe('decides and forbids as the lab recorded it', () => {
  // Ours has the fixed level WARN, as every suite has; other levels were recorded only of the handler by itself.
  const sequences = (recorded.sequences as unknown as Sequence[]).filter(({ retry_level }) => retry_level === 'WARN');

  test.each(sequences.map((sequence, index) => ({ index, sequence })))('sequence $index', ({ sequence }) => {
    const book = new RetryBook(sequence.max_retries);
    for (const [jobId, retries] of Object.entries(sequence.initial)) if (retries > 0) book.add(Number(jobId), retries);
    let checked = 0;
    for (const [name, args, outcome] of sequence.ops) {
      const run = operation(book, name, args);
      if (run === null) continue;
      checked += 1;
      if (outcome.error === undefined) expect(run()).toEqual(outcome.result ?? undefined);
      else expect(run).toThrow(/retry book|already/u);
      // Where the original fails halfway it leaves half of the change behind; ours leaves none, and so the two part.
      if (outcome.error !== undefined && name === 'add_retry') break;
    }
    expect(checked).toBeGreaterThan(0);
  });
});

function operation(book: RetryBook, name: string, args: unknown[]): (() => unknown) | null {
  const [first, second, , executed] = args;
  switch (name) {
    case 'add_job':
      return () => book.add(Number(first), Number(second));
    case 'add_retry':
      return () => book.retried(Number(first), Number(second));
    case 'set_attempted':
      return () => book.attempted(Number(first));
    case 'should_retry':
      return () =>
        book.shouldRetry({ jobId: Number(first), status: second as TestStatus, executed: executed === true });
    default:
      return null;
  }
}

test('a retry has one retry fewer, and the last has none', () => {
  const book = new RetryBook(null);
  const failed = (jobId: number) => ({ jobId, status: 'FAIL', executed: true }) as const;
  book.add(1, 2);
  book.retried(1, 2);
  book.retried(2, 3);
  expect([1, 2, 3].map((jobId) => book.shouldRetry(failed(jobId)))).toEqual([false, false, false]);
});

test('the limit of the suite bounds all jobs together', () => {
  const book = new RetryBook(1);
  book.add(1, 5);
  book.add(2, 5);
  expect(book.shouldRetry({ jobId: 2, status: 'FAIL', executed: true })).toBe(true);
  book.retried(1, 3);
  expect(book.shouldRetry({ jobId: 2, status: 'FAIL', executed: true })).toBe(false);
});

test('a retry that could not be scheduled leaves the job given up (S4)', () => {
  const book = new RetryBook(null);
  book.add(1, 3);
  book.attempted(1);
  expect(book.shouldRetry({ jobId: 1, status: 'FAIL', executed: true })).toBe(false);
});
