import { readPythonLiteral } from '../python-literal.js';
import { wireReader } from '../wire-reader.js';
import { clockMarginMs } from './create-job.js';
import { createOnce, type Ask, type JobCreator } from './create-once.js';
import type { CreateJobOptions, Job, SuiteJobRequest } from './types.js';
import { createdJobLookups, createSuiteJobArguments, suiteJobName, type WireArguments } from './wire-requests.js';

/**
 * Has the AFE create a suite job, once: see `createOnce`. The call cannot set a keyval, so the job is known by its name,
 * by the arguments that the AFE has written at the head of its control file, and by having been created since the call
 * began, by the AFE's own clock.
 *
 * @param timeoutMs - for one try: the AFE stages the build before it answers
 */
export async function createSuiteJob(
  creator: JobCreator,
  timeoutMs: number,
  request: SuiteJobRequest,
  options: CreateJobOptions,
): Promise<number> {
  const startedMs = creator.now();
  const args = createSuiteJobArguments(request);
  const name = suiteJobName(request);
  const creation = {
    method: 'create_suite_job',
    args,
    timeoutMs,
    jobName: name,
    requestKey: null,
    lookups: createdJobLookups({ name }, startedMs - clockMarginMs, creator.labTime),
  } as const;
  const ownAmong = async (jobs: readonly Job[], ask: Ask): Promise<readonly Job[]> => {
    const sinceMs = startedMs + (await serverIsAheadMs(creator, ask)) - serverClockMarginMs;
    const own = jobs.filter((job) => (job.createdOnMs ?? 0) >= sinceMs && wasAskedFor(args, job.controlFile));
    // Somebody else may ask for the very same suite; the one that asks first is taken for us, and for one of ours.
    return own.filter((job) => job.owner === own[0]?.owner);
  };
  return await createOnce(creator, { ...creation, ownAmong }, options);
}

/** The AFE tells its time without the seconds, and stamps a job a little after it was asked. */
const serverClockMarginMs = 90_000;

async function serverIsAheadMs({ now, labTime }: JobCreator, ask: Ask): Promise<number> {
  const text = wireReader(await ask('get_server_time', {}), 'get_server_time').string();
  const serverMs = labTime.parse(`${text.slice(0, 16)}:30`);
  return serverMs === null ? 0 : serverMs - now();
}

/** Whether the assignments at the head of a control file are those that a call with these arguments leaves there. */
export function wasAskedFor(args: WireArguments, controlFile: string): boolean {
  const injected = injectedArguments(controlFile);
  const compared = Object.entries(args).filter(([name, value]) => injected.has(name) && isKept(name, value));
  return compared.length > 0 && compared.every(([name, value]) => isSame(injected.get(name), value));
}

function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  return keys.every((key) => right.has(key) && isSame(left.get(key), right.get(key)));
}

/** The AFE writes some arguments otherwise than they were given: nothing, or the default, in another form. */
function isKept(name: string, value: unknown): boolean {
  return value !== null && value !== 0 && value !== '' && name !== 'control_file';
}

/**
 * The lines `name = literal` with which a control file begins: up to `args_dict`, which ends what was put before it, or
 * to the first line of another form.
 */
export function injectedArguments(controlFile: string): ReadonlyMap<string, unknown> {
  const assignments = new Map<string, unknown>();
  for (const line of controlFile.slice(0, maxHeadLength).split('\n')) {
    const match = /^(\w{1,100}) ?= ?(.+)$/.exec(line);
    const value = readPythonLiteral(match?.[2] ?? '');
    if (match === null || value === undefined || match[1] === lastArgument) break;
    assignments.set(match[1] ?? '', value);
  }
  return assignments;
}

const maxHeadLength = 64 * 1024;
const lastArgument = 'args_dict';
