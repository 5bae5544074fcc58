import type { SuiteEventDetails, SuiteEventListener } from '../results/events.js';
import type { Clock } from '../runtime/clock.js';
import type { Logger } from '../runtime/logger.js';

/** Tells the listener, and of warnings the logger too, what happens in a suite. */
export class Announcer {
  readonly #suite: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #listener: SuiteEventListener | undefined;

  constructor(options: {
    readonly suite: string;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly onEvent: SuiteEventListener | undefined;
  }) {
    this.#suite = options.suite;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#listener = options.onEvent;
  }

  tell(details: SuiteEventDetails): void {
    try {
      this.#listener?.({ suite: this.#suite, timeMs: this.#clock.now(), ...details });
    } catch (error) {
      this.#logger.error(`A listener failed on the event ${details.type}`, { error });
    }
  }

  warn(code: string, message: string): void {
    this.#logger.warn(message, { suite: this.#suite, code });
    this.tell({ type: 'warning', code, message });
  }
}
