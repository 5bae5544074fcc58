import type { Clock, HttpTransport } from 'dynamic-suite';
import type { VirtualClock } from 'dynamic-suite/testing';

/**
 * A network on which every request takes so long on a virtual clock, and nothing else takes any time.
 *
 * A client holds its clock during a request, since the wire takes real time, and while it loads what it needs. Here the
 * wire is on the clock: with this clock as the client's, its hold is let go of for as long as its request is on the way.
 */
export function slowNetwork(
  inner: HttpTransport,
  clock: VirtualClock,
  latencyMs: number,
): { readonly transport: HttpTransport; readonly clock: Clock } {
  // Holds are all alike, so that any of them can stand for that of the client whose request it is.
  const holds: (() => void)[] = [];
  const takeHold = () => void holds.push(clock.hold());
  const letGo = () => holds.pop()?.();
  return {
    transport: {
      async request(request) {
        letGo();
        try {
          await clock.sleep(latencyMs, { signal: request.signal });
        } finally {
          takeHold();
        }
        return inner.request(request);
      },
    },
    clock: {
      now: () => clock.now(),
      sleep: (ms, options) => clock.sleep(ms, options),
      hold() {
        takeHold();
        return letGo;
      },
    },
  };
}
