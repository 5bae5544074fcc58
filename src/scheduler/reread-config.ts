import type { CallOptions } from '../clients/call-options.js';
import type { SchedulerConfig } from './config/types.js';
import { problemOf } from './problem-of.js';
import type { SchedulerNewsDetails } from './scheduler-news.js';
import type { Problems } from './turn/problems.js';

/** What holds, and what was read last, of which some may not hold. */
export interface CurrentConfig {
  readonly config: SchedulerConfig;
  readonly read: SchedulerConfig;
}

/**
 * The configuration as it is now; the one there is where the new one cannot be read, or nothing of it can be used, and
 * the former task of each section that has become malformed: a slip of the pen loses no suite (C9).
 */
export async function rereadConfig(
  latest: CurrentConfig,
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
): Promise<CurrentConfig> {
  const { reread } = latest.read;
  if (reread === undefined) return latest;
  const where = 'configuration';
  const fail = (message: string) => {
    problems.failed(where, message, nowMs);
    return latest;
  };
  let read: SchedulerConfig;
  try {
    read = await reread({ signal });
  } catch (error) {
    signal?.throwIfAborted();
    return fail(problemOf(error));
  }
  if (read === latest.read) {
    problems.worked(where);
    return latest;
  }
  const [first] = read.problems;
  if (read.tasks.length === 0 && first !== undefined) {
    return fail(`every section is malformed, the first one, [${first.section}] in line ${first.line}: ${first.reason}`);
  }
  problems.worked(where);
  const config = withFormerSections(read, latest.config);
  tell({ type: 'config-changed', config });
  return { read, config };
}

/** A section that has become malformed does what it did before, until it is mended or taken out. */
function withFormerSections(read: SchedulerConfig, former: SchedulerConfig): SchedulerConfig {
  const names = new Set(read.tasks.map(({ name }) => name));
  const malformed = new Set(read.problems.map(({ section }) => section));
  const tasks = former.tasks.filter(({ name }) => malformed.has(name) && !names.has(name));
  const events = Object.entries(former.events).filter(
    ([keyword]) => malformed.has(`${keyword}_params`) && !Object.hasOwn(read.events, keyword),
  );
  if (tasks.length + events.length === 0) return read;
  const kept = new Set([...tasks.map(({ name }) => name), ...events.map(([keyword]) => `${keyword}_params`)]);
  const problems = read.problems.map((problem) =>
    kept.has(problem.section)
      ? { ...problem, reason: `${problem.reason}; until it is mended it does what it did` }
      : problem,
  );
  return {
    ...read,
    problems,
    tasks: [...read.tasks, ...tasks],
    events: { ...Object.fromEntries(events), ...read.events },
  };
}
