import type { LabSuiteArguments } from './suite-arguments.js';
import type { LabSuiteRun } from './suite-run.js';

/**
 * The arguments of `create_suite_job` as options of `reimageAndRun`.
 *
 * `suite_args` and `file_bugs` are for whoever knows what to do with them. The lab has no Autotest tree of its own, so
 * that `run_prod_code` takes the tests from the build as well.
 */
export function suiteRunOptions(
  { suite, args, signal }: Omit<LabSuiteRun, 'options'>,
  lab: Pick<LabSuiteArguments, 'job' | 'lab' | 'resultFiles' | 'clock'>,
): LabSuiteArguments {
  const options: object = {
    ...lab,
    signal,
    name: suite,
    board: args['board'],
    builds: args['builds'],
    testSourceBuild: args['test_source_build'],
    pool: args['pool'],
    num: args['num'],
    checkHosts: args['check_hosts'],
    devserverUrl: args['devserver_url'],
    timeout: args['timeout'],
    timeoutMins: args['timeout_mins'],
    maxRuntimeMins: args['max_runtime_mins'],
    priority: args['priority'],
    waitForResults: args['wait_for_results'],
    jobRetry: args['job_retry'],
    maxRetries: args['max_retries'],
    offloadFailuresOnly: args['offload_failures_only'],
  };
  // `reimageAndRun` vets them, whoever they come from, and names the one that is wrong.
  return options as LabSuiteArguments;
}
