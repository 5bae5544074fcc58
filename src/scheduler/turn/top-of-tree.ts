import type { CallOptions } from '../../clients/call-options.js';
import type { BuildSource } from '../builds/types.js';
import type { Ledger } from '../ledger/types.js';
import { problemOf } from '../problem-of.js';
import type { Problems } from './problems.js';
import type { WatermarkStep } from './watermark-step.js';

/**
 * The milestone that `tot` stands for, and what is to be kept of it. A source that cannot tell it this time does not
 * take it away from the tasks that go by it: what was known before is as good for weeks.
 */
export async function readTopOfTree(
  { builds, ledger, problems }: { readonly builds: BuildSource; readonly ledger: Ledger; readonly problems: Problems },
  nowMs: number,
  options: CallOptions,
): Promise<{ readonly milestone: number | null; readonly steps: readonly WatermarkStep[] }> {
  const name = 'top of tree';
  const from = await ledger.watermark(name);
  const known = from !== null && /^\d{1,9}$/.test(from) ? Number(from) : null;
  let milestone: number | null = null;
  try {
    milestone = await builds.topOfTree(options);
    problems.worked(name);
  } catch (error) {
    options.signal?.throwIfAborted();
    problems.failed(name, problemOf(error), nowMs);
  }
  milestone ??= known;
  return { milestone, steps: milestone === null ? [] : [{ name, from, to: String(milestone) }] };
}
