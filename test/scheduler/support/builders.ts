import { passedBuild } from '../../../src/scheduler/builds/passed-build.js';
import type { PassedBuild } from '../../../src/scheduler/builds/types.js';
import { suiteTask, type SuiteTaskOptions } from '../../../src/scheduler/config/suite-task.js';
import type { HostCounts, LabFacts } from '../../../src/scheduler/decide/facts.js';
import type { Occurrence } from '../../../src/scheduler/events/types.js';
import type { SuiteTask } from '../../../src/scheduler/task.js';

/** A Monday, 09:00 in the lab's zone. */
export const mondayMs = Date.parse('2026-01-05T17:00:00Z');
export const minuteMs = 60_000;
export const hourMs = 3600_000;
export const dayMs = 24 * hourMs;

/** A nightly task for `bvt` on every board; change what matters. */
export function aTask(changes: Partial<SuiteTaskOptions> = {}): SuiteTask {
  return suiteTask({ name: 'Nightly', suite: 'bvt', runOn: 'nightly', ...changes }, { events: ['own_event'] });
}

export function aBuild(name = 'lumpy-release/R28-3993.0.0', passedAtMs: number | null = mondayMs): PassedBuild {
  return passedBuild(name, passedAtMs);
}

/** Something that occurred on Monday at 09:00 and is about every build; change what matters. */
export function anOccurrence(changes: Partial<Occurrence> = {}): Occurrence {
  return {
    id: '2026-01-05 09:00',
    dueMs: mondayMs,
    builds: [],
    pick: 'every',
    boards: null,
    boardsByTask: null,
    unanswered: [],
    slot: null,
    ...changes,
  };
}

/** A lab with the boards lumpy and stumpy, each with hosts in every pool; change what matters. */
export function someFacts(changes: Partial<LabFacts> = {}): LabFacts {
  return {
    boards: ['lumpy', 'stumpy'],
    hosts: hostsEverywhere,
    topOfTree: 30,
    labStatus: null,
    latest: new Map(),
    ...changes,
  };
}

const hostsEverywhere: HostCounts = { count: () => 1 };
