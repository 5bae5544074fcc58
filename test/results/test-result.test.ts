import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HostQueueEntry } from '../../src/clients/afe/types.js';
import type { TestView } from '../../src/clients/tko/types.js';
import { testStatuses } from '../../src/results/status.js';
import { resultsOfJob, type FinishedJob } from '../../src/results/test-result.js';
import { anEntry } from '../support/builders.js';

const nowMs = 9_000;

function aView(changes: Partial<TestView> = {}): TestView {
  return {
    testIdx: 1,
    testName: 'login',
    status: 'GOOD',
    reason: '',
    subdir: 'login',
    hostname: 'host1',
    jobTag: '7-lab/host1',
    jobId: 7,
    jobName: 'b/R1-1/bvt/login',
    startedMs: 1_000,
    finishedMs: 2_000,
    invalid: false,
    jobKeyvals: {},
    attributes: {},
    ...changes,
  };
}

function aJob(views: readonly TestView[], entries: readonly HostQueueEntry[] = [anEntry()]): FinishedJob {
  return { id: 7, name: 'b/R1-1/bvt/login', owner: 'lab', views, entries };
}

const serverJob = (changes: Partial<TestView> = {}) => aView({ testName: 'SERVER_JOB', subdir: '----', ...changes });

describe('rows of the job itself', () => {
  test('do not count when they are GOOD or a test failed', () => {
    expect(resultsOfJob(aJob([serverJob(), aView()]), nowMs).map((result) => result.testName)).toEqual(['login']);
    const failed = [serverJob({ status: 'FAIL' }), aView({ status: 'FAIL' })];
    expect(resultsOfJob(aJob(failed), nowMs).map((result) => result.testName)).toEqual(['login']);
  });

  test('stand for the machine otherwise, under the job’s name and folder', () => {
    const [result] = resultsOfJob(aJob([serverJob({ status: 'FAIL', reason: 'no DUT' })]), nowMs);
    expect(result).toMatchObject({ testName: 'b/R1-1/bvt/login_SERVER_JOB', origin: 'job', subdir: '7-lab/host1' });
  });

  test('are told by their prefix, not by what they contain', () => {
    const [result] = resultsOfJob(aJob([aView({ testName: 'a_SERVER_JOB', status: 'FAIL' })]), nowMs);
    expect(result).toMatchObject({ testName: 'a_SERVER_JOB', origin: 'test' });
  });
});

describe('a job without a word of its tests is told with its id (S6)', () => {
  test.each([
    ['left no rows', aJob([]), 'Job 7 left no results'],
    [
      'was aborted in the queue',
      aJob([], [anEntry({ aborted: true, hostname: null })]),
      'Job 7 was aborted before it ran',
    ],
    ['has no entries', aJob([], []), 'Job 7 has no host queue entries'],
    ['ran no test', aJob([serverJob()]), 'Job 7 finished without running a test'],
  ])('%s', (_what, job, reason) => {
    expect(resultsOfJob(job, nowMs)).toMatchObject([
      {
        testName: 'b/R1-1/bvt/login',
        status: 'ABORT',
        reason,
        origin: 'none',
        executed: false,
        subdir: null,
        startedMs: nowMs,
      },
    ]);
  });
});

test('experimental stands in the name of the test or of the job', () => {
  const named = resultsOfJob({ ...aJob([aView()]), name: 'b/R1-1/bvt/experimental_login' }, nowMs);
  expect(named[0]?.experimental).toBe(true);
  expect(resultsOfJob(aJob([aView({ testName: 'experimental_x' })]), nowMs)[0]?.experimental).toBe(true);
  expect(resultsOfJob(aJob([aView()]), nowMs)[0]?.experimental).toBe(false);
});

test('a test without a start time has not been executed', () => {
  const [result] = resultsOfJob(aJob([aView({ startedMs: null })]), nowMs);
  expect(result).toMatchObject({ executed: false, startedMs: nowMs });
});

test('an unknown status is no pass, and its text is kept (S5)', () => {
  const [result] = resultsOfJob(aJob([aView({ status: 'BOGUS', reason: 'r' })]), nowMs);
  expect(result).toMatchObject({ status: 'ERROR', reason: 'Unknown status "BOGUS": r' });
});

test('whatever the rows hold, each job has a result and its folder stays below the job (S5)', () => {
  const text = fc.oneof(fc.constantFrom('SERVER_JOB', 'CLIENT_JOB.0', '', '..', '/abs', 'a/../../b'), fc.string());
  const view = fc.record({
    testName: text,
    status: fc.oneof(fc.constantFrom(...testStatuses), text),
    subdir: fc.option(text),
  });
  fc.assert(
    fc.property(fc.array(view, { maxLength: 4 }), (views) => {
      const results = resultsOfJob(aJob(views.map(aView)), nowMs);
      expect(results.length).toBeGreaterThan(0);
      for (const result of results) {
        expect(testStatuses).toContain(result.status);
        if (result.subdir === null) continue;
        expect(result.subdir.startsWith('7-lab/host1')).toBe(true);
        expect(result.subdir.split('/')).not.toContain('..');
      }
    }),
  );
});
