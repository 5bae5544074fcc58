import { memoryBuilds, type MemoryBuilds } from '../../../src/scheduler/builds/memory-builds.js';
import type { BuildSource } from '../../../src/scheduler/builds/types.js';
import type { EventSettings } from '../../../src/scheduler/config/types.js';
import type { EventLook, FittedTask, SchedulerEvent } from '../../../src/scheduler/events/types.js';
import type { SuiteTask } from '../../../src/scheduler/task.js';
import { VirtualClock } from '../../../src/testing/virtual-clock.js';
import { mondayMs } from './builders.js';

/** An event that is looked at as a scheduler would: with the state of the look before. */
export interface EventBench {
  readonly builds: MemoryBuilds;
  /** Boards whose builds cannot be had. */
  readonly down: Set<string>;
  /** Changes what the next looks go by. */
  boards: readonly string[];
  tasks: readonly SuiteTask[];
  settings: EventSettings;
  state: string | null;
  /** Looks at a time, and keeps the state as if everything had been decided. */
  lookAt(ms: number, fitted?: readonly FittedTask[]): Promise<EventLook>;
  /** The ids of what occurs at a time. */
  idsAt(ms: number): Promise<readonly string[]>;
}

export function eventBench(event: SchedulerEvent, tasks: readonly SuiteTask[] = []): EventBench {
  const clock = new VirtualClock({ startMs: mondayMs, autoAdvance: false });
  const builds = memoryBuilds({}, { clock });
  const down = new Set<string>();
  const bench: EventBench = {
    ...{ builds, down, tasks, boards: ['lumpy', 'stumpy'], settings: {}, state: null },
    async lookAt(nowMs, fitted = []) {
      const { boards, settings, state } = bench;
      const source = withoutSome(builds, down);
      const look = await event.look({ state, nowMs, tasks: bench.tasks, settings, boards, builds: source });
      bench.state = event.settle?.(look, fitted) ?? look.state;
      return look;
    },
    async idsAt(ms) {
      return (await bench.lookAt(ms)).occurrences.map(({ id }) => id);
    },
  };
  return bench;
}

/** A source that cannot tell the builds of some boards, and what it has of them. */
function withoutSome(source: BuildSource, down: ReadonlySet<string>): BuildSource {
  const error = new Error('connection refused');
  const split = (boards: readonly string[]) => ({
    up: boards.filter((board) => !down.has(board)),
    unanswered: boards.filter((board) => down.has(board)).map((board) => ({ board, error })),
  });
  return {
    refresh: (options) => source.refresh(options),
    async passedBetween(request, options) {
      const { up, unanswered } = split(request.boards);
      return { ...(await source.passedBetween({ ...request, boards: up }, options)), unanswered };
    },
    async passedSince(request, options) {
      const { up, unanswered } = split(request.boards);
      return { ...(await source.passedSince({ ...request, boards: up }, options)), unanswered };
    },
    latest: (request, options) => source.latest(request, options),
    topOfTree: (options) => source.topOfTree(options),
  };
}
