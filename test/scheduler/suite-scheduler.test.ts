import { afterEach, describe, expect, test } from 'vitest';
import {
  memoryBuilds,
  schedulerConfig,
  SuiteScheduler,
  type SuiteSchedulerOptions,
  type SuiteTaskOptions,
} from '../../src/index.js';
import { VirtualClock, type EmbeddedLab } from '../../src/testing/index.js';
import { suiteLab } from '../testing/suite-lab.js';

/** A Monday, 09:00 in the lab's zone. */
const mondayMs = Date.parse('2026-01-05T17:00:00Z');
const hourMs = 3600_000;

const labs: EmbeddedLab[] = [];
afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.close()));
});

async function startLab(): Promise<EmbeddedLab & { readonly clock: VirtualClock }> {
  const clock = new VirtualClock({ startMs: mondayMs, autoAdvance: false });
  const lab = await suiteLab({ clock, runSuite: async () => {} });
  labs.push(lab);
  return Object.assign(lab, { clock });
}

interface Bench {
  readonly lab: EmbeddedLab;
  readonly clock: VirtualClock;
  readonly scheduler: SuiteScheduler;
  /** Goes on to a time, a turn every five minutes. */
  readonly goOn: (hours: number) => Promise<void>;
  readonly started: () => readonly string[];
}

async function bench(
  tasks: readonly SuiteTaskOptions[],
  more: Partial<SuiteSchedulerOptions> & { readonly lab?: never } = {},
): Promise<Bench & { readonly builds: ReturnType<typeof memoryBuilds> }> {
  const lab = await startLab();
  const { clock } = lab;
  const builds = memoryBuilds({}, { clock });
  const scheduler = new SuiteScheduler({
    lab: { afe: lab.afe },
    config: schedulerConfig({ tasks }),
    builds,
    clock,
    ...more,
  });
  return {
    ...{ lab, clock, builds, scheduler },
    async goOn(hours) {
      for (const endMs = clock.now() + hours * hourMs; clock.now() < endMs;) {
        await scheduler.turn();
        await clock.advance(5 * 60_000);
      }
    },
    started: () => lab.jobs().map(({ name }) => name),
  };
}

const bvt = 'x86-mario-release/R28-3993.0.0-test_suites/control.bvt';

describe('a nightly task', () => {
  test('tests the latest build of the day at its hour, once', async () => {
    const { builds, goOn, started } = await bench([
      { name: 'Nightly', suite: 'bvt', runOn: 'nightly', hour: 21, boards: ['x86-mario'] },
    ]);
    builds.add('x86-mario-release/R28-3993.0.0', mondayMs);
    await goOn(11.9);
    expect(started()).toEqual([]);
    await goOn(24);
    expect(started()).toEqual([bvt]);
  });
});

describe('a new build', () => {
  test('is tested as soon as it is there, and never again', async () => {
    const { builds, goOn, started } = await bench([{ name: 'New', suite: 'bvt', runOn: 'new_build' }]);
    await goOn(1);
    builds.add('x86-mario-release/R28-3993.0.0');
    await goOn(1);
    expect(started()).toEqual([bvt]);
    await goOn(30);
    expect(started()).toEqual([bvt]);
  });
});
