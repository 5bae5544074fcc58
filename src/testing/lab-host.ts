import type { HostScripts } from './lab/host-scripts.js';
import type { LabState } from './lab/lab-state.js';
import type { LabHostRecord } from './lab/model.js';
import type { Simulation } from './lab/simulation.js';
import { viewHost, type LabHostView } from './views.js';

/** A handle on one of the lab's hosts, for a test that wants something to happen to it. */
export interface LabHost {
  readonly hostname: string;
  view(): LabHostView;
  /** What runs on it fails as a machine failure, and no job gets it any more. */
  die(): void;
  /** It is `Ready` again, unless something is being done to it, which then says how it is. */
  revive(): void;
  /**
   * What runs on it goes on; no new job gets it.
   *
   * @param reason - `'locked by the test'` unless given
   */
  lock(reason?: string): void;
  unlock(): void;
  /**
   * How the host behaves in the tasks that begin from now on, e.g. `behave({ repair: 'fail' })`; what is not named stays
   * as it was. A list goes by how often the host has begun such a task since the lab's start.
   */
  behave(scripts: HostScripts): void;
}

export function labHost(
  host: LabHostRecord,
  lab: {
    readonly state: LabState;
    readonly simulation: Simulation;
    readonly hostScripts: Map<string, HostScripts>;
    readonly catchUp: () => void;
  },
): LabHost {
  const { state, simulation, hostScripts, catchUp } = lab;
  return {
    hostname: host.hostname,
    view() {
      catchUp();
      return viewHost(host);
    },
    die() {
      catchUp();
      simulation.die(host);
    },
    revive() {
      catchUp();
      simulation.revive(host);
    },
    lock(reason = 'locked by the test') {
      catchUp();
      host.lock ??= { by: 'lab', atMs: simulation.now, reason };
      state.updateFree(host);
    },
    unlock() {
      catchUp();
      host.lock = undefined;
      state.updateFree(host);
      simulation.lookForHosts();
    },
    behave(scripts) {
      catchUp();
      hostScripts.set(host.hostname, { ...hostScripts.get(host.hostname), ...scripts });
    },
  };
}
