import { memoryBuilds, type MemoryBuilds } from '../../../src/scheduler/builds/memory-builds.js';
import { schedulerConfig } from '../../../src/scheduler/config/scheduler-config.js';
import type { SuiteTaskOptions } from '../../../src/scheduler/config/suite-task.js';
import { memoryLedger } from '../../../src/scheduler/ledger/memory-ledger.js';
import type { Ledger } from '../../../src/scheduler/ledger/types.js';
import type { SchedulerNews } from '../../../src/scheduler/scheduler-news.js';
import type { SuiteSchedulerOptions } from '../../../src/scheduler/scheduler-options.js';
import { SuiteScheduler } from '../../../src/scheduler/suite-scheduler.js';
import { VirtualClock } from '../../../src/testing/virtual-clock.js';
import { minuteMs, mondayMs } from './builders.js';
import { fakeLauncher, type FakeLauncher } from './fake-launcher.js';
import { memoryAfe, type MemoryAfe } from './memory-afe.js';

/** A scheduler on a lab in memory: lumpy and stumpy with hosts in the pool bvt. It is 09:00 on a Monday. */
export interface SchedulerBench {
  readonly afe: MemoryAfe;
  readonly builds: MemoryBuilds;
  readonly clock: VirtualClock;
  readonly launcher: FakeLauncher;
  readonly ledger: Ledger;
  readonly scheduler: SuiteScheduler;
  readonly news: SchedulerNews[];
  /** The news of a type. */
  told<Type extends SchedulerNews['type']>(type: Type): readonly Extract<SchedulerNews, { type: Type }>[];
  /** Takes a turn every five minutes. */
  turns(count: number): Promise<void>;
  /** Another scheduler on the same lab, ledger, clock and launcher. */
  another(options?: Partial<SuiteSchedulerOptions>): SuiteScheduler;
}

export function schedulerBench(
  tasks: readonly SuiteTaskOptions[],
  options: Partial<SuiteSchedulerOptions> & { readonly labOptions?: Partial<SuiteSchedulerOptions['lab']> } = {},
): SchedulerBench {
  const { labOptions = {}, ...more } = options;
  const afe = memoryAfe(['lumpy bvt', 'lumpy bvt', 'stumpy bvt']);
  const clock = new VirtualClock({ startMs: mondayMs, autoAdvance: false });
  const builds = memoryBuilds({}, { clock, topOfTree: async () => 30 });
  const launcher = fakeLauncher();
  const ledger = memoryLedger();
  const news: SchedulerNews[] = [];
  const events = Object.fromEntries((options.events ?? []).map(({ keyword }) => [keyword, {}]));
  const used = Object.fromEntries(
    Object.entries(events).filter(([keyword]) => tasks.some(({ runOn }) => runOn === keyword)),
  );
  const another = (changes: Partial<SuiteSchedulerOptions> = {}) =>
    new SuiteScheduler({
      lab: { afe, ...labOptions },
      config: schedulerConfig({ tasks, events: used }),
      ...{ builds, clock, launcher, ledger },
      onNews: (one) => void news.push(one),
      ...more,
      ...changes,
    });
  const scheduler = another();
  return {
    ...{ afe, builds, clock, launcher, ledger, scheduler, news, another },
    told: (type) => news.filter((one): one is Extract<SchedulerNews, { type: typeof type }> => one.type === type),
    async turns(count) {
      for (let turn = 0; turn < count; turn += 1) {
        await scheduler.turn();
        await clock.advance(5 * minuteMs);
      }
    },
  };
}
