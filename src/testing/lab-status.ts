import { LabDescriptionError } from './errors.js';

/** What the lab's status page says. Suites are started while it is `open` or `throttled`. */
export interface LabStatus {
  readonly state: LabStatusState;
  /**
   * What people read. Builds whose names begin with one of the patterns between square brackets are closed, e.g.
   * `Lab is up [lumpy-.*]`.
   *
   * @defaultValue a plain sentence that fits the state
   */
  readonly message?: string | undefined;
}

export type LabStatusState = 'open' | 'throttled' | 'closed' | 'maintenance';

/** A status with the time and the person that it comes from. */
export interface PostedStatus {
  readonly state: LabStatusState;
  readonly message: string;
  readonly atMs: number;
  readonly by: string;
}

/** What was posted last. A lab begins open. */
export class LabStatusBoard {
  readonly #now: () => number;
  readonly #user: string;
  #current: PostedStatus;

  /** @param options - `now` is the time on the lab's clock */
  constructor(options: { readonly now: () => number; readonly user: string }) {
    this.#now = options.now;
    this.#user = options.user;
    this.#current = this.#posted('open', usualMessages.open);
  }

  get current(): PostedStatus {
    return this.#current;
  }

  /** @throws LabDescriptionError for a state that there is not */
  post({ state, message }: LabStatus): void {
    const usual = new Map(Object.entries(usualMessages)).get(state);
    if (usual === undefined) {
      const states = Object.keys(usualMessages).join(', ');
      throw new LabDescriptionError(`the lab's state: expected ${states}, found ${state}`);
    }
    this.#current = this.#posted(state, message ?? usual);
  }

  #posted(state: LabStatusState, message: string): PostedStatus {
    return { state, message, atMs: this.#now(), by: this.#user };
  }

  load(current: PostedStatus): void {
    this.#current = current;
  }
}

const usualMessages: Readonly<Record<LabStatusState, string>> = {
  open: 'Lab is up',
  throttled: 'Lab is throttled',
  closed: 'Lab is closed',
  maintenance: 'Lab is closed for maintenance',
};
