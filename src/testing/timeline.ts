import type { LabEvent } from './lab/lab-events.js';
import type { LocalTime } from './lab/local-time.js';

/** The lab's latest events, as lines to read. */
export class Timeline {
  readonly #time: LocalTime;
  #events: LabEvent[] = [];
  #forgotten = 0;

  constructor(time: LocalTime) {
    this.#time = time;
  }

  add(event: LabEvent): void {
    this.#events.push(event);
    if (this.#events.length <= 2 * kept) return;
    this.#events = this.#events.slice(kept);
    this.#forgotten += kept;
  }

  /** Those that are not forgotten, in order. */
  get events(): readonly LabEvent[] {
    return this.#events;
  }

  line(event: LabEvent): string {
    return `${this.#time.text(event.atMs)}  ${describe(event)}`;
  }

  toString(): string {
    const lines = this.#events.map((event) => this.line(event));
    return [...(this.#forgotten > 0 ? [`(${this.#forgotten} events before)`] : []), ...lines].join('\n');
  }

  /** What it remembers, for a snapshot; not copied. */
  save(): SavedTimeline {
    return { events: this.#events, forgotten: this.#forgotten };
  }

  load({ events, forgotten }: SavedTimeline): void {
    this.#events = events;
    this.#forgotten = forgotten;
  }
}

/** A lab of a million jobs must not keep all that ever happened. */
const kept = 10_000;

function describe(event: LabEvent): string {
  switch (event.type) {
    case 'job-queued':
      return `job ${event.jobId} queued: ${event.name}`;
    case 'host-provisioning':
    case 'host-provisioned':
      return `${event.host} ${event.type.slice('host-'.length)} for job ${event.jobId}: ${event.labels.join(', ')}`;
    case 'job-running':
      return `job ${event.jobId} running on ${event.host ?? 'no host'}`;
    case 'job-finished':
      return `job ${event.jobId} ${event.status.toLowerCase()} on ${event.host ?? 'no host'}`;
    case 'job-aborted':
      return `job ${event.jobId} aborted`;
    case 'host-died':
    case 'host-revived':
    case 'host-repaired':
      return `${event.host} ${event.type.slice('host-'.length)}`;
    case 'host-repair-failed':
      return `${event.host} could not be repaired`;
    case 'build-appeared':
      return `${event.build} appeared`;
    case 'build-staged':
      return `${event.artifact} of ${event.build} staged`;
  }
}

/** What a snapshot keeps of it. */
export interface SavedTimeline {
  readonly events: LabEvent[];
  readonly forgotten: number;
}
