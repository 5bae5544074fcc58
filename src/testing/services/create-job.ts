import { controlFileFacts } from '../lab/control-file-facts.js';
import type { LabState } from '../lab/lab-state.js';
import type { LabHostRecord, LabJob, LabLabel } from '../lab/model.js';
import { isProvisionable } from '../lab/model.js';
import { MemorySuiteJob } from '../memory-suite-job.js';
import { checkHostAccess } from './access.js';
import { rebootAfter, rebootBefore } from './afe-answers.js';
import type { JsonObject } from './json-values.js';
import { isObject, toInt, toList } from './json-values.js';
import { isTruthy, pythonStr } from './python.js';
import { notAnInteger, RpcError, validationError } from './rpc-error.js';
import { hasInjectedArguments } from './suite-control-file.js';

/**
 * `create_job`: checks in the service's order, with its words, and then makes the job. A null keyval fails after the
 * job is made and before it is queued, so that job stays without entries, as it does in the real one.
 */
export function createJob(state: LabState, args: JsonObject, owner: string, nowMs: number): LabJob {
  const wanted = readTargets(state, args);
  checkCounts(args, wanted);
  const dependencies = checkDependencies(state, args, wanted);
  checkHostAccess(state, owner, wanted.hosts);
  const hostless = isTruthy(args['hostless']);
  const suite = hostless ? suiteRunBy(args) : undefined;
  const job = addJob(state, args, { owner, nowMs, dependencies, hostless, suite });
  try {
    addKeyvals(job, args['keyvals']);
  } catch (error) {
    state.jobs.ended(job, nowMs);
    throw error;
  }
  addEntries(state, job, wanted);
  return job;
}

/** The suite that a job without a host runs: its control file begins with a suite's arguments, whoever has put them there. */
function suiteRunBy(args: JsonObject): string | undefined {
  const controlFile = pythonStr(args['control_file'] ?? '');
  if (!hasInjectedArguments(controlFile)) return undefined;
  const name = pythonStr(args['name']);
  return /-test_suites\/control\.(.+)$/.exec(name)?.[1] ?? controlFileFacts(controlFile).name ?? name;
}

/** The job of a suite, which runs on no host. */
export function addSuiteJob(
  state: LabState,
  args: JsonObject,
  made: { readonly owner: string; readonly nowMs: number; readonly suite: string },
): LabJob {
  const ofSuite = { ...args, control_type: 'Server', run_verify: true };
  const job = addJob(state, ofSuite, { ...made, dependencies: [], hostless: true });
  addKeyvals(job, args['keyvals']);
  addEntries(state, job, { hosts: [], metaHosts: [] });
  return job;
}

/** A job with its entries but without any checks: the lab's own suite jobs. */
export function addHeldOpenJob(state: LabState, name: string, owner: string, nowMs: number): LabJob {
  const args = { name, control_file: '', control_type: 'Server', priority: 40 };
  const job = addJob(state, args, { owner, nowMs, dependencies: [], hostless: true, heldOpen: true });
  addEntries(state, job, { hosts: [], metaHosts: [] });
  return job;
}

interface Targets {
  readonly hosts: readonly LabHostRecord[];
  readonly metaHosts: readonly LabLabel[];
}

function readTargets(state: LabState, args: JsonObject): Targets {
  const hostnames = listOf(args['hosts']);
  const labelNames = listOf(args['meta_hosts']);
  const others = [args['one_time_hosts'], args['atomic_group_name']].some(isTruthy);
  const hasTargets = hostnames.length > 0 || labelNames.length > 0 || others;
  if (isTruthy(args['hostless'])) {
    if (hasTargets) throw validationError('hostless', 'Hostless jobs cannot include any hosts!');
    if (args['control_type'] !== 'Server') {
      throw validationError('control_type', 'Hostless jobs cannot use client-side control files');
    }
  } else if (!hasTargets) {
    throw validationError(
      'arguments',
      "You must pass at least one of 'hosts', 'meta_hosts', 'one_time_hosts', 'atomic_group_name', or 'hostless'",
    );
  }
  const missing = hostnames.filter((hostname) => !state.hosts.has(hostname));
  if (missing.length > 0) {
    throw new RpcError('DoesNotExist', `The following hosts do not exist: ${missing.join(', ')}`);
  }
  return {
    hosts: hostnames.flatMap((hostname) => state.hosts.get(hostname) ?? []),
    metaHosts: labelNames.map((name) => {
      const label = state.label(name);
      if (label?.name !== name) throw validationError('meta_hosts', `Label "${name}" not found`);
      return label;
    }),
  };
}

function checkCounts(args: JsonObject, { hosts, metaHosts }: Targets): void {
  const synchCount = args['synch_count'] ?? null;
  const provided = hosts.length + metaHosts.length;
  if (synchCount !== null && toInt(synchCount) > provided) {
    throw validationError('hosts', `only ${provided} hosts provided for job with synch_count = ${toInt(synchCount)}`);
  }
  const names = hosts.map((host) => host.hostname);
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  if (twice.size > 0) throw validationError('hosts', `Duplicate hosts: ${[...twice].join(', ')}`, 'u');
}

function checkDependencies(state: LabState, args: JsonObject, { hosts, metaHosts }: Targets): readonly LabLabel[] {
  const names = listOf(args['dependencies']);
  for (const name of names) if (isProvisionable(name)) state.ensureLabel(name);
  const needed = names.filter((name) => !isProvisionable(name)).map((name) => state.label(name));
  const satisfies = (host: LabHostRecord) => needed.every((label) => label !== undefined && host.labels.has(label));
  const failing = hosts.filter((host) => !satisfies(host)).map((host) => host.hostname);
  if (failing.length > 0) {
    const problem = `Host(s) failed to meet job dependencies (${names.join(', ')}): ${failing.join(', ')}`;
    throw validationError('hosts', problem, 'u');
  }
  for (const metaHost of metaHosts) {
    if ([...metaHost.hosts].some(satisfies)) continue;
    const problem = `No hosts within ${metaHost.name} satisfy ${names.join(', ')}.`;
    throw new RpcError('NoEligibleHostException', problem);
  }
  const labels = new Set(names.flatMap((name) => state.label(name) ?? []));
  return [...labels].sort((a, b) => a.id - b.id);
}

function addJob(
  state: LabState,
  args: JsonObject,
  made: {
    readonly owner: string;
    readonly nowMs: number;
    readonly dependencies: readonly LabLabel[];
    readonly hostless: boolean;
    readonly heldOpen?: boolean | undefined;
    /** The name of the suite that the job runs. */
    readonly suite?: string | undefined;
  },
): LabJob {
  const parent = parentOf(state, args['parent_job_id'], made.nowMs);
  const name = pythonStr(args['name']).slice(0, 255);
  if (name === '') throw validationError('name', 'This field is required.');
  const controlFile = args['control_file'] === null ? '' : pythonStr(args['control_file']).slice(0, 65_535);
  const keyvals = isObject(args['keyvals']) ? args['keyvals'] : {};
  const retried = state.jobs.get(Number(keyvals['retry_original_job_id'] ?? 0));
  const timeoutHours = orDefault(args['timeout'], 24);
  const tag = `${state.jobs.count + 1}-${made.owner}/hostless`;
  return state.jobs.add({
    name,
    owner: made.owner,
    controlFile,
    controlType: controlTypeOf(args['control_type']),
    priority: priorityOf(args['priority']),
    parentId: parent?.id,
    childIds: [],
    createdMs: made.nowMs,
    keyvals: new Map(),
    dependencies: made.dependencies,
    timeoutHours,
    timeoutMins: orDefault(args['timeout_mins'], timeoutHours * 60),
    maxRuntimeMins: orDefault(args['max_runtime_mins'], 1440),
    synchCount: orDefault(args['synch_count'], 0),
    testRetry: orDefault(args['test_retry'], 0),
    requireSsp: (args['require_ssp'] ?? null) === null ? null : isTruthy(args['require_ssp']),
    runReset: isTruthy(args['run_reset'] ?? true),
    runVerify: isTruthy(args['run_verify'] ?? false),
    rebootBefore: choiceOf('reboot_before', rebootBefore, args['reboot_before'], 1),
    rebootAfter: choiceOf('reboot_after', rebootAfter, args['reboot_after'], 0),
    parseFailedRepair: isTruthy(args['parse_failed_repair'] ?? true),
    emailList: pythonStr(args['email_list'] ?? ''),
    hostless: made.hostless,
    entries: [],
    rows: [],
    testName: made.suite ?? controlFileFacts(controlFile).name ?? testNameOf(name),
    attempt: (retried?.attempt ?? 0) + 1,
    heldOpen: made.heldOpen ?? false,
    suite: made.suite === undefined ? undefined : new MemorySuiteJob(tag),
  });
}

function addKeyvals(job: LabJob, keyvals: unknown): void {
  if (!isObject(keyvals)) return;
  for (const [key, value] of Object.entries(keyvals)) {
    if (value === null) throw new RpcError('IntegrityError', `(1048, "Column 'value' cannot be null")`);
    job.keyvals.set(key, pythonStr(value));
  }
}

function addEntries(state: LabState, job: LabJob, { hosts, metaHosts }: Targets): void {
  const targets: { readonly host?: LabHostRecord; readonly metaHost?: LabLabel }[] = [
    ...hosts.map((host) => ({ host })),
    ...metaHosts.map((metaHost) => ({ metaHost })),
  ];
  if (job.hostless) targets.push({});
  for (const { host, metaHost } of targets) {
    const entry = {
      id: state.jobs.nextEntryId(),
      job,
      metaHost,
      host,
      status: 'Queued' as const,
      aborted: false,
      abortedBy: '',
      executionSubdir: '',
      startedMs: undefined,
      finishedMs: undefined,
    };
    job.entries.push(entry);
  }
}

function parentOf(state: LabState, id: unknown, nowMs: number): LabJob | undefined {
  if (!isTruthy(id)) return undefined;
  const parent = state.jobs.live(toInt(id), nowMs);
  if (parent !== undefined) return parent;
  throw new RpcError('DoesNotExist', `Job matching query does not exist. Lookup parameters were {'pk': ${toInt(id)}}`);
}

function controlTypeOf(value: unknown): 'Server' | 'Client' {
  if (value === 'Server' || value === 1) return 'Server';
  if (value === 'Client' || value === 2) return 'Client';
  throw notAnInteger('control_type', value);
}

function choiceOf(field: string, names: readonly string[], value: unknown, otherwise: number): number {
  if (value === undefined || value === null) return otherwise;
  if (typeof value === 'number') return value;
  const index = names.indexOf(pythonStr(value));
  if (index < 0) throw notAnInteger(field, value);
  return index;
}

function priorityOf(value: unknown): number {
  if (typeof value === 'number') return value;
  return priorities.get(pythonStr(value)) ?? 40;
}

function orDefault(value: unknown, otherwise: number): number {
  return value === undefined || value === null ? otherwise : toInt(value);
}

function listOf(value: unknown): readonly string[] {
  return value === undefined || value === null ? [] : toList(value).map(pythonStr);
}

/** What the job's name says of its test, where the control file does not name it. */
function testNameOf(jobName: string): string {
  const last = jobName.slice(jobName.lastIndexOf('/') + 1);
  return last.startsWith('experimental_') ? last.slice('experimental_'.length) : last;
}

/** By name, the least urgent first. */
export const priorities: ReadonlyMap<string, number> = new Map([
  ['Weekly', 10],
  ['Daily', 20],
  ['PostBuild', 30],
  ['Default', 40],
  ['Build', 50],
  ['PFQ', 60],
  ['CQ', 70],
]);
