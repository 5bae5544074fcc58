import { failureReport, type FailureFacts, type FailureReport } from '../../src/bugs/failure-report.js';
import type { TestResult } from '../../src/index.js';
import { marioBuild } from '../support/labs.js';

/** The report of a failure of the test `a` in the suite `bvt`. */
export function aFailure(changes: Partial<FailureFacts> = {}, ofResult: Partial<TestResult> = {}): FailureReport {
  const result: TestResult = {
    testName: 'a',
    status: 'FAIL',
    reason: 'it broke',
    origin: 'test',
    jobId: 2,
    jobName: `${marioBuild}/bvt/a`,
    owner: 'lab',
    hostname: 'host1',
    subdir: '2-lab/host1/a',
    startedMs: Date.UTC(2026, 0, 5, 9),
    finishedMs: Date.UTC(2026, 0, 5, 9, 30),
    executed: true,
    experimental: false,
    ...ofResult,
  };
  return failureReport({
    suite: 'bvt',
    suiteJobId: 1,
    board: 'x86-mario',
    build: marioBuild,
    builds: { 'cros-version': marioBuild },
    testSourceBuild: null,
    attempt: 1,
    experimental: false,
    template: {},
    result,
    ...changes,
  });
}
