import type { FaultPlan, SavedFaults } from './fault-plan.js';
import type { LabStatusBoard, PostedStatus } from './lab-status.js';
import type { StoredBuild } from './lab/build-store.js';
import type { HostScripts } from './lab/host-scripts.js';
import type { LabState, SavedState } from './lab/lab-state.js';
import type { SavedSimulation, Simulation } from './lab/simulation.js';
import type { SavedRowCounts, TestRows } from './lab/test-rows.js';
import type { SavedStaging, Staging } from './services/staging.js';

/** The parts of a lab that remember something. */
interface RememberingParts {
  readonly state: LabState;
  readonly simulation: Simulation;
  readonly rows: TestRows;
  readonly staging: Staging;
  readonly crashServerStaging: Staging;
  readonly faults: FaultPlan;
  readonly status: LabStatusBoard;
  readonly hostScripts: Map<string, HostScripts>;
  readonly store: ReadonlyMap<string, StoredBuild>;
  readonly addBuild: (build: StoredBuild) => void;
}

/** What a snapshot keeps of a lab, besides its timeline. */
interface SavedLab {
  readonly state: SavedState;
  readonly simulation: SavedSimulation;
  readonly rows: SavedRowCounts;
  readonly staging: SavedStaging;
  readonly crashServerStaging: SavedStaging;
  readonly faults: SavedFaults;
  readonly status: PostedStatus;
  readonly hostScripts: readonly (readonly [string, HostScripts])[];
  readonly builds: readonly StoredBuild[];
}

export interface LabMemory {
  /** By reference: copy it before anything else happens. */
  save(): SavedLab;
  /** Only for a lab in which nothing has happened yet. */
  load(saved: SavedLab): void;
}

/** Everything a lab remembers, as one graph: records that several parts lead to are one object in it. */
export function labMemory(parts: RememberingParts): LabMemory {
  const { state, simulation, rows, staging, crashServerStaging, faults, status, hostScripts, store, addBuild } = parts;
  return {
    save: () => ({
      state: state.save(),
      simulation: simulation.save(),
      rows: rows.save(),
      staging: staging.save(),
      crashServerStaging: crashServerStaging.save(),
      faults: faults.save(),
      status: status.current,
      hostScripts: [...hostScripts],
      builds: [...store.values()],
    }),
    load(saved) {
      state.load(saved.state);
      simulation.load(saved.simulation);
      rows.load(saved.rows);
      staging.load(saved.staging);
      crashServerStaging.load(saved.crashServerStaging);
      faults.load(saved.faults);
      status.load(saved.status);
      hostScripts.clear();
      for (const [host, scripts] of saved.hostScripts) hostScripts.set(host, scripts);
      for (const build of saved.builds) addBuild(build);
    },
  };
}
