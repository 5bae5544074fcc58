import type { DescribedTest } from './described-test.js';
import { flaky } from './lab/flaky.js';
import { LabBuilder } from './lab-builder.js';
import type { EmbeddedLabOptions } from './lab-description.js';

/**
 * A lab that is enough for most tests; describe more of it, and start it.
 *
 * - the board `x86-mario` with four hosts, `chromeos1-rack1-host1` to `...host4`, in the pool `bvt`
 * - the build `x86-mario-release/R19-1998.0.0`
 * - in it the suite `bvt` of `login_LoginSuccess`, `power_Idle` and `platform_Shutdown`, which are good, and of which each
 *   may be run again twice (`JOB_RETRIES = 2`)
 *
 * ```ts
 * const lab = await smallLab().test('power_Idle', ['fail', 'good']).start();
 * const outcome = await reimageAndRun({ ...lab.suiteArguments(), jobRetry: true });
 * ```
 */
export function smallLab(options: EmbeddedLabOptions = {}): LabBuilder {
  const tests = ['login_LoginSuccess', 'power_Idle', 'platform_Shutdown'];
  return oneBoard(options, 4).suite('bvt', tests.map(retriedTwice));
}

/**
 * A lab in which tests fail by chance, as in a bad week: of 100 attempts, ten fail, five end in an error, five warn,
 * in five the host cannot be reached, and in three it cannot be given the build.
 *
 * - the board `x86-mario` with eight hosts in the pool `bvt`, the build `x86-mario-release/R19-1998.0.0`
 * - in it the suite `bvt` of `flaky_Test1` to `flaky_Test20`, each with `JOB_RETRIES = 2`
 *
 * The `seed` of the options decides which attempts these are, and a lab of the same seed has the same ones.
 */
export function flakyLab(options: EmbeddedLabOptions = {}): LabBuilder {
  return oneBoard(options, 8)
    .suite('bvt', namesOf('flaky_Test', 20).map(retriedTwice))
    .tests(
      flaky({
        failRate: 0.1,
        errorRate: 0.05,
        warnRate: 0.05,
        machineFailureRate: 0.05,
        provisionFailureRate: 0.03,
      }),
    );
}

/**
 * The lab of {@link smallLab} with servers that one cannot rely on. A good script comes through: its tests are all good,
 * and no job exists twice.
 *
 * - of 100 calls to each of the servers, two find nobody who listens, two lose their answer after the server has acted,
 *   two meet a front server whose service is down (503) and one a front server that has no patience (504), two are
 *   answered 20 s late, and one never
 * - a host `chromeos1-rack1-broken` of the board and pool waits for repair, and `chromeos1-rack1-locked` is locked
 *
 * The `seed` of the options decides which calls these are.
 */
export function hostileLab(options: EmbeddedLabOptions = {}): LabBuilder {
  const place = { board: 'x86-mario', pool: 'bvt' };
  return smallLab(options)
    .host('chromeos1-rack1-broken', { ...place, status: 'Repair Failed' })
    .host('chromeos1-rack1-locked', { ...place, locked: true, lockReason: 'somebody debugs it' })
    .fault({ kind: 'refuse', probability: 0.02 })
    .fault({ kind: 'lose-answer', probability: 0.02 })
    .fault({ kind: '503', probability: 0.02 })
    .fault({ kind: '504', probability: 0.01 })
    .fault({ kind: 'delay', probability: 0.02, delayMs: 20_000 })
    .fault({ kind: 'stall', probability: 0.01 });
}

/**
 * A lab as large as a company's: what scripts and tools do in it should not take much longer than in a small one.
 *
 * - the boards `board1` to `board50` with a hundred hosts each, of which sixty are in the pool `bvt`, thirty in `cq` and
 *   ten in `suites`
 * - a build `<board>-release/R19-1998.0.0` for each of them
 * - in every build the suite `bvt` of `bvt_Test1` to `bvt_Test54`, each with `JOB_RETRIES = 2`, and the suite `power` of
 *   `power_Test1` to `power_Test20`
 */
export function bigLab(options: EmbeddedLabOptions = {}): LabBuilder {
  const builder = new LabBuilder(options);
  for (const board of namesOf('board', 50)) {
    builder
      .board(board, { hosts: 60, pool: 'bvt' })
      .board(board, { hosts: 30, pool: 'cq' })
      .board(board, { hosts: 10, pool: 'suites' });
  }
  return builder.suite('bvt', namesOf('bvt_Test', 54).map(retriedTwice)).suite('power', namesOf('power_Test', 20));
}

function oneBoard(options: EmbeddedLabOptions, hosts: number): LabBuilder {
  return new LabBuilder(options).board('x86-mario', { hosts, pool: 'bvt' });
}

function retriedTwice(name: string): DescribedTest {
  return { name, jobRetries: 2 };
}

function namesOf(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
}
