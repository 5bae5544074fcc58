import { describe, expect, test } from 'vitest';
import { bugTrackerReporter, dryRunBugReporter, silentLogger, type TrackedBug } from '../../src/index.js';
import type { FailureReport } from '../../src/index.js';
import { FakeClock } from '../support/fake-clock.js';
import { aFailure } from './a-failure.js';

function options() {
  return { signal: new AbortController().signal, clock: new FakeClock() };
}

/** A tracker with some bugs, the first `found` of which have the anchor. */
async function reportTo(bugs: readonly TrackedBug[], found = bugs.length, failure: FailureReport = aFailure()) {
  const did: string[] = [];
  const reporter = bugTrackerReporter({
    tracker: {
      findByAnchor: async (anchor) => (anchor === failure.anchor ? bugs.slice(0, found) : []),
      read: async (id) => {
        did.push(`read ${id}`);
        return bugs.find((bug) => bug.id === id) ?? null;
      },
      create: async () => {
        did.push('create');
        return 'new';
      },
      comment: async (id) => {
        did.push(`comment ${id}`);
        return 5;
      },
    },
    mailer: {
      send: async () => {
        did.push('mail');
      },
    },
  });
  return { filed: await reporter.report(failure, options()), did };
}

function open(id: string): TrackedBug {
  return { id, open: true, mergedInto: null };
}

function closed(id: string, mergedInto: string | null = null): TrackedBug {
  return { id, open: false, mergedInto };
}

describe('one failure is one bug', () => {
  test.each<[string, readonly TrackedBug[], number, readonly string[]]>([
    ['without a bug a new one is filed', [], 0, ['create']],
    ['an open bug gets a comment', [open('1')], 1, ['comment 1']],
    ['an open one goes before closed ones', [closed('2', '3'), open('1'), open('3')], 2, ['comment 1']],
    ['a closed bug is followed', [closed('1', '2'), open('2')], 1, ['read 2', 'comment 2']],
    [
      'and further, as far as it was merged',
      [closed('1', '2'), closed('2', '3'), open('3')],
      1,
      ['read 2', 'read 3', 'comment 3'],
    ],
    ['after a bug that was closed for good there is a new one', [closed('1')], 1, ['create']],
    ['also when it is found at the end of a merge', [closed('1', '2'), closed('2')], 1, ['read 2', 'create']],
    ['one that was merged into nothing that is there counts as closed', [closed('1', '9')], 1, ['read 9', 'create']],
    ['one that was merged into itself does too', [closed('1', '1')], 1, ['create']],
    [
      'bugs merged in a circle do too',
      [closed('1', '2'), closed('2', '3'), closed('3', '2')],
      1,
      ['read 2', 'read 3', 'create'],
    ],
    [
      'the next closed one is followed where the first leads nowhere',
      [closed('1'), closed('2', '3'), open('3')],
      2,
      ['read 3', 'comment 3'],
    ],
  ])('%s', async (_what, bugs, found, expected) => {
    const { did, filed } = await reportTo(bugs, found);
    expect(did).toEqual(expected);
    const last = expected.at(-1) ?? '';
    expect(filed).toEqual(last === 'create' ? { bugId: 'new', count: 1 } : { bugId: last.split(' ')[1], count: 5 });
  });

  test('a chain of merges that never ends is given up', async () => {
    const chain = Array.from({ length: 500 }, (_each, at) => closed(String(at), String(at + 1)));
    const { did } = await reportTo(chain, 1);
    expect(did.at(-1)).toBe('create');
    expect(did.length).toBeLessThan(60);
  });
});

test('a suite that files no bugs has an e-mail sent', async () => {
  const { did, filed } = await reportTo([open('1')], 1, aFailure({ suite: 'regression' }));
  expect(did).toEqual(['mail']);
  expect(filed).toEqual({});
});

test('a dry run logs and keeps what it would file, and tells nobody', async () => {
  const lines: string[] = [];
  const reporter = dryRunBugReporter({ logger: { ...silentLogger, info: (line) => lines.push(line) } });
  for (const failure of [aFailure(), aFailure({ suite: 'regression' })]) {
    expect(await reporter.report(failure, options())).toBeNull();
  }
  expect(lines).toEqual([
    'Would file a bug: [bvt] a failed on x86-mario-release/R19-1998.0.0',
    'Would send an e-mail: [regression] a failed on x86-mario-release/R19-1998.0.0',
  ]);
  expect(reporter.reports.map(({ suite }) => suite)).toEqual(['bvt', 'regression']);
});
