import { renderControlFile } from '../../src/index.js';
import {
  embeddedLab,
  flaky,
  type EmbeddedLab,
  type FaultKind,
  type LabBuilder,
  type ScriptedOutcome,
} from '../../src/testing/index.js';
import { Chance } from './chance.js';

const minute = 60_000;
export const board = 'x86-mario';
export const build = 'x86-mario-release/R19-1998.0.0';
export const suiteName = 'soak';

/** A test of a random suite, as its control file describes it. */
export interface RandomTest {
  /** With the prefix `experimental_` where the suite gives it one. */
  readonly name: string;
  readonly experimental: boolean;
  readonly retries: number;
  /** Whether there is a host that has what it asks for. */
  readonly canRun: boolean;
}

/** A suite of random tests in a lab where much goes wrong, all of it decided by the seed. */
export interface RandomSuite {
  readonly lab: EmbeddedLab;
  readonly tests: readonly RandomTest[];
  readonly options: {
    readonly jobRetry: boolean;
    readonly maxRetries: number | null;
    readonly addExperimental: boolean;
    readonly concurrency: number;
    readonly pollIntervalMs: number;
    readonly maxRuntimeMins: number;
    readonly timeoutMins: number;
    readonly fileBugs: boolean;
  };
  /** Whether its jobs are children of a suite job. */
  readonly hasSuiteJob: boolean;
}

export async function randomSuite(seed: number): Promise<RandomSuite> {
  const chance = new Chance(seed);
  const tests = Array.from({ length: chance.between(1, 20) }, (_, index) => randomTest(chance, index + 1));
  const files = tests.map((test) => [`client/site_tests/${test.name}/control`, controlFile(test)] as const);
  const builder = embeddedLab({ seed });
  addHosts(builder, chance);
  addScripts(builder, chance, tests);
  builder.build(build, { controlFiles: Object.fromEntries(files) });
  addFaults(builder, chance);
  const addExperimental = chance.often(0.8);
  return {
    lab: await builder.start(),
    tests: tests
      .filter(({ experimental }) => addExperimental || !experimental)
      .map((test) => ({ ...test, name: test.experimental ? `experimental_${test.name}` : test.name })),
    options: {
      jobRetry: chance.often(0.8),
      maxRetries: chance.often(0.3) ? chance.between(0, 5) : null,
      addExperimental,
      concurrency: chance.between(1, 16),
      pollIntervalMs: chance.pick([5_000, 5_000, minute, 10 * minute]),
      maxRuntimeMins: chance.pick([20, 60, 1440]),
      timeoutMins: chance.often(0.1) ? chance.between(20, 90) : 1440,
      fileBugs: chance.often(0.2),
    },
    hasSuiteJob: chance.often(0.8),
  };
}

function randomTest(chance: Chance, number: number): RandomTest {
  return {
    name: `soak_Test${number}`,
    experimental: chance.often(0.15),
    retries: chance.pick([0, 0, 1, 2, 3]),
    canRun: chance.often(0.95),
  };
}

function controlFile({ name, experimental, retries, canRun }: RandomTest): string {
  return renderControlFile({
    ...{ name, author: 'a', doc: 'd', time: 'SHORT', testType: 'client', suites: [suiteName] },
    ...{ experimental, jobRetries: retries, dependencies: canRun ? [] : ['no_such_label'] },
    code: `job.run_test('${name}')`,
  });
}

/** The first host stays well, so that what can run does run in the end. */
function addHosts(builder: LabBuilder, chance: Chance): void {
  const place = { board, pool: 'soak' };
  builder.host('well', place);
  for (let number = chance.between(0, 5); number > 0; number--) {
    const fromMs = chance.between(0, 60) * minute;
    const dies = chance.often(0.4);
    const comesBack = chance.often(0.5);
    builder.host(`host${number}`, {
      ...place,
      outages: dies
        ? [{ fromMs, untilMs: comesBack ? fromMs + chance.between(1, 60) * minute : undefined }]
        : undefined,
      provision: chance.often(0.2) ? (['fail', 'good', 'fail', 'good'] as const) : undefined,
      reset: chance.often(0.2) ? (['fail', 'good'] as const) : undefined,
      repair: chance.often(0.2) ? 'fail' : undefined,
    });
  }
}

function addScripts(builder: LabBuilder, chance: Chance, tests: readonly RandomTest[]): void {
  builder.tests(
    flaky({
      failRate: chance.upTo(0.3),
      errorRate: chance.upTo(0.1),
      warnRate: chance.upTo(0.1),
      abortRate: chance.upTo(0.05),
      machineFailureRate: chance.upTo(0.15),
      provisionFailureRate: chance.upTo(0.1),
      hangRate: chance.upTo(0.05),
      durationMs: chance.often(0.5) ? [1_000, chance.between(1, 30) * minute] : undefined,
    }),
  );
  const outcomes: readonly ScriptedOutcome[] = [
    ...(['good', 'fail', 'error', 'warn', 'not-applicable', 'abort', 'machine-failure', 'provision-failure'] as const),
    {
      subtests: [
        { name: 'first', status: 'GOOD' },
        { name: 'second', status: 'FAIL', reason: 'it\tdid\nnot' },
      ],
    },
    {
      subtests: [
        { name: 'first', status: 'WARN' },
        { name: 'second', status: 'GOOD' },
      ],
    },
    { status: 'FAIL', crashes: [{ process: 'chrome', function: 'Tab::Close' }] },
  ];
  for (const { name } of tests) {
    if (chance.often(0.3))
      builder.test(
        name,
        Array.from({ length: chance.between(1, 4) }, () => chance.pick(outcomes)),
      );
  }
}

const passing: readonly FaultKind[] = ['refuse', 'lose-answer', '502', '503', '504'];
/** A dev server that says so ends the suite before its first job. */
const nonsense: readonly FaultKind[] = ['html', 'garbage', 'truncate'];

function addFaults(builder: LabBuilder, chance: Chance): void {
  if (chance.often(0.7)) {
    for (const kind of passing) builder.fault({ kind, probability: chance.upTo(0.02) });
    for (const service of ['afe', 'tko'] as const) {
      for (const kind of nonsense) builder.fault({ service, kind, probability: chance.upTo(0.02) });
    }
    builder.fault({ kind: 'delay', delayMs: chance.between(1, 90) * 1_000, probability: chance.upTo(0.02) });
    builder.fault({ kind: 'stall', probability: chance.upTo(0.01) });
  }
  // Creations are where a lost answer can double something.
  if (chance.often(0.5)) {
    const kind = chance.pick(['lose-answer', 'truncate', 'stall'] as const);
    builder.fault({ service: 'afe', method: 'create_job', kind, probability: chance.upTo(0.5) });
  }
  for (let outages = chance.pick([0, 0, 1, 2]); outages > 0; outages--) {
    // Early ones meet the suite while it creates its jobs, half a minute after the lab's start.
    const fromMs = chance.often(0.3) ? chance.between(15, 40) * 1_000 : chance.between(0, 120) * minute;
    const untilMs = fromMs + chance.between(1, 45) * minute;
    const service = chance.pick(['afe', 'tko', undefined] as const);
    builder.fault({ service, kind: chance.pick(['refuse', '503', 'lose-answer'] as const), fromMs, untilMs });
  }
}
