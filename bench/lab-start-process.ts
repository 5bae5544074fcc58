/** A process of its own for {@link file://./lab-start.ts}: what it measures is as fast as in a run of somebody's tests. */
import { reimageAndRun } from 'dynamic-suite';
import { smallLab } from 'dynamic-suite/testing';

/** What such a process sends when it is done; all in milliseconds. */
export interface LabStartAnswer {
  /** Each start of a small lab, the first one first. */
  readonly startsMs: readonly number[];
  /** Each test, the first one first. */
  readonly testsMs: readonly number[];
}

const starts = 50;
const tests = 20;

const startsMs: number[] = [];
const testsMs: number[] = [];
for (let number = 1; number <= tests; number++) testsMs.push(await timeOf(typicalTest));
for (let number = 1; number <= starts; number++) startsMs.push(await timeOf(() => smallLab().start()));
const answer: LabStartAnswer = { startsMs, testsMs };
process.send?.(answer);

/** What people test: a suite of three tests on a small lab, one of which has to be run again. */
async function typicalTest(): Promise<void> {
  const lab = await smallLab().test('power_Idle', ['fail', 'good']).start();
  const outcome = await reimageAndRun({ ...lab.suiteArguments(), jobRetry: true });
  if (outcome.test('power_Idle').conclusion !== 'flaky') throw new Error('power_Idle should have been run again');
  lab.expectAllWell();
  await lab.close();
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
