import { describe, expect, test } from 'vitest';
import recorded from '../fixtures/suite/suite-runs.json' with { type: 'json' };
import { memoryControlFiles } from '../../src/control-files/memory-control-files.js';
import type { SuiteOutcome } from '../../src/results/outcome.js';
import { Suite } from '../../src/suite/suite.js';
import { MemorySuiteJob } from '../../src/testing/memory-suite-job.js';
import { RecordedLab, type RecordedInput } from '../support/recorded-lab.js';
import { statusLines } from '../support/status-lines.js';

interface RecordedRun {
  readonly input: RecordedInput;
  readonly create_calls: readonly { readonly name: string; readonly keyvals: object; readonly tick: number }[];
  readonly keyval_file: string;
  readonly n_scheduled: number;
  readonly schedule_record: readonly string[];
  readonly wait_record: readonly string[];
}

const runs = Object.entries(recorded.runs as unknown as Record<string, RecordedRun>);

/** Runs where the original gives up, or loses a result, and ours does not, each with the number that says so. */
const better: Readonly<Record<string, string>> = {
  'bugs/report-raises': 'a failure report is none of the wait’s business',
  'bugs/template-not-dict-bugs-off': 'a template that is not used is not read',
  'fields/subdir-None': 'S5',
  'fields/subdir-abs': 'S5: a folder of results stays below its job',
  'fields/subdir-empty': 'S5: no folder is no trailing slash either',
  'no-statuses-retry': 'S6',
  'reason/cr': 'S5',
  'reason/vt': 'S5',
  'retry/noparent/aborted-first': 'S6',
  'retry/noparent/generic-on-retry': 'S4',
  'retry/noparent/rpc-on-retry': 'S4',
  'retry/parent/jsonrpc-on-second-retry': 'S4',
  'single/INFO-status': 'S5',
  'single/unknown-status': 'S5',
  'testname/tab': 'S5',
  'times/start-usec': 'S5',
  'infra/client/GOOD/only': 'S6: a job that ran no test is told, not dropped',
};

describe('does what the lab recorded', () => {
  const same = runs.filter(([name]) => !(name in better) && !name.endsWith('/never-finishes'));
  test.each(same)('%s', async (_name, run) => {
    const { job, lab, scheduled } = await replay(run);
    expect(scheduled).toBe(run.n_scheduled);
    expect(lab.created.map(({ name, keyvals, tick }) => ({ name, keyvals, tick }))).toEqual(
      run.create_calls.map(({ name, keyvals, tick }) => ({ name, keyvals, tick })),
    );
    expect(statusLines(job.entries).slice(0, -1)).toEqual([...run.schedule_record, ...run.wait_record]);
    expect(job.keyvals.map(([key, value]) => `${key}=${value}`)).toEqual(keyvalsOf(run));
  });
});

describe('goes on where the original gives up', () => {
  const others = runs.filter(([name]) => name in better);
  test('every run in the list was recorded', () => {
    expect(others.map(([name]) => name).sort()).toEqual(Object.keys(better).sort());
  });
  test.each(others)('%s', async (_name, run) => {
    const { job, outcome } = await replay(run);
    const results = outcome.tests.flatMap(({ attempts }) => attempts.flatMap((attempt) => attempt.results));
    for (const { attempts } of outcome.tests) for (const attempt of attempts) expect(attempt.results).not.toEqual([]);
    const codes = job.entries.map(({ code }) => code).filter((code) => code !== 'INFO');
    expect(codes.filter((code) => code === 'START')).toHaveLength(
      codes.filter((code) => code.startsWith('END')).length,
    );
    expect(codes.filter((code) => code === 'START').length).toBeGreaterThanOrEqual(results.length);
  });
});

test('a job that never finishes ends with the time of the suite, and is told', async () => {
  const run = runs.find(([name]) => name.endsWith('/never-finishes'))?.[1];
  if (run === undefined) throw new Error('not recorded');
  const { outcome } = await replay(run, { timeoutMins: 1, clockMoves: true });
  expect(outcome.verdict).toBe('SUITE_TIMEOUT');
  expect(outcome.test('a').conclusion).toBe('unfinished');
});

async function replay(
  { input }: RecordedRun,
  options: { readonly timeoutMins?: number; readonly clockMoves?: boolean } = {},
): Promise<{ job: MemorySuiteJob; lab: RecordedLab; scheduled: number; outcome: SuiteOutcome }> {
  const lab = new RecordedLab(input);
  const still = lab.clock(recorded.frozenNow * 1000);
  const clock = options.clockMoves === true ? { ...still, now: () => still.now() + lab.tick * 5000 } : still;
  const job = new MemorySuiteJob(
    input.suite_job_id === null ? 'local run' : `${String(input.suite_job_id)}-tester/hostless`,
  );
  const { builds, job_retry, max_retries, test_source_build } = input.options;
  const suite = await Suite.createFromName({
    name: input.suite,
    board: 'x86-mario',
    builds: (builds as Record<string, string> | undefined) ?? { 'cros-version': 'b/R1-1' },
    testSourceBuild: test_source_build as string | undefined,
    lab,
    job,
    controlFiles: memoryControlFiles(controlFiles(input)),
    jobRetry: job_retry === true,
    maxRetries: (max_retries as number | null | undefined) ?? null,
    concurrency: 1,
    clock,
    timeoutMins: options.timeoutMins,
  });
  const scheduled = await suite.schedule();
  for await (const _result of suite.results());
  return { job, lab, scheduled, outcome: await suite.finish() };
}

function controlFiles(input: RecordedInput): Record<string, string> {
  const files = Object.keys(input.tests).map((name) => {
    const constants = `AUTHOR = "a"\nDOC = "d"\nNAME = "${name}"\nTIME = "SHORT"\nTEST_TYPE = "client"\n`;
    return [
      `client/site_tests/${name}/control`,
      `${constants}SUITE = "${input.suite}"\n${input.control_extra[name] ?? ''}`,
    ];
  });
  return Object.fromEntries(files) as Record<string, string>;
}

/** The recorded keyval file without what reports of failures leave there. */
function keyvalsOf(run: RecordedRun): string[] {
  return run.keyval_file.split('\n').filter((line) => line !== '' && !/-Bug_(?:Id|Count)=/u.test(line));
}
