import type { CallOptions } from '../../clients/call-options.js';
import type { BuildSource } from '../builds/types.js';
import type { Ledger } from '../ledger/types.js';
import { problemOf } from '../problem-of.js';
import type { SuiteTask } from '../task.js';
import type { Problems } from './problems.js';
import type { WatermarkStep } from './watermark-step.js';

/** What `tot` stands for. */
export interface TopOfTree {
  /** null: nobody knows. */
  readonly milestone: number | null;
  /** Why the source could not tell it this time; null: it could, or knows none. */
  readonly problem: string | null;
  /** What is to be kept of it. */
  readonly steps: readonly WatermarkStep[];
}

/** Why nothing can be decided about some tasks yet: they go by `tot`, and what it stands for is to be had later. */
export function whyNotYet(tasks: readonly SuiteTask[], { milestone, problem }: TopOfTree): string | null {
  if (milestone !== null || problem === null) return null;
  const goesByTop = tasks.some(({ branchSpecs, crosBuildSpec }) =>
    [...branchSpecs, crosBuildSpec ?? ''].some((spec) => /tot/i.test(spec)),
  );
  return goesByTop ? `what "tot" stands for cannot be had: ${problem}` : null;
}

/**
 * The milestone that `tot` stands for, and what is to be kept of it. A source that cannot tell it this time does not
 * take it away from the tasks that go by it: what was known before is as good for weeks.
 */
export async function readTopOfTree(
  { builds, ledger, problems }: { readonly builds: BuildSource; readonly ledger: Ledger; readonly problems: Problems },
  nowMs: number,
  options: CallOptions,
): Promise<TopOfTree> {
  const name = 'top of tree';
  const from = await ledger.watermark(name);
  const known = from !== null && /^\d{1,9}$/.test(from) ? Number(from) : null;
  let milestone: number | null = null;
  let problem: string | null = null;
  try {
    milestone = await builds.topOfTree(options);
    problems.worked(name);
  } catch (error) {
    options.signal?.throwIfAborted();
    problem = problemOf(error);
    problems.failed(name, problem, nowMs);
  }
  milestone ??= known;
  return { milestone, problem, steps: milestone === null ? [] : [{ name, from, to: String(milestone) }] };
}
