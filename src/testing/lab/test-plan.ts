import type { LabHostRecord, LabJob } from './model.js';
import type { ScriptedOutcome, TestScript } from './outcome.js';
import { outcomeOf } from './outcome.js';
import { stableHash } from './stable-hash.js';

/**
 * How a job will end, by its test's script: decided once, when it gets its hosts. A suite is told how it ends by whoever
 * runs it.
 */
export function planOutcome(
  job: LabJob,
  host: LabHostRecord | undefined,
  scripts: ReadonlyMap<string, TestScript>,
): ScriptedOutcome {
  if (job.suite !== undefined) return 'good';
  const board = [...(host?.labels ?? [])].find((label) => label.name.startsWith('board:'));
  return outcomeOf(scripts.get(job.testName), {
    test: job.testName,
    attempt: job.attempt,
    host: host?.hostname ?? null,
    board: board?.name.slice('board:'.length) ?? null,
    job: { id: job.id, name: job.name, keyvals: Object.fromEntries(job.keyvals) },
  });
}

/**
 * How long a job will run, in milliseconds: what its script says, else one to three minutes by the test's name. A suite
 * runs until it is told that it has ended.
 */
export function planDuration(job: LabJob, outcome: ScriptedOutcome, seed: number): number {
  if (job.suite !== undefined) return Infinity;
  const scripted = typeof outcome === 'object' ? outcome.durationMs : undefined;
  if (scripted !== undefined) return scripted;
  const usualMs = 60_000 + (stableHash(`${seed}/${job.testName}`) % 121) * 1000;
  return outcome === 'slow' ? 10 * usualMs : usualMs;
}
