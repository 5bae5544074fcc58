import { describe, expect, test } from 'vitest';
import { inSuite, memoryControlFiles, Suite, type SuiteEvent } from '../../src/index.js';
import { embeddedLab, MemorySuiteJob, type EmbeddedLab } from '../../src/testing/index.js';
import { controlFile, marioBuild } from '../support/labs.js';

// Of 1 to 10,000 tests, with the bytes: npm run bench -- calls wait

describe.each([1, 12, 130])('a suite of %i tests', (tests) => {
  test('is scheduled by one call a test, one more for each hundred, and three', async () => {
    const { lab, suite } = await suiteOf({ tests, hosts: 10 });
    expect(await suite.schedule()).toBe(tests);
    expect(lab.calls.count('create_job')).toBe(tests);
    expect(lab.calls.total).toBeLessThanOrEqual(tests + Math.ceil(tests / 100) + 3);
  });

  test('is waited for by one call a poll, of the same size each time, and three for each hundred jobs found', async () => {
    const polls = await pollsOf({ tests, hosts: tests, pollIntervalMs: 5 * 60_000 });
    const idle = polls.filter(({ found }) => found === 0);
    expect(idle.length).toBeGreaterThan(0);
    for (const { calls, bytes } of idle) {
      expect(calls).toBe(1);
      // Some digits of numbers that grow.
      expect(bytes).toBeLessThan(160);
      expect(Math.abs(bytes - (idle[0]?.bytes ?? 0))).toBeLessThanOrEqual(4);
    }
    expect(polls.reduce((sum, { found }) => sum + found, 0)).toBe(tests);
    for (const { calls, found } of polls) expect(calls).toBeLessThanOrEqual(1 + 3 * Math.ceil(found / 100));
  });
});

test('with eight calls at once a suite is scheduled in a fifth of the time that it takes one after the other', async () => {
  const [alone, together] = [await schedulingMs(1), await schedulingMs(8)];
  expect(alone).toBeGreaterThan(64 * 20);
  expect(together).toBeLessThanOrEqual(alone / 5);
});

async function schedulingMs(concurrency: number): Promise<number> {
  const { lab, suite } = await suiteOf({ tests: 64, hosts: 1, concurrency });
  lab.faults.add({ kind: 'delay', delayMs: 20, probability: 1 });
  const startedMs = lab.clock.now();
  await suite.schedule();
  return lab.clock.now() - startedMs;
}

interface Poll {
  readonly timeMs: number;
  readonly calls: number;
  readonly bytes: number;
  /** How many jobs it found. */
  readonly found: number;
}

/** The looks of one moment are one poll: several, where it finds more than fit into one answer. */
async function pollsOf(options: {
  readonly tests: number;
  readonly hosts: number;
  readonly pollIntervalMs: number;
}): Promise<readonly Poll[]> {
  const polls: Poll[] = [];
  let found = 0;
  let before = { calls: 0, bytes: 0 };
  const { lab, suite } = await suiteOf({
    ...options,
    onEvent: ({ type, timeMs }) => {
      if (type === 'test-result') found += 1;
      if (type !== 'progress') return;
      const now = traffic(lab);
      const same = polls.at(-1)?.timeMs === timeMs ? polls.pop() : undefined;
      polls.push({
        timeMs,
        calls: now.calls - before.calls + (same?.calls ?? 0),
        bytes: now.bytes - before.bytes + (same?.bytes ?? 0),
        found: found + (same?.found ?? 0),
      });
      before = now;
      found = 0;
    },
  });
  await suite.schedule();
  before = traffic(lab);
  for await (const result of suite.results(options)) expect(result.status).toBe('GOOD');
  return polls;
}

function traffic({ calls }: EmbeddedLab): { readonly calls: number; readonly bytes: number } {
  const { requestBytes, responseBytes } = calls.bytes();
  return { calls: calls.total, bytes: requestBytes + responseBytes };
}

async function suiteOf(options: {
  readonly tests: number;
  readonly hosts: number;
  readonly concurrency?: number;
  readonly onEvent?: (event: SuiteEvent) => void;
}): Promise<{ readonly lab: EmbeddedLab; readonly suite: Suite }> {
  const { tests, hosts, concurrency, onEvent } = options;
  const files = Array.from({ length: tests }, (_, index) => controlFile(`test_${index + 1}`));
  const lab = await embeddedLab().board('x86-mario', { hosts }).build(marioBuild).start();
  const suite = await Suite.createFromPredicates({
    name: 'bvt',
    board: 'x86-mario',
    builds: { 'cros-version': marioBuild },
    predicates: [inSuite('bvt')],
    controlFiles: memoryControlFiles(new Map(files.flatMap((file) => Object.entries(file)))),
    job: new MemorySuiteJob(lab.suiteJob().tag),
    lab,
    clock: lab.clock,
    concurrency,
    onEvent,
  });
  return { lab, suite };
}
