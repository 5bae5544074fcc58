import type { LabHostRecord, LabJob } from './model.js';
import type { ScriptedOutcome, TestScripts, TestSituation } from './outcome.js';
import { outcomeOf } from './outcome.js';
import { drawnNumber, stableHash } from './stable-hash.js';

/**
 * How a job will end, by its test's script: decided once, when it gets its hosts. A suite is told how it ends by whoever
 * runs it.
 */
export function planOutcome(
  job: LabJob,
  host: LabHostRecord | undefined,
  plan: { readonly scripts: TestScripts; readonly seed: number },
): ScriptedOutcome {
  if (job.suite !== undefined) return 'good';
  const { byTest, otherwise } = plan.scripts;
  const script = byTest.get(job.testName) ?? (job.hostless ? undefined : otherwise);
  return outcomeOf(script, situationOf(job, host, plan.seed));
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

function situationOf(job: LabJob, host: LabHostRecord | undefined, seed: number): TestSituation {
  const label = [...(host?.labels ?? [])].find(({ name }) => name.startsWith('board:'));
  const board = label?.name.slice('board:'.length) ?? null;
  const named = partsOf(job.name);
  let drawn = 0;
  return {
    test: job.testName,
    attempt: job.attempt,
    host: host?.hostname ?? null,
    board,
    suite: job.keyvals.get('suite') ?? named?.suite ?? null,
    build: job.keyvals.get('build') ?? named?.build ?? null,
    job: { id: job.id, name: job.name, keyvals: Object.fromEntries(job.keyvals) },
    random: (key = null) => drawnNumber([seed, job.name, board, job.attempt, key, ++drawn]),
  };
}

/** The parts of `<build>/<suite>/<test>`, where the build is itself `<board>-<type>/<version>`. */
function partsOf(jobName: string): { readonly build: string; readonly suite: string } | undefined {
  const [board, version, suite, test] = jobName.split('/', 4);
  if (board === undefined || version === undefined || suite === undefined || test === undefined) return undefined;
  return { build: `${board}/${version}`, suite };
}
