import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  inProcessLauncher,
  memoryBuilds,
  schedulerConfig,
  SuiteScheduler,
  type SuiteOutcome,
  type SuiteSchedulerOptions,
} from '../../src/index.js';
import type { EmbeddedLab } from '../../src/testing/index.js';
import { buildOf, suiteLab } from '../testing/suite-lab.js';

let lab: EmbeddedLab;
beforeEach(async () => {
  lab = await suiteLab();
});
afterEach(() => lab.close());

// With bugs to file the suite job waits for the results of its tests.
const task = { name: 'New', suite: 'bvt', runOn: 'new_build', pool: 'bvt', jobRetry: true, fileBugs: true };
const config = schedulerConfig({ tasks: [{ ...task, boards: ['lumpy'] }] });

/** A turn in which there is nothing new, and one in which a build has come. */
async function startSuite(more: Partial<SuiteSchedulerOptions> = {}): Promise<void> {
  const { afe, clock } = lab;
  const builds = memoryBuilds({}, { clock });
  const scheduler = new SuiteScheduler({ lab: { afe }, config, builds, clock, ...more });
  await scheduler.turn();
  builds.add(buildOf('lumpy'));
  const { launches } = await scheduler.turn();
  expect(launches.map(({ type }) => type)).toEqual(['launched']);
}

test('a new build is tested by the suite job that the lab runs, to its outcome', async () => {
  await startSuite();
  await lab.suitesSettled();
  const outcomes = [...lab.suiteOutcomes().values()];
  expect(outcomes.map(({ verdict }) => verdict)).toEqual(['ERROR']);
  expect(outcomes[0]?.test('flaky_Test')?.conclusion).toBe('flaky');
  lab.expectAllWell();
});

test('a new build is tested in this process, to its outcome', async () => {
  const resultsDir = await mkdtemp(join(tmpdir(), 'closed-loop-'));
  const outcomes: SuiteOutcome[] = [];
  try {
    const { afe, tko, devServer, clock } = lab;
    const launcher = inProcessLauncher({
      lab: { afe, tko, devServer },
      resultsDir,
      clock,
      onOutcome: (_launch, outcome) => outcomes.push(outcome),
    });
    await startSuite({ launcher });
    await launcher.settled();
    expect(outcomes.map(({ verdict }) => verdict)).toEqual(['ERROR']);
    expect(outcomes[0]?.test('flaky_Test')?.conclusion).toBe('flaky');
    lab.expectNothingDoubled();
  } finally {
    await rm(resultsDir, { recursive: true });
  }
});
