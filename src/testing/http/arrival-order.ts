import type { Clock } from '../../index.js';
import type { LabRequest, LabService } from './lab-http.js';

/** A clock that knows when everything waits, as {@link VirtualClock} does. */
interface QuietClock extends Clock {
  untilQuiet(options: { readonly holds: number; readonly order: string }): Promise<void>;
}

/**
 * Lets a request that came over the network wait for all others of its time, so that they are served one by one in an
 * order of their own: in which order the network brings them is chance, and would decide about job ids, hosts and faults.
 *
 * @param holds - how many holds on the clock there may be because of this request
 */
export async function arriveInOrder(
  clock: Clock,
  service: LabService,
  request: LabRequest,
  holds: number,
): Promise<void> {
  if (!knowsQuiet(clock)) return;
  await clock.untilQuiet({ holds, order: orderOf(service, request) });
}

/** Clients number their RPCs in the order in which they make them; what has no number goes by what it says. */
function orderOf(service: LabService, { target, body }: LabRequest): string {
  const end = latin1(body.subarray(-idBytes));
  const number = /"id": ?(\d{1,15})\}$/.exec(end)?.[1] ?? '';
  return `${service.name} ${number.padStart(15, '0')} ${target} ${latin1(body.subarray(0, comparedBytes))}`;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function knowsQuiet(clock: Clock): clock is QuietClock {
  return 'untilQuiet' in clock && typeof clock.untilQuiet === 'function';
}

const idBytes = 40;

/** More than any control file is long before it gives its name. */
const comparedBytes = 20_000;
