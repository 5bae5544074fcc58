import type { CallOptions } from '../../clients/call-options.js';
import { askedOf, lookAtAsked } from './asked-occurrences.js';
import { readState } from './event-state.js';
import { ownEvent, type OwnEventOptions } from './own-event.js';
import type { SchedulerEvent } from './types.js';

/** Options of {@link pollEvent}. */
export interface PollEventOptions extends OwnEventOptions {
  /**
   * Gives what changes when the event occurs: a revision, a time stamp. Null: nothing can be said. A first answer is no
   * change. A rejection leaves the event for the next turn.
   */
  readonly poll: (options: CallOptions) => Promise<string | null>;
}

/**
 * An event of one's own that occurs when what is polled in each turn has changed.
 *
 * @throws SchedulerOptionError for a keyword that no task could name, or another value that cannot work
 */
export function pollEvent(options: PollEventOptions): SchedulerEvent {
  const event = ownEvent(options);
  const { keyword, priority, timeoutMins, catchUpMs } = event;
  return {
    ...{ keyword, priority, timeoutMins, catchUpMs },
    async look(request, callOptions = {}) {
      const { value: last } = readState(request.state) ?? {};
      const before = typeof last === 'string' ? last : null;
      const value = (await options.poll(callOptions)) ?? before;
      const hasChanged = before !== null && value !== null && value !== before;
      const asked = [...askedOf(request.state), ...(hasChanged ? [{ id: value, atMs: request.nowMs }] : [])];
      const { left, ...looked } = await lookAtAsked(asked, request, event, callOptions);
      return { ...looked, state: JSON.stringify({ value, asked: left }) };
    },
    skips: () => null,
  };
}
