import { clockMarginMs } from '../../clients/afe/create-job.js';
import { injectedArguments, wasAskedFor } from '../../clients/afe/create-suite-job.js';
import type { AfeClient, HostQueueEntry, Job } from '../../clients/afe/types.js';
import { createSuiteJobArguments, suiteJobName } from '../../clients/afe/wire-requests.js';
import type { CallOptions } from '../../clients/call-options.js';
import { suiteJobRequestOf } from './suite-job-request.js';
import type { StartedSuite, SuiteLaunch } from './types.js';

/**
 * Looks for the suite job of a launch: by its name, by when it was created, and by the arguments at the head of its
 * control file. Of several the oldest.
 *
 * A job without queue entries, the remains of a creation that failed halfway, is none (trap 1), and neither is one that
 * was aborted. The time is looked at with a margin: a suite that somebody else has asked for in the same words a short
 * while before is taken for it, rather than that one is started twice.
 */
export async function findSuiteJob(
  afe: Pick<AfeClient, 'getJobs' | 'getHostQueueEntries'>,
  launch: SuiteLaunch,
  sinceMs: number,
  options?: CallOptions,
): Promise<StartedSuite | null> {
  const name = suiteJobName(suiteJobRequestOf(launch));
  const named = await afe.getJobs({ name, createdSinceMs: sinceMs - clockMarginMs }, options);
  const candidates = named.filter((job) => job.name === name && isOf(launch, job));
  if (candidates.length === 0) return null;
  const entries = await afe.getHostQueueEntries({ jobIds: candidates.map(({ id }) => id) }, options);
  const jobIds = candidates.map(({ id }) => id).filter((id) => isAlive(entries.filter(({ jobId }) => jobId === id)));
  return jobIds.length === 0 ? null : { jobId: Math.min(...jobIds) };
}

function isOf(launch: SuiteLaunch, { controlFile }: Job): boolean {
  if (!wasAskedFor(createSuiteJobArguments(suiteJobRequestOf(launch)), controlFile)) return false;
  // Who asks for no pool says nothing about it, and any would do.
  const pool = injectedArguments(controlFile).get('pool') ?? '';
  return launch.pool !== null || pool === '';
}

function isAlive(entries: readonly HostQueueEntry[]): boolean {
  return entries.some(({ aborted, status }) => !aborted && status !== 'Aborted');
}
