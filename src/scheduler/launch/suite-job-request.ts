import type { SuiteJobRequest } from '../../clients/afe/types.js';
import type { SuiteLaunch } from './types.js';

/** What a suite job is asked for to be the suite of a launch. */
export function suiteJobRequestOf(launch: SuiteLaunch): SuiteJobRequest {
  const { suite, board, builds, testSourceBuild, pool, num, priority, timeoutMins, fileBugs, jobRetry } = launch;
  return {
    name: suite,
    board,
    builds,
    testSourceBuild,
    pool: pool ?? undefined,
    num,
    checkHosts: false,
    priority,
    timeoutMins,
    // Left out, it would be a day whatever the timeout is.
    maxRuntimeMins: timeoutMins,
    fileBugs,
    waitForResults: fileBugs,
    jobRetry,
  };
}
