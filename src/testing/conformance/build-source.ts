import assert from 'node:assert/strict';
import type { BuildSource } from '../../index.js';
import { VirtualClock } from '../virtual-clock.js';
import { buildSourcePromises } from './build-source/promises.js';
import type { BuildSourcePromise } from './build-source/workbench.js';
import { Workbench } from './build-source/workbench.js';
import type { ConformanceCase } from './conformance-case.js';

/** A source of builds under test, and how to have builds pass where it takes them from. */
export interface BuildSourceUnderTest {
  readonly source: BuildSource;
  /** Has builds pass, in this order. Their times do not go backwards, and are whole seconds that the clock has come to. */
  publish(builds: readonly { readonly name: string; readonly passedAtMs: number }[]): void | PromiseLike<void>;
  /**
   * Has it that nothing can be fetched, and the contrary. @defaultValue the promises about failures are left out
   */
  readonly connect?: ((isConnected: boolean) => void | PromiseLike<void>) | undefined;
  /**
   * Another source of the same builds, as after a restart of the process; it has asked nothing yet.
   *
   * @defaultValue the promise about restarts is left out
   */
  readonly restarted?: (() => BuildSource | PromiseLike<BuildSource>) | undefined;
  /** Called at the end of the case. */
  close?(): unknown;
}

/** What a source of builds can know. */
export interface BuildSourceFacts {
  /**
   * It knows the latest build of each board, type and milestone alone, and no times.
   *
   * @defaultValue false
   */
  readonly latestOnly?: boolean | undefined;
}

/** Makes a source for one case. Time passes on the clock only; what takes real time must hold it. */
export type ConnectBuildSource = (clock: VirtualClock) => BuildSourceUnderTest | PromiseLike<BuildSourceUnderTest>;

/**
 * The promises of `BuildSource`, each as a case, for tests of a source of one's own:
 *
 * ```ts
 * for (const { name, run } of buildSourceConformance((clock) => myBench(clock))) test(name, run);
 * ```
 *
 * A source that is asked for a build of a board asks for the types `release`, `paladin`, `factory` and `firmware`, and
 * for the milestones 9 to 22, if it has to be told which ones to look for.
 */
export function buildSourceConformance(
  connect: ConnectBuildSource,
  facts: BuildSourceFacts = {},
): readonly ConformanceCase[] {
  const { latestOnly = false } = facts;
  return buildSourcePromises()
    .filter((promise) => promise.of === undefined || promise.of === (latestOnly ? 'latest' : 'all'))
    .map((promise) => ({ name: promise.name, run: () => runPromise(promise, connect, latestOnly) }));
}

async function runPromise(
  promise: BuildSourcePromise,
  connect: ConnectBuildSource,
  latestOnly: boolean,
): Promise<void> {
  const clock = new VirtualClock();
  const underTest = await connect(clock);
  try {
    assert.ok(typeof underTest.publish === 'function', 'a source under test comes with a way to have builds pass');
    await promise.check(new Workbench(underTest, clock, latestOnly));
  } finally {
    await underTest.close?.();
  }
}
