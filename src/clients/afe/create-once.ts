import type { Logger } from '../../runtime/logger.js';
import type { Attempt } from '../../transport/call-with-retry.js';
import { isAmbiguous, isRetryable } from '../../transport/retry-policy.js';
import type { JsonRpcService } from '../json-rpc-service.js';
import type { LabTime } from '../lab-time.js';
import { wireReader } from '../wire-reader.js';
import { CreateJobStateUnknownError, RpcError } from './errors.js';
import type { CreateJobOptions, Job } from './types.js';
import { readHostQueueEntry, readJob } from './wire-answers.js';
import type { WireArguments } from './wire-requests.js';

/** What {@link createOnce} needs of its client. */
export interface JobCreator {
  readonly service: JsonRpcService;
  readonly labTime: LabTime;
  readonly logger: Logger;
  readonly now: () => number;
  readonly tellDoubled: (event: DoubledJobEvent) => void;
}

/** A job that existed more than once. */
export interface DoubledJobEvent {
  readonly jobName: string;
  /** The one that is kept. */
  readonly jobId: number;
  readonly extraJobIds: readonly number[];
  /** Whether the AFE was told to abort the extra ones; false: it could not be reached. */
  readonly aborted: boolean;
}

/** A call that creates a job, and how the job is known again. */
export interface Creation {
  readonly method: 'create_job' | 'create_suite_job';
  readonly args: WireArguments;
  /** For one try, in ms, where it takes longer than other calls. */
  readonly timeoutMs?: number | undefined;
  /** As the AFE keeps it. */
  readonly jobName: string;
  /** The value of the keyval that no other job has, where the call can set one. */
  readonly requestKey: string | null;
  /** Finds, among others, the jobs that the call may have made. */
  readonly lookups: WireArguments;
  /** Those of the jobs so found that it has made. */
  readonly ownAmong: (jobs: readonly Job[], ask: Ask) => readonly Job[] | Promise<readonly Job[]>;
}

/** Sends one request, without a second try, and resolves to its result. */
export type Ask = (method: string, args: WireArguments) => Promise<unknown>;

/**
 * Has a job created, once (S1): a lost answer never doubles it.
 *
 * When nobody knows whether a request was acted on (time-out, broken connection, 5xx, an answer that makes no sense),
 * the job is looked for before the request is sent again, and taken over if it is there. A request that was slow, not
 * lost, may still come true after the second one: in the end only the oldest job is kept, others are aborted. The
 * network itself may have sent a request twice, so it is asked how many jobs of the name there are even when the answer
 * came.
 */
export async function createOnce(creator: JobCreator, creation: Creation, options: CreateJobOptions): Promise<number> {
  const { service } = creator;
  const { method, args, jobName, requestKey } = creation;
  const { signal } = options;
  const askOf = (attempt: Attempt): Ask => {
    const timeoutMs = Math.min(attempt.timeoutMs, service.timeoutMs);
    return (asked, askedArgs) => service.request(asked, askedArgs, { timeoutMs, signal });
  };
  let isOutcomeUnknown = false;
  const takeOver = (jobId: number) => {
    creator.logger.info(`an answer to ${method} was lost; the job is ${jobId}`, { jobId });
    return jobId;
  };

  try {
    return await service.run(method, options, {
      timeoutMs: creation.timeoutMs,
      isRetryable: (failure) => isRetryable(failure, 'create') || (isOutcomeUnknown && isPassing(failure)),
      work: async (attempt) => {
        const ask = askOf(attempt);
        if (isOutcomeUnknown) {
          const found = await findJob(creator, creation, ask);
          if (found !== undefined) return takeOver(found);
        }
        try {
          const wanted = { timeoutMs: attempt.timeoutMs, signal, freshConnection: true };
          const id = wireReader(await service.request(method, args, wanted), method).integer();
          const lookForDoubles = options.lookForDoubles !== false;
          const mayBeDoubled =
            isOutcomeUnknown || (lookForDoubles && (await isNameTaken(creator, creation, ask, signal)));
          if (!mayBeDoubled) return id;
          return (await tryToFindJob(creator, creation, ask, signal)) ?? id;
        } catch (failure) {
          if (!isAmbiguous(failure)) throw failure;
          isOutcomeUnknown = true;
          const found = await tryToFindJob(creator, creation, ask, signal);
          if (found !== undefined) return takeOver(found);
          throw failure;
        }
      },
    });
  } catch (error) {
    signal?.throwIfAborted();
    if (!isOutcomeUnknown || isStatedRefusal(error, method)) throw error;
    throw new CreateJobStateUnknownError({ method, jobName, requestKey, cause: error });
  }
}

/** The id of the job that the call has made; of several the oldest, and the others are aborted. */
async function findJob(creator: JobCreator, creation: Creation, ask: Ask): Promise<number | undefined> {
  const { labTime } = creator;
  const { jobName, lookups, ownAmong } = creation;
  const named = wireReader(await ask('get_jobs', lookups), 'get_jobs').list((wire) => readJob(wire, labTime));
  const own = named.length === 0 ? [] : await ownAmong(named, ask);
  if (own.length === 0) return undefined;

  // A creation that failed halfway leaves a job without entries (trap 1). It never runs and is not what was asked for.
  const ids = own.map((job) => job.id);
  const answer = await ask('get_host_queue_entries', { job__id__in: ids });
  const entries = wireReader(answer, 'get_host_queue_entries').list((wire) => readHostQueueEntry(wire, labTime));
  const complete = ids.filter((id) => entries.some((entry) => entry.jobId === id)).sort((a, b) => a - b);
  const [kept, ...doubles] = complete;
  const open = doubles.filter((id) => entries.some((entry) => entry.jobId === id && !entry.aborted));
  if (kept !== undefined && open.length > 0) {
    const aborted = await abortDoubles(creator, ask, open);
    creator.tellDoubled({ jobName, jobId: kept, extraJobIds: open, aborted });
  }
  return kept;
}

/** Like {@link findJob}, but a failure counts as "not found": it is looked for again before the next try. */
async function tryToFindJob(
  creator: JobCreator,
  creation: Creation,
  ask: Ask,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  try {
    return await findJob(creator, creation, ask);
  } catch (error) {
    signal?.throwIfAborted();
    creator.logger.debug('cannot look for the job of a lost answer', { error });
    return undefined;
  }
}

/** Whether there are several jobs of the name, of which one may be the same request: a small call. */
async function isNameTaken(
  creator: JobCreator,
  { lookups }: Creation,
  ask: Ask,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    return wireReader(await ask('get_num_jobs', lookups), 'get_num_jobs').integer() > 1;
  } catch (error) {
    signal?.throwIfAborted();
    creator.logger.debug('cannot look whether a job was created twice', { error });
    return false;
  }
}

async function abortDoubles({ logger }: JobCreator, ask: Ask, jobIds: readonly number[]): Promise<boolean> {
  try {
    await ask('abort_host_queue_entries', { job__id__in: jobIds });
    logger.warn('a job was created more than once; the extra ones were aborted', { jobIds });
    return true;
  } catch (error) {
    logger.error('a job was created more than once, and the extra ones cannot be aborted', { jobIds, error });
    return false;
  }
}

/** The failures after which the state of an unknown outcome may still be found out. */
function isPassing(failure: unknown): boolean {
  return isAmbiguous(failure) || isRetryable(failure, 'read');
}

/** The AFE itself says that it did not create the job. */
function isStatedRefusal(error: unknown, method: string): boolean {
  return error instanceof RpcError && error.method === method;
}
