import type { CallOptions } from '../clients/call-options.js';
import type { SchedulerConfig } from './config/types.js';
import { problemOf } from './problem-of.js';
import type { SchedulerNewsDetails } from './scheduler-news.js';
import type { Problems } from './turn/problems.js';

/** The configuration as it is now; the one there is where the new one cannot be read, or nothing of it can be used (C9). */
export async function rereadConfig(
  config: SchedulerConfig,
  {
    problems,
    nowMs,
    tell,
    signal,
  }: CallOptions & {
    readonly problems: Problems;
    readonly nowMs: number;
    readonly tell: (news: SchedulerNewsDetails) => void;
  },
): Promise<SchedulerConfig> {
  if (config.reread === undefined) return config;
  const where = 'configuration';
  const fail = (message: string) => {
    problems.failed(where, message, nowMs);
    return config;
  };
  let read: SchedulerConfig;
  try {
    read = await config.reread({ signal });
  } catch (error) {
    signal?.throwIfAborted();
    return fail(problemOf(error));
  }
  const [first] = read.problems;
  if (read !== config && read.tasks.length === 0 && first !== undefined) {
    return fail(`every section is malformed, the first one, [${first.section}] in line ${first.line}: ${first.reason}`);
  }
  problems.worked(where);
  if (read !== config) tell({ type: 'config-changed', config: read });
  return read;
}
