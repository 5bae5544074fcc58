import { expect, test } from 'vitest';
import {
  memoryControlFiles,
  reimageAndRun,
  Suite,
  type ReimageAndRunOptions,
  type SuiteEvent,
} from '../../src/index.js';
import type { TestScript } from '../../src/testing/index.js';
import { controlFile, marioBuild, marioLab } from '../support/labs.js';

const minute = 60_000;

type ProgressEvent = Extract<SuiteEvent, { type: 'progress' }>;

/** Runs the tests on three hosts, and gives what was told after each poll. */
async function progressOf(
  scripts: Readonly<Record<string, TestScript>>,
  options: Partial<ReimageAndRunOptions> = {},
): Promise<{ readonly told: readonly ProgressEvent[]; readonly endMs: number }> {
  const files = Object.keys(scripts).map((name) => controlFile(name, { jobRetries: 1 }));
  const lab = await marioLab(Object.assign({}, ...files) as Record<string, string>, scripts);
  const told: ProgressEvent[] = [];
  await reimageAndRun({
    ...lab.suiteArguments('bvt', 'x86-mario'),
    onEvent: (event) => event.type === 'progress' && told.push(event),
    ...options,
  });
  return { told, endMs: lab.clock.now() };
}

/** Tests that each take so many minutes. */
function tests(count: number, minutes: number): Record<string, TestScript> {
  const names = Array.from({ length: count }, (_, index) => `t${String(index)}`);
  return Object.fromEntries(names.map((name) => [name, { status: 'GOOD', durationMs: minutes * minute }]));
}

test('after every poll the counts say what has become of the jobs', async () => {
  const { told } = await progressOf(
    { a: ['fail', 'good'], b: 'machine-failure', c: 'good' },
    { jobRetry: true, maxRetries: 1, infraRetries: 1 },
  );
  for (const { counts, finished, total } of told) {
    expect(counts.scheduled).toBe(counts.open + counts.finished);
    expect({ finished, total }).toEqual({ finished: counts.finished, total: counts.scheduled });
  }
  expect(told[0]?.counts).toEqual({ scheduled: 3, open: 3, finished: 0, failed: 0, retried: 0 });
  expect(told.at(-1)?.counts).toEqual({ scheduled: 5, open: 0, finished: 5, failed: 3, retried: 2 });
  expect(told.at(-1)?.leftMs).toBe(0);
});

test('once the first tests have ended the estimate is close', async () => {
  const { told, endMs } = await progressOf(tests(18, 30));
  const afterFirst = told.filter(({ counts }) => counts.finished >= 3 && counts.open > 3);
  expect(afterFirst.length).toBeGreaterThan(100);
  for (const { leftMs, timeMs } of afterFirst) {
    const reallyMs = endMs - timeMs;
    expect(Math.abs((leftMs ?? 0) - reallyMs)).toBeLessThan(10 * minute);
  }
});

test('a first estimate needs nothing but the hosts that were checked; without them it waits for the first host seen', async () => {
  const checked = await progressOf(tests(9, 30));
  // Nine SHORT tests of some five minutes each on three hosts.
  expect(checked.told[0]?.leftMs).toBe(15 * minute);
  const unchecked = await progressOf(tests(9, 30), { checkHosts: false });
  for (const { counts, leftMs } of unchecked.told) {
    if (counts.finished === 0) expect(leftMs).toBeNull();
    else expect(leftMs).not.toBeUndefined();
  }
  expect(unchecked.told.find(({ counts }) => counts.finished > 0)?.leftMs).toBeGreaterThan(30 * minute);
});

test('a suite of one’s own says how many hosts there are', async () => {
  const files = controlFile('a', { time: 'LONG' });
  const lab = await marioLab(files);
  const told: ProgressEvent[] = [];
  const suite = await Suite.createFromName({
    ...{ name: 'bvt', board: 'x86-mario', builds: { 'cros-version': marioBuild }, usableHosts: 3 },
    ...{ controlFiles: memoryControlFiles(files), lab, clock: lab.clock },
    onEvent: (event) => event.type === 'progress' && told.push(event),
  });
  for await (const _result of suite.results());
  expect(told[0]?.leftMs).toBe(60 * minute);
});
