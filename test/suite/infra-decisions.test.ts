import { describe, expect, test } from 'vitest';
import type { Host, JobRequest } from '../../src/clients/afe/types.js';
import type { TestView } from '../../src/clients/tko/types.js';
import { resultsOfJob, type FinishedJob } from '../../src/results/test-result.js';
import { isInfraFailure } from '../../src/suite/infra-failure.js';
import { infraRetryRequest } from '../../src/suite/job-request.js';
import { otherHosts, type OtherHostsFacts } from '../../src/suite/other-hosts.js';
import { RetryBook } from '../../src/suite/retry-book.js';
import { anEntry } from '../support/builders.js';

function aView(changes: Partial<TestView>): TestView {
  return {
    ...{ testIdx: 1, jobId: 7, jobName: 'b/R1/bvt/a', jobTag: '7-lab/host1', invalid: false, testName: 'a' },
    ...{ status: 'GOOD', reason: '', hostname: 'host1', subdir: 'a', startedMs: 1, finishedMs: 2 },
    ...{ jobKeyvals: {}, attributes: {} },
    ...changes,
  };
}

function isInfra(changes: Partial<FinishedJob>): boolean {
  const job = { id: 7, name: 'b/R1/bvt/a', owner: 'lab', entries: [anEntry()], views: [], ...changes };
  return isInfraFailure(job, resultsOfJob(job, 0));
}

describe('worth another try for the infrastructure’s sake is (S10)', () => {
  const machine = aView({ testName: 'SERVER_JOB', status: 'FAIL' });
  const client = aView({ testName: 'CLIENT_JOB.0', status: 'ABORT' });
  const aborted = [anEntry({ aborted: true, status: 'Aborted' })];
  test.each<[what: string, job: Partial<FinishedJob>, worth: boolean]>([
    ['a machine that failed', { views: [machine] }, true],
    ['a client that died', { views: [client] }, true],
    ['a job that left nothing', {}, true],
    ['a job that was never queued', { entries: [] }, true],
    ['not a test that failed', { views: [machine, aView({ status: 'FAIL' })] }, false],
    ['not a job that was aborted before it ran', { entries: aborted }, false],
    ['not a job that was aborted as it began', { entries: aborted, views: [machine] }, false],
    ['not a job that ran no test', { views: [aView({ testName: 'SERVER_JOB' })] }, false],
  ])('%s', (_what, job, worth) => {
    expect(isInfra(job)).toBe(worth);
  });
});

describe('the other hosts', () => {
  const labels = ['board:x', 'pool:bvt'];
  const aHost = (hostname: string, changes: Partial<Host> = {}): Host => {
    return { id: 1, hostname, status: 'Ready', locked: false, lockReason: '', labels, attributes: {}, ...changes };
  };
  const choose = (hosts: readonly Host[], changes: Partial<OtherHostsFacts> = {}) =>
    otherHosts({
      ...{ hosts, dependencies: ['cros-version:x-release/R1-1', 'fwrw-version:y', ...labels] },
      ...{ failed: new Set(['h1']), bound: new Map(), count: 1 },
      ...changes,
    });

  test('are none that failed, is locked, broken, or lacks a label; builds are put on them', () => {
    const unfit = [
      aHost('h1'),
      aHost('h2', { locked: true }),
      aHost('h3', { status: 'Repair Failed' }),
      aHost('h4', { labels: ['board:x'] }),
    ];
    expect(choose(unfit)).toEqual([]);
    expect(choose([...unfit, aHost('h5', { status: 'Running' })])).toEqual(['h5']);
  });

  test('are those that are ready, and that fewest jobs wait for', () => {
    const hosts = [aHost('h2', { status: 'Running' }), aHost('h3'), aHost('h4')];
    expect(choose(hosts)).toEqual(['h3']);
    expect(choose(hosts, { bound: new Map([['h3', 1]]) })).toEqual(['h4']);
    const bound = new Map([
      ['h3', 1],
      ['h4', 1],
    ]);
    expect(choose(hosts, { bound })).toEqual(['h2']);
  });

  test('are as many as the job needs, or none', () => {
    expect(choose([aHost('h2'), aHost('h3')], { count: 2 })).toEqual(['h2', 'h3']);
    expect(choose([aHost('h1'), aHost('h2')], { count: 2 })).toEqual([]);
  });
});

describe('retries because the infrastructure failed', () => {
  const failed = (jobId: number) => ({ jobId, status: 'FAIL', executed: true }) as const;
  const limits = { infraRetries: 1, maxInfraRetries: 2 };

  test('are counted apart, along the chain', () => {
    const book = new RetryBook(null, limits);
    book.add(1, 1);
    expect(book.retryFor(failed(1), true)).toBe('infrastructure');
    book.retried(1, 2, 'infrastructure');
    expect(book.retryFor(failed(1), true)).toBeNull();
    expect(book.retryFor(failed(2), true)).toBe('test');
    book.retried(2, 3);
    expect(book.retryFor(failed(3), true)).toBeNull();
  });

  test('need not have run, and leave the limit of the other retries alone', () => {
    const book = new RetryBook(0, limits);
    book.add(1, 5);
    expect(book.retryFor({ jobId: 1, status: 'ABORT', executed: false }, true)).toBe('infrastructure');
    expect(book.retryFor({ jobId: 1, status: 'ABORT', executed: false }, false)).toBeNull();
  });

  test('have a limit of the suite, which those taken over from before count for', () => {
    const book = new RetryBook(null, limits);
    for (const [first, retry] of [
      [1, 11],
      [2, 12],
    ] as const) {
      book.add(first, 0);
      book.retried(first, retry, 'infrastructure');
    }
    book.add(3, 0);
    expect(book.retryFor(failed(3), true)).toBeNull();
  });
});

test('the request of such a retry says what it is, and is bound to hosts only where some are named', () => {
  const request: JobRequest = {
    ...{ name: 'n', controlFile: '', controlType: 'Client', priority: 40 },
    ...{ metaHosts: ['board:x'], keyvals: { retry_original_job_id: 7 } },
  };
  const keyvals = { retry_original_job_id: 7, dynamic_suite_infra_retry: true };
  expect(infraRetryRequest(request, [])).toEqual({ ...request, keyvals });
  expect(infraRetryRequest(request, ['h2'])).toEqual({ ...request, keyvals, hosts: ['h2'], metaHosts: undefined });
});
