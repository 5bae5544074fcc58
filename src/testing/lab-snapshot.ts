import type { EmbeddedLab } from './embedded-lab.js';

/** A lab as it was at one moment, from which any number of labs can go on, side by side and on their own. */
export class LabSnapshot {
  /** The time on the lab's clock at that moment, in ms since the epoch. */
  readonly atMs: number;
  readonly #restore: () => EmbeddedLab;

  /** Made by {@link EmbeddedLab.snapshot}. */
  constructor(atMs: number, restore: () => EmbeddedLab) {
    this.atMs = atMs;
    this.#restore = restore;
  }

  /**
   * Another lab that goes on from that moment: hosts, jobs, special tasks, builds, what is staged, results, faults in
   * place and the status page are as they were. On a virtual clock it has one of its own, at the time of the snapshot;
   * on any other it shares the clock, and what was due since then happens at once.
   *
   * It counts its own calls, has no listeners and is served nowhere before its `listen()`. Scripts that are functions
   * are the same ones.
   */
  restore(): EmbeddedLab {
    return this.#restore();
  }
}
