import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  memoryControlFiles,
  openSuiteJob,
  Suite,
  type SuiteEvent,
  type SuiteEventListener,
  type SuiteJob,
  type SuiteOutcome,
} from '../../src/index.js';
import { MemorySuiteJob, type EmbeddedLab } from '../../src/testing/index.js';
import { gist, labOfSuite, problemsLeft, runKillable, undisturbed, type Kill } from '../support/killable-suite.js';
import { controlFile, marioBuild } from '../support/labs.js';

let folder = '';
let runs = 0;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'resume-'));
  runs = 0;
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

class Killed extends Error {}

interface Story {
  readonly lab: EmbeddedLab;
  readonly resultDir: string;
  readonly outcome: SuiteOutcome;
  /** How many effects the last run had. */
  readonly effects: number;
  /** How often the suite was really killed. */
  readonly kills: number;
}

/** Runs the suite, killed once for each of the kills, and at last to its end. */
async function story(kills: readonly Kill[], tagOf = (tag: string) => tag): Promise<Story> {
  const lab = await labOfSuite();
  runs += 1;
  const resultDir = join(folder, String(runs));
  const tag = tagOf(lab.suiteJob().tag);
  const { urls, transport, clock } = lab;
  const common = { urls, transport, clock, tag, resultDir };
  let killed = 0;
  for (const kill of kills) {
    const end = new AbortController();
    const die = () => {
      const reason = new Killed();
      end.abort(reason);
      return Promise.reject(reason);
    };
    try {
      await runKillable({ ...common, kill, die, signal: end.signal });
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      killed += 1;
    }
  }
  const last = await runKillable({ ...common, die: () => Promise.reject(new Error('nobody kills it')) });
  return { ...last, lab, resultDir, kills: killed };
}

test('the suite of these tests tells what it should when nobody kills it', async () => {
  const { lab, resultDir, outcome, effects } = await story([]);
  expect(gist(outcome)).toEqual(undisturbed);
  expect(await problemsLeft(lab, resultDir)).toEqual([]);
  expect(effects).toBeGreaterThan(40);
});

// Each effect in one of three ways, in turn. Real processes are killed in all three: npm run test:soak
test('killed around any of its effects and started again, a suite ends as if nothing had been (S2)', async () => {
  const ways = ['before', 'after', 'torn'] as const;
  for (let at = 1; ; at += 1) {
    const when = ways[at % ways.length] ?? 'after';
    const { lab, resultDir, outcome, kills } = await story([{ at, when }]);
    expect({ at, when, gist: gist(outcome) }).toEqual({ at, when, gist: undisturbed });
    expect({ at, when, problems: await problemsLeft(lab, resultDir) }).toEqual({ at, when, problems: [] });
    if (kills === 0) break;
  }
});

test('killed again and again, it ends the same', async () => {
  const kill = fc.record({
    at: fc.integer({ min: 1, max: 60 }),
    when: fc.constantFrom('before' as const, 'after' as const, 'torn' as const),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(kill, { minLength: 2, maxLength: 5 }), async (kills) => {
      const { lab, resultDir, outcome } = await story(kills);
      expect(gist(outcome)).toEqual(undisturbed);
      expect(await problemsLeft(lab, resultDir)).toEqual([]);
    }),
    { numRuns: 10, seed: 1 },
  );
});

/** A suite of `power`, which fails once, and `login`, in a suite job of the lab. */
async function suiteOf(lab: EmbeddedLab, job: SuiteJob, onEvent?: SuiteEventListener): Promise<Suite> {
  return Suite.createFromName({
    ...{ name: 'bvt', board: 'x86-mario', builds: { 'cros-version': marioBuild }, jobRetry: true },
    controlFiles: memoryControlFiles({ ...controlFile('login'), ...controlFile('power', { jobRetries: 2 }) }),
    ...{ lab, job, clock: lab.clock },
    onEvent,
  });
}

async function endOf(suite: Suite): Promise<SuiteOutcome> {
  for await (const _result of suite.results());
  return suite.finish();
}

test('what is taken over is told, with its attempt', async () => {
  const lab = await labOfSuite();
  const { tag } = lab.suiteJob();
  await endOf(await suiteOf(lab, new MemorySuiteJob(tag)));
  const events: SuiteEvent[] = [];
  await (await suiteOf(lab, new MemorySuiteJob(tag), (event) => events.push(event))).schedule();
  const told = events.flatMap((event) =>
    event.type === 'job-adopted' ? [[event.test, event.attempt, event.retryOf]] : [],
  );
  expect(told).toEqual([
    ['login', 1, null],
    ['power', 1, null],
    ['power', 2, 3],
  ]);
  expect(events.map(({ type }) => type)).not.toContain('test-scheduled');
});

test('a job of the caller’s own sees the same keys again', async () => {
  const lab = await labOfSuite();
  const { tag } = lab.suiteJob();
  const [first, second] = [new MemorySuiteJob(tag), new MemorySuiteJob(tag)];
  await endOf(await suiteOf(lab, first));
  await endOf(await suiteOf(lab, second));
  const keys = (job: MemorySuiteJob) => job.entries.map(({ code, key }) => `${code}: ${String(key)}`).sort();
  expect(keys(second)).toEqual(keys(first));
  expect(new Set(keys(first)).size).toBe(first.entries.length);
});

test('without a parent job, the ids in the keyval file serve', async () => {
  const lab = await labOfSuite();
  const job = await openSuiteJob({ tag: 'no id', resultDir: folder });
  await (await suiteOf(lab, job)).schedule();
  const again = await suiteOf(lab, await openSuiteJob({ tag: 'no id', resultDir: folder }));
  expect(await again.schedule()).toBe(2);
  expect(lab.calls.count('create_job')).toBe(2);
  expect((await endOf(again)).summary).toBe('2 tests: 1 passed, 1 flaky');
});

test('a child without host queue entries, the remains of a failed creation, is not taken over', async () => {
  const lab = await labOfSuite();
  const { id, tag } = lab.suiteJob();
  const halfMade = {
    ...{ name: `${marioBuild}/bvt/login`, control_file: 'x', control_type: 'Client', priority: 40 },
    ...{ meta_hosts: ['board:x86-mario'], parent_job_id: id, keyvals: { nothing: null } },
  };
  await expect(lab.afe.call('create_job', halfMade)).rejects.toMatchObject({ remoteName: 'IntegrityError' });
  const suite = await suiteOf(lab, new MemorySuiteJob(tag));
  expect((await endOf(suite)).summary).toBe('2 tests: 1 passed, 1 flaky');
  expect(lab.calls.count('create_job')).toBe(4);
});

describe('a request that a killed process had under way, and that comes true late,', () => {
  async function lateFor(when: 'test-scheduled' | 'progress'): Promise<{ lab: EmbeddedLab; outcome: SuiteOutcome }> {
    const lab = await labOfSuite();
    const { tag } = lab.suiteJob();
    let late: Promise<number> | undefined;
    const suite = await suiteOf(lab, new MemorySuiteJob(tag), (event) => {
      const [login] = suite.plan();
      if (event.type === when && login !== undefined) late ??= lab.afe.createJob(login.request);
    });
    const outcome = await endOf(suite);
    expect(await late).toBeGreaterThan(0);
    return { lab, outcome };
  }

  test('is a double, and is aborted', async () => {
    const { lab, outcome } = await lateFor('test-scheduled');
    expect(outcome.summary).toBe('2 tests: 1 passed, 1 flaky');
    expect(lab.calls.count('abort_host_queue_entries')).toBe(1);
    lab.expectNothingDoubled();
  });

  test('is no result either when it is too late to abort it', async () => {
    const { outcome } = await lateFor('progress');
    expect(outcome.summary).toBe('2 tests: 1 passed, 1 flaky');
    expect(outcome.test('login').attempts).toHaveLength(1);
  });
});

test('while nobody can say which jobs there are, none is made', async () => {
  const lab = await labOfSuite();
  const { tag } = lab.suiteJob();
  const suite = await suiteOf(lab, new MemorySuiteJob(tag));
  lab.faults.add({ method: 'get_num_jobs', kind: '503', count: 1000 });
  expect(await suite.schedule()).toBe(0);
  expect(lab.calls.count('create_job')).toBe(0);
  expect(suite.outcome().test('login').reason).toContain('cannot see which jobs there are already');
});
