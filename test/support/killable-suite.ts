import { createHash } from 'node:crypto';
import { readFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import {
  gotTransport,
  openSuiteJob,
  reimageAndRun,
  type Clock,
  type HttpTransport,
  type ReimageAndRunOptions,
  type SuiteJob,
  type SuiteOutcome,
} from '../../src/index.js';
import type { EmbeddedLab, EmbeddedLabOptions } from '../../src/testing/index.js';
import { controlFile, marioBuild, marioLab } from './labs.js';

/** Where a suite is killed: around its `at`-th outward effect: a request, an entry of the log, a keyval. */
export interface Kill {
  readonly at: number;
  /** `before` it happens; `after` it has, but before anybody knows; `torn`: a file is only half written. */
  readonly when: 'before' | 'after' | 'torn';
}

/** A suite that runs where it can be killed. */
export interface KillableRun {
  readonly urls: { readonly afe: string; readonly devServer: string };
  readonly tag: string;
  readonly resultDir: string;
  readonly clock: Clock;
  readonly transport?: HttpTransport | undefined;
  readonly kill?: Kill | undefined;
  /** Ends everything, and does not come back. */
  readonly die: () => Promise<never>;
  readonly signal?: AbortSignal | undefined;
  /** More about the suite. */
  readonly options?: Partial<ReimageAndRunOptions> | undefined;
}

const minute = 60_000;

/** The lab of the suite: a test that is good, one good at the second try, one that never is, one that no host can run. */
export function labOfSuite(options: EmbeddedLabOptions = {}): Promise<EmbeddedLab> {
  const files = {
    ...controlFile('login'),
    ...controlFile('power', { time: 'LONG', jobRetries: 2 }),
    ...controlFile('net', { jobRetries: 1 }),
    ...controlFile('audio', { dependencies: ['dongle'] }),
  };
  const scripts = {
    login: { status: 'GOOD', durationMs: 20 * minute },
    power: [
      { status: 'FAIL', reason: 'battery\nis empty', durationMs: 2 * minute },
      { status: 'GOOD', durationMs: 2 * minute },
    ],
    net: { status: 'FAIL', reason: 'no link', durationMs: 4 * minute },
  } as const;
  return marioLab(files, scripts, options);
}

/** Runs the suite, up to the kill where there is one. */
export async function runKillable(run: KillableRun): Promise<{ outcome: SuiteOutcome; effects: number }> {
  const { urls, tag, resultDir, clock, signal } = run;
  const effect = effectCounter(run);
  const own = run.transport === undefined ? gotTransport() : undefined;
  const target = run.transport ?? own;
  if (target === undefined) throw new Error('no transport');
  const transport: HttpTransport = { request: (request) => effect.of(() => target.request(request)) };
  const job = await openSuiteJob({ tag, resultDir, timeZone: 'UTC' });
  const outcome = await reimageAndRun({
    ...{ name: 'bvt', board: 'x86-mario', builds: { 'cros-version': marioBuild }, devserverUrl: urls.devServer },
    ...{ jobRetry: true, pollIntervalMs: 8 * minute, checkHosts: false, clock, signal },
    ...run.options,
    job: killableJob(job, resultDir, effect.of),
    lab: { afe: urls.afe, transport },
  });
  own?.close();
  return { outcome, effects: effect.count() };
}

type Effect = <T>(work: () => Promise<T>, tear?: () => Promise<void>) => Promise<T>;

function effectCounter({ kill, die }: KillableRun): { readonly of: Effect; readonly count: () => number } {
  let count = 0;
  let dead = false;
  return {
    count: () => count,
    of: async (work, tear) => {
      if (dead) return die();
      count += 1;
      const isLast = count === kill?.at;
      if (isLast && kill.when === 'before') dead = true;
      if (dead) return die();
      const result = await work();
      if (dead) return die();
      if (!isLast) return result;
      dead = true;
      if (kill.when === 'torn') await tear?.();
      return die();
    },
  };
}

function killableJob(job: SuiteJob, resultDir: string, effect: Effect): SuiteJob {
  const writing = async (file: string, work: () => void | Promise<void>) => {
    const path = join(resultDir, file);
    const before = await sizeOf(path);
    return effect(
      async () => work(),
      // Anywhere between nothing and all of it.
      async () => truncate(path, before + Math.floor(((await sizeOf(path)) - before) * ((before % 10) / 10))),
    );
  };
  return {
    tag: job.tag,
    record: (entry) => writing('status.log', () => job.record(entry)),
    recordAll: (entries) => writing('status.log', () => job.recordAll?.(entries)),
    writeKeyvals: (keyvals) => writing('keyval', () => job.writeKeyvals(keyvals)),
    readKeyvals: async () => (await job.readKeyvals?.()) ?? [],
  };
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

/** What matters of an outcome, whenever and on whichever host its jobs ran. */
export function gist(outcome: SuiteOutcome): unknown {
  const tests = outcome.tests.map(({ name, conclusion, reason, attempts }) => {
    return { name, conclusion, reason, statuses: attempts.map(({ status }) => status) };
  });
  return { verdict: outcome.verdict, summary: outcome.summary, tests };
}

/** What the outcome of the suite is when nobody kills it. */
export const undisturbed = {
  verdict: 'ERROR',
  summary: '4 tests: 1 passed, 1 flaky, 1 failed, 1 not-applicable',
  tests: [
    { name: 'power', conclusion: 'flaky', reason: 'completed successfully', statuses: ['FAIL', 'GOOD'] },
    { name: 'audio', conclusion: 'not-applicable', reason: 'Unsatisfiable DEPENDENCIES', statuses: [] },
    { name: 'login', conclusion: 'passed', reason: 'completed successfully', statuses: ['GOOD'] },
    { name: 'net', conclusion: 'failed', reason: 'no link', statuses: ['FAIL', 'FAIL'] },
  ],
};

const story = [
  ...['FAIL bvt', 'FAIL net', 'FAIL net', 'FAIL power', 'GOOD login', 'GOOD power', 'INFO Start bvt'],
  'TEST_NA audio',
];

/** Everything in the lab and in the files of the suite job that is not as if nobody had killed the suite, a line each. */
export async function problemsLeft(lab: EmbeddedLab, resultDir: string): Promise<readonly string[]> {
  const problems: string[] = [];
  const jobs = lab.jobs().filter(({ parentId, entries }) => parentId !== null && entries.length > 0);
  const tests = jobs.map(({ test }) => test).sort();
  if (tests.join() !== 'login,net,net,power,power') problems.push(`jobs of ${tests.join()}`);
  try {
    lab.expectNothingDoubled();
    lab.expectEverythingFinished();
  } catch (error) {
    problems.push(String(error));
  }
  const log = await readFile(join(resultDir, 'status.log'), 'utf8');
  problems.push(...problemsOfLog(log, new Set(jobs.map(({ id }) => String(id)))));
  const keyvals = await readFile(join(resultDir, 'keyval'), 'utf8');
  for (const test of ['login', 'net', 'power']) {
    const ids = jobs.filter((job) => job.test === test).map(({ id }) => `${String(id)}-chromeos-test`);
    const noted = keyvals.split('\n').filter((line) => line.startsWith(createHash('md5').update(test).digest('hex')));
    const values = noted.map((line) => line.slice(33));
    if (values.join() !== ids.join()) problems.push(`keyvals of ${test}: ${values.join()}, its jobs: ${ids.join()}`);
  }
  const whole = /^(?:(?:artifact_finished_time=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|[0-9a-f]{32}=\d+-chromeos-test)\n)*$/u;
  if (!whole.test(keyvals)) problems.push(`torn keyvals: ${keyvals}`);
  return problems;
}

function problemsOfLog(log: string, jobIds: ReadonlySet<string>): string[] {
  const problems: string[] = [];
  const found: string[] = [];
  const seen: string[] = [];
  const lines = log.split('\n');
  if (lines.pop() !== '') problems.push('the log has a torn line at its end');
  let open: string | null = null;
  for (const line of lines) {
    if (/^ {2}[^ ]/u.test(line)) continue;
    const indented = line.startsWith('\t');
    const [code = '', , operation = '', ...fields] = line.trimStart().split('\t');
    if (!fields.some((field) => field.startsWith('localtime='))) problems.push(`torn: ${line}`);
    if (indented !== (open !== null && !code.startsWith('END '))) problems.push(`wrong depth: ${line}`);
    const id = fields.find((field) => field.startsWith('job_id='))?.slice('job_id='.length);
    if (code === 'START') open = operation;
    else if (code.startsWith('END ')) {
      if (open !== operation) problems.push(`${line} ends ${String(open)}`);
      open = null;
    } else {
      found.push(`${code} ${operation}`);
      if (id !== undefined) seen.push(id);
    }
  }
  if (found.sort().join() !== story.join()) problems.push(`the log tells ${found.join()}`);
  if (new Set(seen).size !== seen.length) problems.push(`jobs recorded twice: ${seen.join()}`);
  for (const id of jobIds) if (!seen.includes(id)) problems.push(`job ${id} not recorded`);
  return problems;
}
