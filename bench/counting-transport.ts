import type { HttpTransport } from 'dynamic-suite';

/** What went over the wire: bodies and URLs, without headers, which the way to the network adds to. */
export interface Traffic {
  readonly calls: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

export const noTraffic: Traffic = { calls: 0, bytesSent: 0, bytesReceived: 0 };

/** A transport that counts what goes through it. `take` gives what was counted since it was last called. */
export function countingTransport(inner: HttpTransport): { readonly transport: HttpTransport; take(): Traffic } {
  let traffic = noTraffic;
  return {
    transport: {
      async request(request) {
        const bytesSent = Buffer.byteLength(request.url) + Buffer.byteLength(request.body ?? '');
        traffic = plus(traffic, { calls: 1, bytesSent, bytesReceived: 0 });
        const response = await inner.request(request);
        traffic = plus(traffic, { calls: 0, bytesSent: 0, bytesReceived: response.body.length });
        return response;
      },
    },
    take() {
      const taken = traffic;
      traffic = noTraffic;
      return taken;
    },
  };
}

export function plus(a: Traffic, b: Traffic): Traffic {
  return {
    calls: a.calls + b.calls,
    bytesSent: a.bytesSent + b.bytesSent,
    bytesReceived: a.bytesReceived + b.bytesReceived,
  };
}
