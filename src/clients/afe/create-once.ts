import type { Logger } from '../../runtime/logger.js';
import type { Attempt } from '../../transport/call-with-retry.js';
import { isAmbiguous, isRetryable } from '../../transport/retry-policy.js';
import type { CallOptions } from '../call-options.js';
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
  /** Counts those alone, where the AFE can tell them from others. @defaultValue `lookups` */
  readonly countLookups?: WireArguments | undefined;
  /** Those of the jobs so found that it has made. */
  readonly ownAmong: (jobs: readonly Job[], ask: Ask) => readonly Job[] | Promise<readonly Job[]>;
}

/** Sends a request and resolves to its result. */
export type Ask = (method: string, args: WireArguments) => Promise<unknown>;

/**
 * Has a job created, once (S1): a lost answer never doubles it.
 *
 * When nobody knows whether a request was acted on (time-out, broken connection, 5xx, an answer that makes no sense),
 * the job is looked for before the request is sent again, and taken over if it is there. A request that was slow, not
 * lost, may still come true after the second one, and the network itself may have sent a request twice: so it is asked
 * at the end whether there are several. Only the oldest job is kept then, others are aborted. A third of the time that
 * the call may take is kept for that.
 */
export async function createOnce(creator: JobCreator, creation: Creation, options: CreateJobOptions): Promise<number> {
  const { service, logger } = creator;
  const { method, jobName } = creation;
  const { signal } = options;
  const { deadlineMs = service.deadlineMs } = options;
  const startedMs = creator.now();
  const settling = () => ({ signal, deadlineMs: Math.max(1, deadlineMs - (creator.now() - startedMs)) });
  // What is asked then does no harm when it is asked twice: everything that may pass is waited for, nonsense included.
  const ask: Ask = (asked, args) =>
    service.run(asked, settling(), {
      isRetryable: isPassing,
      work: (attempt) => service.request(asked, args, { timeoutMs: attempt.timeoutMs, signal }),
    });
  const made = await makeOne(creator, creation, { signal, deadlineMs: deadlineMs * partForMaking }, ask);
  if (made.extra.length === 0 && (made.isOnlyOne || options.lookForDoubles === false)) return made.jobId;
  try {
    const { jobId, extra } = made.extra.length > 0 ? made : await lookForSeveral(creator, creation, made, ask);
    if (extra.length > 0) {
      const aborted = await abortExtra(creator, extra, ask, signal);
      creator.tellDoubled({ jobName, jobId, extraJobIds: extra, aborted });
    }
    return jobId;
  } catch (error) {
    signal?.throwIfAborted();
    logger.warn(`cannot look whether ${method} has made the job twice`, { jobId: made.jobId, error });
    return made.jobId;
  }
}

interface Made {
  readonly jobId: number;
  /** Further jobs of the same request that are open. */
  readonly extra: readonly number[];
  /** Whether it is known that there is no other; false: nobody has looked. */
  readonly isOnlyOne: boolean;
  /** Whether a request before may still come true. */
  readonly isAmbiguous: boolean;
}

/**
 * Sends the request until the job is there: made by it, or by one before whose answer was lost.
 *
 * @param lookLast - for a last look when the time for sending is over
 */
async function makeOne(creator: JobCreator, creation: Creation, options: CallOptions, lookLast: Ask): Promise<Made> {
  const { service, logger } = creator;
  const { method, args, jobName, requestKey } = creation;
  const { signal } = options;
  let isOutcomeUnknown = false;
  const takeOver = (found: Found): Made => {
    logger.info(`an answer to ${method} was lost; the job is ${found.jobId}`, { jobId: found.jobId });
    return { ...found, isOnlyOne: found.extra.length === 0, isAmbiguous: true };
  };

  try {
    return await service.run(method, options, {
      timeoutMs: creation.timeoutMs,
      isRetryable: (failure) => isRetryable(failure, 'create') || (isOutcomeUnknown && isPassing(failure)),
      work: async (attempt) => {
        const ask = singleTry(service, attempt, signal);
        if (isOutcomeUnknown) {
          const found = await findJob(creator, creation, ask);
          if (found !== undefined) return takeOver(found);
        }
        try {
          const wanted = { timeoutMs: attempt.timeoutMs, signal, freshConnection: true };
          const jobId = wireReader(await service.request(method, args, wanted), method).integer();
          return { jobId, extra: [], isOnlyOne: false, isAmbiguous: isOutcomeUnknown };
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
    const found = await tryToFindJob(creator, creation, lookLast, signal);
    if (found !== undefined) return takeOver(found);
    throw new CreateJobStateUnknownError({ method, jobName, requestKey, cause: error });
  }
}

function singleTry(service: JsonRpcService, attempt: Attempt, signal: AbortSignal | undefined): Ask {
  const timeoutMs = Math.min(attempt.timeoutMs, service.timeoutMs);
  return (method, args) => service.request(method, args, { timeoutMs, signal });
}

/** Where a request before is known to have gone astray all are looked for, else only when a small call tells of several. */
async function lookForSeveral(creator: JobCreator, creation: Creation, made: Made, ask: Ask): Promise<Found> {
  const { lookups, countLookups = lookups } = creation;
  if (!made.isAmbiguous) {
    const count = wireReader(await ask('get_num_jobs', countLookups), 'get_num_jobs').integer();
    if (count <= 1) return made;
  }
  return (await findJob(creator, creation, ask)) ?? made;
}

interface Found {
  readonly jobId: number;
  readonly extra: readonly number[];
}

/** The job that the call has made; of several the oldest, and which others are open. */
async function findJob(creator: JobCreator, creation: Creation, ask: Ask): Promise<Found | undefined> {
  const { labTime } = creator;
  const { lookups, ownAmong } = creation;
  const named = wireReader(await ask('get_jobs', lookups), 'get_jobs').list((wire) => readJob(wire, labTime));
  const own = named.length === 0 ? [] : await ownAmong(named, ask);
  if (own.length === 0) return undefined;

  // A creation that failed halfway leaves a job without entries (trap 1). It never runs and is not what was asked for.
  const ids = own.map((job) => job.id);
  const answer = await ask('get_host_queue_entries', { job__id__in: ids });
  const entries = wireReader(answer, 'get_host_queue_entries').list((wire) => readHostQueueEntry(wire, labTime));
  const complete = ids.filter((id) => entries.some((entry) => entry.jobId === id)).sort((a, b) => a - b);
  const [jobId, ...others] = complete;
  if (jobId === undefined) return undefined;
  const isOpen = (id: number) => entries.some((entry) => entry.jobId === id && !entry.aborted);
  return { jobId, extra: others.filter(isOpen) };
}

/** Like {@link findJob}, but a failure counts as "not found": it is looked for again before the next try. */
async function tryToFindJob(
  creator: JobCreator,
  creation: Creation,
  ask: Ask,
  signal: AbortSignal | undefined,
): Promise<Found | undefined> {
  try {
    return await findJob(creator, creation, ask);
  } catch (error) {
    signal?.throwIfAborted();
    creator.logger.debug('cannot look for the job of a lost answer', { error });
    return undefined;
  }
}

async function abortExtra(
  { logger }: JobCreator,
  jobIds: readonly number[],
  ask: Ask,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    await ask('abort_host_queue_entries', { job__id__in: jobIds });
    logger.warn('a job was created more than once; the extra ones were aborted', { jobIds });
    return true;
  } catch (error) {
    signal?.throwIfAborted();
    logger.error('a job was created more than once, and the extra ones cannot be aborted', { jobIds, error });
    return false;
  }
}

const partForMaking = 2 / 3;

/** The failures after which the state of an unknown outcome may still be found out. */
function isPassing(failure: unknown): boolean {
  return isAmbiguous(failure) || isRetryable(failure, 'read');
}

/** The AFE itself says that it did not create the job. */
function isStatedRefusal(error: unknown, method: string): boolean {
  return error instanceof RpcError && error.method === method;
}
