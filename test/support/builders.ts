import type { HostQueueEntry } from '../../src/clients/afe/types.js';
import type { TestFacts, SuiteFacts } from '../../src/results/outcome.js';
import type { TestResult } from '../../src/results/test-result.js';

/** The line of a job that is done; change what matters. */
export function anEntry(changes: Partial<HostQueueEntry> = {}): HostQueueEntry {
  return {
    id: 1,
    jobId: 7,
    status: 'Completed',
    complete: true,
    active: false,
    aborted: false,
    executionSubdir: 'host1',
    startedOnMs: null,
    finishedOnMs: null,
    hostname: 'host1',
    metaHost: null,
    ...changes,
  };
}

/** A result that went well; change what matters. */
export function aResult(changes: Partial<TestResult> = {}): TestResult {
  return {
    testName: 'login',
    status: 'GOOD',
    reason: '',
    origin: 'test',
    jobId: 7,
    jobName: 'b/R1-1/bvt/login',
    owner: 'lab',
    hostname: 'host1',
    subdir: '7-lab/host1/login',
    startedMs: 60_000,
    finishedMs: 125_000,
    executed: true,
    experimental: false,
    ...changes,
  };
}

/** A test with one attempt for each list of results. */
export function aTest(name: string, ...attempts: (readonly TestResult[])[]): TestFacts {
  return {
    name,
    path: `client/site_tests/${name}/control`,
    experimental: false,
    attempts: attempts.map((results, index) => ({ jobId: 7 + index, results, crashes: [] })),
  };
}

/** A suite that was waited for. */
export function aSuite(tests: readonly TestFacts[], changes: Partial<SuiteFacts> = {}): SuiteFacts {
  return {
    suite: 'bvt',
    board: 'x86-mario',
    builds: { 'cros-version': 'x86-mario-release/R19-1998.0.0' },
    suiteJobId: 5,
    tests,
    skipped: [],
    knownSuites: ['bvt', 'smoke'],
    nearSuites: [],
    waited: true,
    timedOut: false,
    startedMs: 0,
    finishedMs: 600_000,
    ...changes,
  };
}
