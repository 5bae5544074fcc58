import type { CallOptions } from '../../clients/call-options.js';
import type { SchedulerConfig } from '../config/types.js';
import { settingsOf, stateName, type SchedulerParts } from './scheduler-parts.js';
import type { WatermarkStep } from './watermark-step.js';

/**
 * Where the events that were never looked at begin, when the AFE is not there to be asked for boards: what comes until it
 * is must not count as having been there all the time.
 */
export async function beginEvents(
  parts: SchedulerParts,
  config: SchedulerConfig,
  options: CallOptions,
): Promise<readonly WatermarkStep[]> {
  const { ledger, builds, settings } = parts;
  const nowMs = settings.clock.now();
  const steps: WatermarkStep[] = [];
  for (const event of parts.events) {
    const name = stateName(event.keyword);
    if ((await ledger.watermark(name)) !== null) continue;
    const tasks = config.tasks.filter(({ runOn }) => runOn === event.keyword);
    const request = { state: null, nowMs, tasks, settings: settingsOf(config, event.keyword), boards: [], builds };
    try {
      const look = await event.look(request, options);
      if (look.occurrences.length === 0) steps.push({ name, from: null, to: look.state });
    } catch {
      options.signal?.throwIfAborted();
      // What is wrong with it is told when it is looked at in earnest.
    }
  }
  return steps;
}
