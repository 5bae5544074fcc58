import { createOnce, type JobCreator } from './create-once.js';
import type { CreateJobOptions, JobRequest } from './types.js';
import { createJobArguments, createdJobLookups, keptJobName, requestKeyval } from './wire-requests.js';

/**
 * Creates a job, once: see `createOnce`. It carries a keyval that no other job has.
 *
 * @param newId - makes the value of that keyval
 */
export async function createJob(
  creator: JobCreator,
  newId: () => string,
  request: JobRequest,
  options: CreateJobOptions,
): Promise<number> {
  const requestKey = newId();
  const lookups = createdJobLookups(request, creator.now() - clockMarginMs, creator.labTime);
  const creation = {
    method: 'create_job',
    args: createJobArguments(request, requestKey),
    jobName: keptJobName(request.name),
    requestKey,
    lookups,
    countLookups: { ...lookups, jobkeyval__key: requestKeyval, jobkeyval__value: requestKey },
  } as const;
  return await createOnce(
    creator,
    { ...creation, ownAmong: (jobs) => jobs.filter((job) => job.keyvals[requestKeyval] === requestKey) },
    options,
  );
}

/**
 * The AFE's clock may be behind ours by a quarter of an hour, and the lab's wall clock, in which it notes when a job was
 * created, may be put back by an hour during the call.
 */
export const clockMarginMs = 75 * 60_000;
