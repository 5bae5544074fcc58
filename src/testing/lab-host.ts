import type { LabHostRecord } from './lab/model.js';
import type { LabState } from './lab/lab-state.js';
import type { Simulation } from './lab/simulation.js';
import type { LabHostView } from './views.js';
import { viewHost } from './views.js';

/** A handle on one of the lab's hosts, for a test that wants something to happen to it. */
export class LabHost {
  readonly hostname: string;
  readonly #host: LabHostRecord;
  readonly #state: LabState;
  readonly #simulation: Simulation;
  readonly #catchUp: () => void;

  constructor(
    host: LabHostRecord,
    lab: { readonly state: LabState; readonly simulation: Simulation; readonly catchUp: () => void },
  ) {
    this.hostname = host.hostname;
    this.#host = host;
    this.#state = lab.state;
    this.#simulation = lab.simulation;
    this.#catchUp = lab.catchUp;
  }

  view(): LabHostView {
    this.#catchUp();
    return viewHost(this.#host);
  }

  /** What runs on it fails as a machine failure, and no job gets it any more. */
  die(): void {
    this.#catchUp();
    this.#simulation.die(this.#host);
  }

  revive(): void {
    this.#catchUp();
    this.#simulation.revive(this.#host);
  }

  /** What runs on it goes on; no new job gets it. */
  lock(reason = 'locked by the test'): void {
    this.#catchUp();
    this.#host.lock ??= { by: 'lab', atMs: this.#simulation.now, reason };
    this.#state.updateFree(this.#host);
  }

  unlock(): void {
    this.#catchUp();
    this.#host.lock = undefined;
    this.#state.updateFree(this.#host);
    this.#simulation.lookForHosts();
  }
}
