import { expect, test } from 'vitest';
import type { CrashReport } from '../../src/crashes/crash-report.js';
import { groupCrashes } from '../../src/results/crash-groups.js';
import { suiteOutcome, type TestFacts } from '../../src/results/outcome.js';
import { aResult, aSuite } from '../support/builders.js';
import { aCrash } from '../support/outcomes.js';

/** A test whose attempts, jobs 1, 2, ..., left these crashes. */
function crashed(name: string, ...attempts: (readonly CrashReport[])[]) {
  return {
    name,
    attempts: attempts.map((crashes, index) => {
      return { number: index + 1, jobId: index + 1, hostname: `host${String(index + 1)}`, crashes };
    }),
  };
}

const draw = (dump = 'x/chrome.1.dmp') => aCrash({ signature: 'gpu::Draw | main', dump });
const close = aCrash({ signature: 'Tab::Close', dump: 'x/chrome.2.dmp' });

test('crashes of one signature are one group, each with its test, attempt, job and host; the most frequent first', () => {
  const summary = groupCrashes([crashed('a', [close], [draw()]), crashed('b', [draw('y/nacl.7.dmp')])]);
  expect(summary).toEqual({
    count: 3,
    groupsLeftOut: 0,
    groups: [
      {
        ...{ signature: 'gpu::Draw | main', program: 'chrome', count: 2 },
        occurrences: [
          { test: 'a', attempt: 2, jobId: 2, hostname: 'host2', dump: 'x/chrome.1.dmp' },
          { test: 'b', attempt: 1, jobId: 1, hostname: 'host1', dump: 'y/nacl.7.dmp' },
        ],
      },
      {
        ...{ signature: 'Tab::Close', program: 'chrome', count: 1 },
        occurrences: [{ test: 'a', attempt: 1, jobId: 1, hostname: 'host1', dump: 'x/chrome.2.dmp' }],
      },
    ],
  });
});

test('crashes without a stack go by their program', () => {
  const unknown = (dump: string) => aCrash({ stack: null, signature: null, dump, problem: 'no crash server' });
  const { groups } = groupCrashes([
    crashed('a', [unknown('x/chrome.1.dmp'), unknown('y/chrome.2.dmp'), unknown('x/vda.3.dmp'), unknown('.dmp')]),
  ]);
  expect(groups.map(({ signature, program, count }) => [signature, program, count])).toEqual([
    [null, 'chrome', 2],
    [null, 'vda', 1],
    [null, '.dmp', 1],
  ]);
});

test('a program that is called like a signature is another group', () => {
  const named = aCrash({ signature: 'chrome' });
  const unnamed = aCrash({ signature: null, dump: 'chrome.dmp' });
  expect(groupCrashes([crashed('a', [named, unnamed])]).groups).toHaveLength(2);
});

test('a job whose files nobody could see is no crash', () => {
  const unseen = aCrash({ dump: null, signature: null, stack: null, problem: 'no disk' });
  expect(groupCrashes([crashed('a', [unseen])])).toEqual({ count: 0, groups: [], groupsLeftOut: 0 });
});

test('however many there are, they are counted, and the rarest are left out', () => {
  const often = Array.from({ length: 300 }, () => draw());
  const rare = Array.from({ length: 150 }, (_, index) => aCrash({ signature: `f${String(index)}` }));
  const { count, groups, groupsLeftOut } = groupCrashes([crashed('a', [...rare, ...often])]);
  expect({ count, groupsLeftOut, groups: groups.length }).toEqual({ count: 450, groupsLeftOut: 51, groups: 100 });
  expect(groups[0]).toMatchObject({ signature: 'gpu::Draw | main', count: 300 });
  expect(groups[0]?.occurrences).toHaveLength(50);
  expect(groups[1]?.signature).toBe('f0');
});

test('the outcome of a suite has them, with the host of the attempt', () => {
  const facts: TestFacts = {
    ...{ name: 'login', path: null, experimental: false },
    attempts: [{ jobId: 9, results: [aResult({ status: 'FAIL', hostname: 'host4' })], crashes: [draw()] }],
  };
  expect(suiteOutcome(aSuite([facts])).crashes).toMatchObject({
    count: 1,
    groups: [{ occurrences: [{ test: 'login', attempt: 1, jobId: 9, hostname: 'host4' }] }],
  });
});
