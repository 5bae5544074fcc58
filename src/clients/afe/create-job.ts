import type { Logger } from '../../runtime/logger.js';
import type { Attempt } from '../../transport/call-with-retry.js';
import { isAmbiguous, isRetryable } from '../../transport/retry-policy.js';
import type { CallOptions } from '../call-options.js';
import type { JsonRpcService } from '../json-rpc-service.js';
import type { LabTime } from '../lab-time.js';
import { wireReader } from '../wire-reader.js';
import { CreateJobStateUnknownError, RpcError } from './errors.js';
import type { JobRequest } from './types.js';
import { readHostQueueEntry, readJob } from './wire-answers.js';
import { createJobArguments, createdJobLookups, requestKeyval, type WireArguments } from './wire-requests.js';

/** What {@link createJob} needs of its client. */
export interface JobCreator {
  readonly service: JsonRpcService;
  readonly labTime: LabTime;
  readonly logger: Logger;
  readonly now: () => number;
  readonly newId: () => string;
}

/**
 * Creates a job, once (S1): a lost answer never doubles it.
 *
 * The job carries a keyval that no other job has. When nobody knows whether a request was acted on (time-out, broken
 * connection, 5xx, an answer that makes no sense), the job is looked for before the request is sent again, and taken
 * over if it is there. A request that was slow, not lost, may still come true after the second one: in the end only the
 * oldest job is kept, others are aborted.
 */
export async function createJob(creator: JobCreator, request: JobRequest, options: CallOptions): Promise<number> {
  const { service } = creator;
  const requestKey = creator.newId();
  const args = createJobArguments(request, requestKey);
  const lookups = createdJobLookups(request, creator.now() - clockMarginMs, creator.labTime);
  const search = { requestKey, lookups, signal: options.signal };
  let isOutcomeUnknown = false;

  try {
    return await service.run('create_job', options, {
      isRetryable: (failure) => isRetryable(failure, 'create') || (isOutcomeUnknown && isPassing(failure)),
      work: async (attempt) => {
        if (isOutcomeUnknown) {
          const found = await findJob(creator, search, attempt);
          if (found !== undefined) return found;
        }
        try {
          const wanted = { ...attempt, signal: options.signal, freshConnection: true };
          const id = wireReader(await service.request('create_job', args, wanted), 'create_job').integer();
          if (!isOutcomeUnknown) return id;
          return (await tryToFindJob(creator, search, attempt)) ?? id;
        } catch (failure) {
          if (!isAmbiguous(failure)) throw failure;
          isOutcomeUnknown = true;
          const found = await tryToFindJob(creator, search, attempt);
          if (found !== undefined) return found;
          throw failure;
        }
      },
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!isOutcomeUnknown || isStatedRefusal(error)) throw error;
    throw new CreateJobStateUnknownError({ jobName: request.name, requestKey, cause: error });
  }
}

/**
 * The AFE's clock may be behind ours by a quarter of an hour, and the lab's wall clock, in which it notes when a job was
 * created, may be put back by an hour during the call.
 */
const clockMarginMs = 75 * 60_000;

interface Search {
  readonly requestKey: string;
  readonly lookups: WireArguments;
  readonly signal: AbortSignal | undefined;
}

/** The id of the job that carries the key; of several the oldest, and the others are aborted. */
async function findJob(creator: JobCreator, search: Search, attempt: Attempt): Promise<number | undefined> {
  const { service, labTime, logger } = creator;
  const wanted = { timeoutMs: attempt.timeoutMs, signal: search.signal };
  const jobs = wireReader(await service.request('get_jobs', search.lookups, wanted), 'get_jobs')
    .list((wire) => readJob(wire, labTime))
    .filter((job) => job.keyvals[requestKeyval] === search.requestKey);
  if (jobs.length === 0) return undefined;

  // A creation that failed halfway leaves a job without entries (trap 1). It never runs and is not what was asked for.
  const ids = jobs.map((job) => job.id);
  const answer = await service.request('get_host_queue_entries', { job__id__in: ids }, wanted);
  const entries = wireReader(answer, 'get_host_queue_entries').list((wire) => readHostQueueEntry(wire, labTime));
  const complete = ids.filter((id) => entries.some((entry) => entry.jobId === id)).sort((a, b) => a - b);
  const [kept, ...doubles] = complete;
  if (doubles.length > 0) await abortDoubles(creator, search, attempt, doubles);
  if (kept !== undefined) logger.info(`an answer to create_job was lost; the job is ${kept}`, { jobId: kept });
  return kept;
}

/** Like {@link findJob}, but a failure counts as "not found": it is looked for again before the next try. */
async function tryToFindJob(creator: JobCreator, search: Search, attempt: Attempt): Promise<number | undefined> {
  try {
    return await findJob(creator, search, attempt);
  } catch (error) {
    search.signal?.throwIfAborted();
    creator.logger.debug('cannot look for the job of a lost answer', { error });
    return undefined;
  }
}

async function abortDoubles(
  creator: JobCreator,
  search: Search,
  attempt: Attempt,
  jobIds: readonly number[],
): Promise<void> {
  const wanted = { timeoutMs: attempt.timeoutMs, signal: search.signal };
  try {
    await creator.service.request('abort_host_queue_entries', { job__id__in: jobIds }, wanted);
    creator.logger.warn('a job was created more than once; the extra ones were aborted', { jobIds });
  } catch (error) {
    search.signal?.throwIfAborted();
    creator.logger.error('a job was created more than once, and the extra ones cannot be aborted', { jobIds, error });
  }
}

/** The failures after which the state of an unknown outcome may still be found out. */
function isPassing(failure: unknown): boolean {
  return isAmbiguous(failure) || isRetryable(failure, 'read');
}

/** The AFE itself says that it did not create the job. */
function isStatedRefusal(error: unknown): boolean {
  return error instanceof RpcError && error.method === 'create_job';
}
