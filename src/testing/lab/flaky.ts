import { LabDescriptionError } from '../errors.js';
import type { ScriptedOutcome, TestScript, TestSituation } from './outcome.js';

/** How often a test ends in which way: shares from 0 to 1, together at most 1. The rest is good. */
export interface FlakyOptions {
  /** @defaultValue 0 */
  readonly failRate?: number | undefined;
  /** @defaultValue 0 */
  readonly errorRate?: number | undefined;
  /** @defaultValue 0 */
  readonly warnRate?: number | undefined;
  /**
   * The test itself gives up.
   *
   * @defaultValue 0
   */
  readonly abortRate?: number | undefined;
  /**
   * The host cannot be reached.
   *
   * @defaultValue 0
   */
  readonly machineFailureRate?: number | undefined;
  /**
   * The build cannot be put on the host.
   *
   * @defaultValue 0
   */
  readonly provisionFailureRate?: number | undefined;
  /**
   * The test hangs until the job's `maxRuntimeMins` are over.
   *
   * @defaultValue 0
   */
  readonly hangRate?: number | undefined;
  /**
   * How long a test runs, in milliseconds: always so long, or from the first to the second.
   *
   * @defaultValue one to three minutes, by the test's name; that also holds when the machine fails
   */
  readonly durationMs?: number | readonly [fromMs: number, toMs: number] | undefined;
  /**
   * Whether hosts differ: the same test on the same board may then pass on one host and fail on another. Which host a
   * job gets depends on what else goes on in the lab, and so the outcomes do as well.
   *
   * @defaultValue false
   */
  readonly perHost?: boolean | undefined;
}

/**
 * A script by chance: `flaky({ failRate: 0.1, durationMs: [60_000, 600_000] })`. Each attempt draws anew.
 *
 * The lab's seed, the job's name (build, suite and test), the board and the attempt decide what comes out, and not the
 * order in which jobs are created or run: a lab of the same seed gives the same outcomes every time.
 *
 * @throws LabDescriptionError for a share outside 0 to 1, shares of more than 1 together, or durations that make no sense
 */
export function flaky(options: FlakyOptions): TestScript {
  const shares = readShares(options);
  const [shortestMs, longestMs] = readDuration(options.durationMs);
  return (situation) => {
    const key = options.perHost === true ? situation.host : null;
    const outcome = pick(shares, situation.random(key));
    return shortestMs === undefined ? outcome : withDuration(outcome, situation, [key, shortestMs, longestMs]);
  };
}

type Share = readonly [outcome: ScriptedOutcome, rate: number];

function readShares(options: FlakyOptions): readonly Share[] {
  const named: readonly (readonly [option: keyof FlakyOptions, outcome: ScriptedOutcome, rate: number | undefined])[] =
    [
      ['failRate', { status: 'FAIL' }, options.failRate],
      ['errorRate', { status: 'ERROR' }, options.errorRate],
      ['warnRate', { status: 'WARN' }, options.warnRate],
      ['abortRate', { status: 'ABORT' }, options.abortRate],
      ['machineFailureRate', 'machine-failure', options.machineFailureRate],
      ['provisionFailureRate', 'provision-failure', options.provisionFailureRate],
      ['hangRate', { durationMs: Infinity }, options.hangRate],
    ];
  let sum = 0;
  for (const [option, , rate = 0] of named) {
    if (!(rate >= 0 && rate <= 1)) throw new LabDescriptionError(`${option}: expected 0 to 1, found ${String(rate)}`);
    sum += rate;
  }
  // Ten times 0.1 is a little less than 1, and sums of others a little more.
  if (sum > 1 + 1e-9)
    throw new LabDescriptionError(`the rates of a flaky test are ${sum} together: expected at most 1`);
  return named.map(([, outcome, rate = 0]) => [outcome, rate]);
}

function readDuration(given: FlakyOptions['durationMs']): readonly [fromMs: number | undefined, toMs: number] {
  if (given === undefined) return [undefined, 0];
  const [fromMs, toMs] = typeof given === 'number' ? [given, given] : given;
  if (fromMs >= 0 && fromMs <= toMs && Number.isFinite(toMs)) return [fromMs, toMs];
  throw new LabDescriptionError(`durationMs: expected 0 or more, the shorter first, found ${fromMs} to ${toMs}`);
}

function pick(shares: readonly Share[], drawn: number): ScriptedOutcome {
  let below = 0;
  for (const [outcome, rate] of shares) {
    below += rate;
    if (drawn < below) return outcome;
  }
  return {};
}

function withDuration(
  outcome: ScriptedOutcome,
  situation: TestSituation,
  [key, fromMs, toMs]: readonly [key: string | null, fromMs: number, toMs: number],
): ScriptedOutcome {
  if (typeof outcome !== 'object' || outcome.durationMs !== undefined) return outcome;
  return { ...outcome, durationMs: fromMs + Math.round(situation.random(key) * (toMs - fromMs)) };
}
