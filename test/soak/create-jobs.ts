import {
  HttpAfeClient,
  isDynamicSuiteError,
  type ClosableHttpTransport,
  type HttpTransport,
  type Logger,
} from '../../src/index.js';
import {
  embeddedLab,
  faultProxy,
  VirtualClock,
  type FaultProxy,
  type LabJobView,
  type ProxyFaultKind,
} from '../../src/testing/index.js';
import { build, jobRequest } from '../testing/job-request.js';

export interface CreateJobsRun {
  readonly calls: number;
  readonly transport: () => ClosableHttpTransport;
  /** The faults, which hit a fifth of all requests. */
  readonly kinds: readonly ProxyFaultKind[];
  readonly seed?: number;
}

/** What became of many creating calls that were made through a bad network. */
export interface CreateJobsOutcome {
  readonly created: number;
  readonly unknown: number;
  /** Everything that is not as `createJob` promises, a line each. */
  readonly problems: readonly string[];
  readonly requests: number;
  readonly hits: FaultProxy['hits'];
  /** Connections, servers and timers that were not there before and do not go away. */
  readonly leftOver: readonly string[];
}

/**
 * Has a client create jobs in an embedded lab behind a fault proxy, over real sockets; only the waits between tries are
 * on the lab's virtual clock. Afterwards the lab itself is asked what jobs there are.
 */
export async function createJobsThroughFaults(run: CreateJobsRun): Promise<CreateJobsOutcome> {
  const resourcesBefore = process.getActiveResourcesInfo();
  // The order of the requests is chance whatever the lab does.
  const lab = await embeddedLab({ clock: new VirtualClock({ patienceMs: 0 }) })
    .board('x86-mario', { hosts: 1, pool: 'bvt' })
    .build(build, { controlFiles: {} })
    .start();
  // Jobs wait in line for good: one that is over can no longer be aborted.
  for (const { hostname } of lab.hosts()) lab.host(hostname).lock();
  const parentJobId = lab.suiteJob().id;
  const { afe: target } = await lab.listen();
  const faults = [{ kind: run.kinds, probability: 0.2, delayMs: undefined }];
  const proxy = await faultProxy({ target, faults, seed: run.seed ?? 1 });
  const transport = run.transport();
  const reported = new Set<number>();
  const clients = keyedClients({ url: proxy.url, transport, clock: lab.clock, logger: loggerOfExtras(reported) });

  const calls = await inTurns(run.calls, async (number): Promise<Call> => {
    const key = `request-${number}`;
    const request = jobRequest(`test_${number}`, { parentJobId });
    try {
      return { key, name: request.name, id: await clients(key).createJob(request) };
    } catch (error) {
      return { key, name: request.name, error };
    }
  });
  const problems = problemsOf(calls, lab.jobs(), reported);
  transport.close();
  await proxy.close();
  await lab.close();
  return {
    created: calls.filter(({ id }) => id !== undefined).length,
    unknown: calls.filter(({ error }) => isDynamicSuiteError(error, 'ERR_JOB_STATE_UNKNOWN')).length,
    problems,
    requests: proxy.requests,
    hits: proxy.hits,
    leftOver: await leftOver(resourcesBefore),
  };
}

interface Call {
  readonly key: string;
  readonly name: string;
  readonly id?: number;
  readonly error?: unknown;
}

/** A client for each call, so that the key of its request is known whatever becomes of it. */
function keyedClients(options: {
  readonly url: string;
  readonly transport: HttpTransport;
  readonly clock: ConstructorParameters<typeof HttpAfeClient>[0]['clock'];
  readonly logger: Logger;
}): (key: string) => HttpAfeClient {
  // Of the lab's time, but for the time-out of a try.
  const limits = { timeoutMs: 1_500, deadlineMs: 15 * 60_000, random: () => 0.5 };
  return (key) => new HttpAfeClient({ ...options, ...limits, newId: () => key });
}

/** Remembers the jobs that were told of as extra: aborted, or, where the answer to the abort was lost, perhaps not. */
function loggerOfExtras(reported: Set<number>): Logger {
  const remember = (message: string, details?: object): void => {
    if (!message.includes('more than once') || details === undefined || !('jobIds' in details)) return;
    for (const id of Array.isArray(details.jobIds) ? details.jobIds : []) reported.add(id);
  };
  return { debug() {}, info() {}, warn: remember, error: remember };
}

/** A few side by side, in order. */
async function inTurns<T>(count: number, work: (number: number) => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const number = next;
      next += 1;
      results[number] = await work(number);
    }
  };
  await Promise.all(Array.from({ length: 32 }, worker));
  return results;
}

function problemsOf(calls: readonly Call[], jobs: readonly LabJobView[], reported: ReadonlySet<number>): string[] {
  const byKey = new Map<string | undefined, LabJobView[]>(calls.map(({ key }) => [key, []]));
  for (const job of jobs) byKey.get(job.keyvals['dynamic_suite_request'])?.push(job);
  return calls.flatMap(({ key, name, id, error }) => {
    const ofCall = byKey.get(key) ?? [];
    const live = ofCall.filter(isLive).map((job) => job.id);
    const aborted = ofCall.filter((job) => !isLive(job)).map((job) => job.id);
    const silent = aborted.filter((job) => !reported.has(job));
    const problems: string[] = [];
    if (silent.length > 0) problems.push(`${key}: aborted without a word: ${silent.join(', ')}`);
    if (ofCall.some((job) => job.name !== name)) problems.push(`${key}: a job of another name`);
    if (id !== undefined) {
      if (live.length !== 1 || live[0] !== id) problems.push(`${key}: returned ${id}, live are ${live.join(', ')}`);
    } else if (isDynamicSuiteError(error, 'ERR_JOB_STATE_UNKNOWN')) {
      if (live.length > 1) problems.push(`${key}: state unknown, live are ${live.join(', ')}`);
      const saysHow = 'requestKey' in error && error.requestKey === key && 'jobName' in error && error.jobName === name;
      if (!saysHow) problems.push(`${key}: does not say how to look: ${error.message}`);
    } else {
      problems.push(`${key}: ${String(error)}`);
    }
    return problems;
  });
}

function isLive({ entries }: LabJobView): boolean {
  return entries.length > 0 && entries.every(({ status }) => !status.startsWith('Aborted'));
}

/** Closing takes some turns of the event loop; a timer of our own to wait for that would be left over itself. */
async function leftOver(before: readonly string[]): Promise<readonly string[]> {
  const untilMs = Date.now() + 5_000;
  let left = newcomers(before, process.getActiveResourcesInfo());
  while (left.length > 0 && Date.now() < untilMs) {
    await new Promise((resolve) => setImmediate(resolve));
    left = newcomers(before, process.getActiveResourcesInfo());
  }
  return left;
}

/** What is in the second list more often than in the first. */
function newcomers(before: readonly string[], after: readonly string[]): readonly string[] {
  const rest = [...before];
  return after.filter((resource) => {
    const index = rest.indexOf(resource);
    if (index >= 0) rest.splice(index, 1);
    return index < 0;
  });
}
