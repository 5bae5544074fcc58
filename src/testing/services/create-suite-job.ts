import type { Clock } from '../../index.js';
import { controlFileFacts } from '../lab/control-file-facts.js';
import { AfeDevServer, type DevServerLine } from './afe-dev-server.js';
import type { AfeParts } from './afe-parts.js';
import { addSuiteJob } from './create-job.js';
import type { JsonObject } from './json-values.js';
import { isObject, toInt } from './json-values.js';
import { isTruthy, pythonRepr, pythonStr, pythonTypeName } from './python.js';
import { RpcError } from './rpc-error.js';
import type { RpcMethod } from './rpc-method.js';
import { injectArguments } from './suite-control-file.js';

/** What `create_suite_job` works on, besides the database. */
export interface SuiteJobParts {
  readonly clock: Clock;
  readonly devServer: DevServerLine;
}

/**
 * `create_suite_job`: checks in the service's order, with its words; has the dev server stage the tests, and makes the
 * job with the suite's control file. The lab has no Autotest tree of its own: with `run_prod_code` nothing is staged,
 * and the control file has to be on the dev server already.
 */
export function suiteJobMethods(
  { state, simulation, time }: Pick<AfeParts, 'state' | 'simulation' | 'time'>,
  { clock, devServer: line }: SuiteJobParts,
): Readonly<Record<string, RpcMethod>> {
  const now = () => {
    simulation.catchUp(clock.now());
    return simulation.now;
  };
  return {
    create_suite_job: {
      optional: Object.keys(defaults),
      takesOthers: true,
      run: async ({ named }, user) => {
        const request = readRequest({ ...defaults, ...named });
        const { testSourceBuild, runProdCode } = request;
        const devServer = new AfeDevServer(line, testSourceBuild);
        await devServer.checkHealth();
        const keyvals: Record<string, unknown> = {};
        if (!runProdCode) {
          keyvals['download_started_time'] = time.text(now());
          await devServer.stageTestSuites();
          keyvals['payload_finished_time'] = time.text(now());
        }
        keyvals['suite_min_duts'] = request.suiteMinDuts;
        const { name, suite, controlFile } = await findControlFile(request, devServer);
        const args = argumentsOf(request, line.url);
        const job = addSuiteJob(
          state,
          {
            name,
            control_file: injectArguments(args, controlFile),
            priority: args['priority'],
            timeout_mins: args['timeout_mins'],
            max_runtime_mins: args['max_runtime_mins'],
            keyvals,
          },
          { owner: user, nowMs: now(), suite },
        );
        simulation.enqueue(job);
        return job.id;
      },
    },
  };
}

/** In the order of the service's own arguments. */
const defaults = {
  name: '',
  board: '',
  build: '',
  pool: '',
  control_file: '',
  check_hosts: true,
  num: null,
  file_bugs: false,
  timeout: 24,
  timeout_mins: null,
  priority: 40,
  suite_args: null,
  wait_for_results: true,
  job_retry: false,
  max_retries: null,
  max_runtime_mins: null,
  suite_min_duts: 0,
  offload_failures_only: false,
  builds: {},
  test_source_build: null,
  run_prod_code: false,
};

interface SuiteJobRequest {
  readonly given: JsonObject;
  readonly num: unknown;
  readonly builds: JsonObject;
  readonly testSourceBuild: string;
  readonly runProdCode: boolean;
  readonly suiteMinDuts: unknown;
}

function readRequest(given: JsonObject): SuiteJobRequest {
  const { num, build } = given;
  if (typeof num !== 'number' && num !== null) {
    const problem = `Ill specified num argument ${pythonRepr(num)}. Must be an integer or None.`;
    throw new RpcError('SuiteArgumentException', problem);
  }
  const builds = buildsOf(isTruthy(build) && !isTruthy(given['builds']) ? { 'cros-version': build } : given['builds']);
  if ('fwro-version' in builds) {
    throw new RpcError('SuiteArgumentException', 'Updating RO firmware is not supported yet.');
  }
  const testSourceBuild = [given['test_source_build'], builds['cros-version']].find(isTruthy);
  if (testSourceBuild === undefined) {
    const problem = 'test_source_build must be specified if CrOS build is not specified.';
    throw new RpcError('SuiteArgumentException', problem);
  }
  return {
    given,
    num: num === 0 ? null : num,
    builds,
    testSourceBuild: pythonStr(testSourceBuild),
    runProdCode: isTruthy(given['run_prod_code']),
    suiteMinDuts: given['suite_min_duts'],
  };
}

function buildsOf(builds: unknown): JsonObject {
  if (isObject(builds)) return builds;
  const type = pythonTypeName(builds);
  if (typeof builds === 'string' || Array.isArray(builds)) {
    throw new RpcError('AttributeError', `'${type}' object has no attribute 'get'`);
  }
  throw new RpcError('TypeError', `argument of type '${type}' is not iterable`);
}

/** A control file that was given keeps the name that was given; another one names the job. */
async function findControlFile(
  { given, testSourceBuild }: SuiteJobRequest,
  devServer: AfeDevServer,
): Promise<{ readonly name: string; readonly suite: string; readonly controlFile: string }> {
  const name = pythonStr(given['name']);
  if (isTruthy(given['control_file'])) {
    const controlFile = pythonStr(given['control_file']);
    return { name, suite: controlFileFacts(controlFile).name ?? name, controlFile };
  }
  const path = `test_suites/control.${name}`;
  const bytes = await devServer.controlFile(path);
  if (bytes.length === 0) throw new RpcError('ControlFileEmpty', `Fetching ${path} returned no data.`);
  const position = bytes.findIndex((byte) => byte > 0x7f);
  if (position >= 0) {
    const shown = bytes[position]?.toString(16) ?? '';
    const problem = `'ascii' codec can't decode byte 0x${shown} in position ${position}: ordinal not in range(128)`;
    throw new RpcError('ControlFileMalformed', problem);
  }
  return { name: `${testSourceBuild}-${path}`, suite: name, controlFile: new TextDecoder().decode(bytes) };
}

/** What the suite's control file is told. */
function argumentsOf({ given, num, builds, testSourceBuild }: SuiteJobRequest, devserverUrl: string): JsonObject {
  const minutes = (value: unknown) => (isTruthy(value) ? value : toInt(given['timeout']) * 60);
  const timeoutMins = minutes(given['timeout_mins']);
  const maxRuntimeMins = minutes(given['max_runtime_mins']);
  return {
    board: isTruthy(given['board']) ? given['board'] : boardOf(builds),
    build: given['build'],
    builds,
    check_hosts: given['check_hosts'],
    pool: given['pool'],
    num,
    file_bugs: given['file_bugs'],
    timeout: given['timeout'],
    timeout_mins: timeoutMins,
    devserver_url: devserverUrl,
    priority: given['priority'],
    suite_args: given['suite_args'],
    wait_for_results: given['wait_for_results'],
    job_retry: given['job_retry'],
    max_retries: given['max_retries'],
    max_runtime_mins: maxRuntimeMins,
    offload_failures_only: given['offload_failures_only'],
    test_source_build: testSourceBuild,
    run_prod_code: given['run_prod_code'],
  };
}

function boardOf(builds: JsonObject): string {
  const build = builds['cros-version'];
  if (build === undefined) throw new RpcError('KeyError', "'cros-version'");
  const board = buildName.exec(pythonStr(build))?.[1];
  if (board !== undefined) return board;
  throw new RpcError('ParseBuildNameException', `${pythonStr(build)} is a malformed build name.`);
}

const buildName = /^(?:trybot-)?([\w-]+)-\w+\/(?:R\d+-[\d.ab-]+|LATEST)/;
