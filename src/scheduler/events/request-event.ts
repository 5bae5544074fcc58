import { askedOf, lookAtAsked } from './asked-occurrences.js';
import { ownEvent, type OwnEventOptions } from './own-event.js';
import type { SchedulerEvent } from './types.js';

/**
 * An event of one's own that somebody asks for: `scheduler.request('my_event')`. What was asked for is kept, and handled
 * in the next turn.
 *
 * @throws SchedulerOptionError for a keyword that no task could name, or another value that cannot work
 */
export function requestEvent(options: OwnEventOptions): SchedulerEvent {
  const event = ownEvent(options);
  const { keyword, priority, timeoutMins, catchUpMs } = event;
  return {
    ...{ keyword, priority, timeoutMins, catchUpMs },
    async look(request, callOptions) {
      const { left, ...looked } = await lookAtAsked(askedOf(request.state), request, event, callOptions);
      return { ...looked, state: JSON.stringify({ asked: left }) };
    },
    skips: () => null,
    request(state, { id, atMs }) {
      const asked = askedOf(state);
      const isKnown = asked.some((before) => before.id === id);
      return JSON.stringify({ asked: isKnown ? asked : [...asked, { id, atMs }] });
    },
  };
}
