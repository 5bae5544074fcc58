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
  /** Whether the source failed to tell it this time. */
  readonly isToBeHad: boolean;
  /** What is to be kept of it. */
  readonly steps: readonly WatermarkStep[];
}

/** Whether nothing can be decided about a task yet: it goes by `tot`, and what that stands for is to be had later. */
export function waitsForTop(
  { branchSpecs, crosBuildSpec }: SuiteTask,
  { milestone, isToBeHad }: Pick<TopOfTree, 'milestone' | 'isToBeHad'>,
): boolean {
  if (milestone !== null || !isToBeHad) return false;
  return [...branchSpecs, crosBuildSpec ?? ''].some((spec) => /tot/i.test(spec));
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
  let isToBeHad = false;
  try {
    milestone = await builds.topOfTree(options);
    problems.worked(name);
  } catch (error) {
    options.signal?.throwIfAborted();
    isToBeHad = true;
    problems.failed(name, problemOf(error), nowMs);
  }
  milestone ??= known;
  return { milestone, isToBeHad, steps: milestone === null ? [] : [{ name, from, to: String(milestone) }] };
}
