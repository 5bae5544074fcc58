import type { LabDurations } from './durations.js';
import type { HostScripts } from './host-scripts.js';
import type { HostUse } from './host-use.js';
import type { LabHappening } from './lab-events.js';
import type { LabState } from './lab-state.js';
import type { LabJob } from './model.js';
import type { TimerMeaning } from './lab-timer.js';
import type { TestScripts } from './outcome.js';
import type { TestRows } from './test-rows.js';

export interface SimulationOptions {
  readonly durations: LabDurations;
  /** Changes how long tests take, and what chance decides. */
  readonly seed: number;
  readonly scripts: TestScripts;
  /** By hostname. */
  readonly hostScripts: ReadonlyMap<string, HostScripts>;
  /** Where a host finds the packages of a build that was just put on it. */
  readonly jobRepoUrl: (build: string) => string;
  /** Puts a build that was to appear into the image storage. */
  readonly addBuild: (build: string) => void;
  readonly rows: TestRows;
  readonly tell: (atMs: number, happening: LabHappening) => void;
}

/** What the parts of the simulation share. */
export interface SimulationParts {
  readonly state: LabState;
  readonly options: SimulationOptions;
  readonly hostUse: HostUse;
  readonly now: () => number;
  /** Sets a timer. */
  readonly after: (ms: number, meaning: TimerMeaning) => void;
  readonly tell: (happening: LabHappening) => void;
  /** Has the next turn of the scheduler look at what waits: a host has become usable, or something new waits. */
  readonly lookForHosts: () => void;
  /** To be called when the last entry of a job has ended. */
  readonly jobEnded: (job: LabJob) => void;
}
